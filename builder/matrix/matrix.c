/* A matrix read from its file and multiplied out. */
#include "builder/matrix/matrix.h"

#include <stdlib.h>
#include <string.h>

#include "builder/matrix/setting.h"
#include "common/base/error.h"
#include "common/base/number.h"
#include "common/base/str.h"
#include "common/format/ini.h"
#include "common/format/release.h"
#include "common/host/cpu.h"

#define MAX_JOBS 256

struct reading {
    struct sf_strlist axes[SF_AXIS_COUNT];
    struct sf_setting_list settings;
    uint32_t jobs;
};

static void reading_done(struct reading *reading)
{
    for (size_t i = 0; i < SF_AXIS_COUNT; i++) {
        sf_strlist_done(&reading->axes[i]);
    }
    sf_setting_list_done(&reading->settings);
}

SF_DEFINE_AUTO_STRUCT(reading, struct reading, reading_done)

static const char *const axis_keys[SF_AXIS_COUNT] = {"versions", "toolchains", "arches",
                                                     "variants"};

/* Each word has to fit into the name of a release. */
static int check_word(size_t axis, const char *word, struct sf_error *err)
{
    struct sf_release release = {
        .version = "24.11.5", .build = 1, .toolchain = "noble", .arch = "amd64", .variant = "cpu"};
    struct sf_wanted wanted;
    char *const fields[SF_AXIS_COUNT] = {release.version, release.toolchain, release.arch,
                                         release.variant};
    const size_t sizes[SF_AXIS_COUNT] = {sizeof release.version, sizeof release.toolchain,
                                         sizeof release.arch, sizeof release.variant};
    size_t length = strlen(word);

    if (axis == SF_AXIS_VERSION) {
        return sf_wanted_parse(word, &wanted, err) == 0 &&
                       (wanted.kind == SF_WANTED_SERIES || wanted.kind == SF_WANTED_VERSION)
                   ? 0
                   : sf_error_set(err, SF_E_CONFIG,
                                  "'%s' is no series such as 24.11 and no version such as 24.11.5",
                                  word);
    }
    if (length < sizes[axis]) {
        memcpy(fields[axis], word, length + 1);
    }
    if (length >= sizes[axis] || sf_release_check(&release, err) < 0) {
        return sf_error_set(err, SF_E_CONFIG, "'%s' cannot be in the name of a release", word);
    }
    return 0;
}

static int read_axis(struct reading *reading, size_t axis, const char *value, struct sf_error *err)
{
    sf_auto(strlist) struct sf_strlist words = {0};
    int r = sf_strlist_add_words(&words, value, err);

    for (size_t i = 0; r == 0 && i < words.count; i++) {
        r = check_word(axis, words.items[i], err);
        if (r == 0 && sf_strlist_has(&reading->axes[axis], words.items[i])) {
            r = sf_error_set(err, SF_E_CONFIG, "'%s' stands there twice", words.items[i]);
        }
        if (r == 0) {
            r = sf_strlist_add(&reading->axes[axis], words.items[i], err);
        }
    }
    return r < 0 ? sf_error_prefix(err, "%s: ", axis_keys[axis]) : 0;
}

static int read_jobs(struct reading *reading, const char *value, struct sf_error *err)
{
    uint64_t jobs = 0;

    if (!sf_number_parse(value, MAX_JOBS, &jobs) || jobs == 0) {
        return sf_error_set(err, SF_E_CONFIG, "jobs = %s: a number from 1 to %d is expected", value,
                            MAX_JOBS);
    }
    reading->jobs = (uint32_t)jobs;
    return 0;
}

static int handle(void *context, const char *section, const char *key, const char *value,
                  struct sf_error *err)
{
    struct reading *reading = context;

    if (strcmp(section, "matrix") == 0) {
        for (size_t i = 0; i < SF_AXIS_COUNT; i++) {
            if (strcmp(key, axis_keys[i]) == 0) {
                return read_axis(reading, i, value, err);
            }
        }
        if (strcmp(key, "jobs") == 0) {
            return read_jobs(reading, value, err);
        }
    }
    return sf_setting_add(&reading->settings, section, key, value, err);
}

/* What the file does not say: this machine's architecture, the usual variant. */
static int fill_axes(struct reading *reading, const char *path, struct sf_error *err)
{
    int r = 0;

    for (size_t i = SF_AXIS_VERSION; i <= SF_AXIS_TOOLCHAIN; i++) {
        if (reading->axes[i].count == 0) {
            return sf_error_set(err, SF_E_CONFIG, "%s: [matrix] has no '%s'", path, axis_keys[i]);
        }
    }
    if (reading->axes[SF_AXIS_ARCH].count == 0) {
        r = sf_strlist_add(&reading->axes[SF_AXIS_ARCH], sf_cpu_arch(), err);
    }
    if (r == 0 && reading->axes[SF_AXIS_VARIANT].count == 0) {
        r = sf_strlist_add(&reading->axes[SF_AXIS_VARIANT], "cpu", err);
    }
    return r;
}

static int make_cell(const struct reading *reading, const char *const *words,
                     struct sf_matrix_cell *cell, struct sf_error *err)
{
    bool is_usual = strcmp(words[SF_AXIS_VARIANT], "cpu") == 0;

    cell->version = strdup(words[SF_AXIS_VERSION]);
    cell->toolchain = strdup(words[SF_AXIS_TOOLCHAIN]);
    cell->arch = strdup(words[SF_AXIS_ARCH]);
    cell->variant = strdup(words[SF_AXIS_VARIANT]);
    cell->name = sf_str_format("%s-%s-%s%s%s", words[SF_AXIS_VERSION], words[SF_AXIS_TOOLCHAIN],
                               words[SF_AXIS_ARCH], is_usual ? "" : "-",
                               is_usual ? "" : words[SF_AXIS_VARIANT]);
    if (cell->version == NULL || cell->toolchain == NULL || cell->arch == NULL ||
        cell->variant == NULL || cell->name == NULL) {
        return sf_error_no_memory(err);
    }
    return sf_setting_apply(&reading->settings, cell, err);
}

/* Counts like an odometer: the last axis turns fastest. */
static int make_cells(const struct reading *reading, struct sf_matrix *matrix, struct sf_error *err)
{
    size_t total = 1;
    int r = 0;

    for (size_t i = 0; i < SF_AXIS_COUNT; i++) {
        total *= reading->axes[i].count;
        if (total > SF_MATRIX_MAX_CELLS) {
            return sf_error_set(err, SF_E_CONFIG, "more than %d cells", SF_MATRIX_MAX_CELLS);
        }
    }
    matrix->cells = calloc(total, sizeof *matrix->cells);
    if (matrix->cells == NULL) {
        return sf_error_no_memory(err);
    }
    for (size_t number = 0; r == 0 && number < total; number++) {
        const char *words[SF_AXIS_COUNT];
        size_t rest = number;

        for (size_t i = SF_AXIS_COUNT; i-- > 0;) {
            words[i] = reading->axes[i].items[rest % reading->axes[i].count];
            rest /= reading->axes[i].count;
        }
        r = make_cell(reading, words, &matrix->cells[matrix->cell_count++], err);
    }
    return r;
}

/* A section that is for no cell is a typing mistake. */
static int check_settings(const struct reading *reading, const struct sf_matrix *matrix,
                          const char *path, struct sf_error *err)
{
    for (size_t i = 0; i < reading->settings.count; i++) {
        const struct sf_setting *setting = &reading->settings.items[i];
        bool is_used = false;

        for (size_t j = 0; !is_used && j < matrix->cell_count; j++) {
            is_used = sf_setting_is_for(setting, &matrix->cells[j]);
        }
        if (!is_used) {
            return sf_error_set(err, SF_E_CONFIG, "%s: no cell of the matrix is meant by [%s]",
                                path, setting->section);
        }
    }
    return 0;
}

static int add_overrides(struct reading *reading, const struct sf_matrix_override *overrides,
                         struct sf_error *err)
{
    int r = 0;

    for (; r == 0 && overrides->key != NULL; overrides++) {
        if (overrides->value != NULL) {
            r = sf_setting_add_override(&reading->settings, overrides->key, overrides->value, err);
        }
    }
    return r;
}

int sf_matrix_read(const char *path, const char *text, const struct sf_matrix_override *overrides,
                   struct sf_matrix **ret, struct sf_error *err)
{
    sf_auto(reading) struct reading reading = {0};
    sf_auto(matrix) struct sf_matrix *matrix = calloc(1, sizeof *matrix);
    int r =
        matrix == NULL ? sf_error_no_memory(err) : sf_ini_read(path, text, handle, &reading, err);

    if (r == 0) {
        r = fill_axes(&reading, path, err);
    }
    if (r == 0) {
        r = add_overrides(&reading, overrides, err);
    }
    if (r < 0) {
        return r;
    }

    r = make_cells(&reading, matrix, err);
    if (r < 0) {
        return sf_error_prefix(err, "%s: ", path);
    }

    r = check_settings(&reading, matrix, path, err);
    if (r < 0) {
        return r;
    }
    matrix->jobs = reading.jobs;
    *ret = sf_steal(&matrix);
    return 0;
}

void sf_matrix_free(struct sf_matrix *matrix)
{
    if (matrix == NULL) {
        return;
    }
    for (size_t i = 0; i < matrix->cell_count; i++) {
        struct sf_matrix_cell *cell = &matrix->cells[i];

        free(cell->name);
        free(cell->version);
        free(cell->toolchain);
        free(cell->arch);
        free(cell->variant);
        sf_strlist_done(&cell->options);
    }
    free(matrix->cells);
    free(matrix);
}
