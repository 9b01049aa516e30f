/* `sf-builder matrix`: all releases of a site, as many at a time as there are processors for. */
#include "builder/commands.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "builder/matrix/matrix.h"
#include "builder/matrix/run.h"
#include "builder/state_dir.h"
#include "common/base/buffer.h"
#include "common/base/error.h"
#include "common/base/number.h"
#include "common/base/str.h"
#include "common/cli/report.h"
#include "common/cli/table.h"
#include "common/format/ini.h"
#include "common/host/dir.h"
#include "common/host/file_lock.h"
#include "common/host/interrupt.h"

#define MAX_JOBS          256
#define PROCESSORS_A_CELL 2 /* a build's configure uses one, its make any number */
#define SECONDS_A_MINUTE  60
#define DURATION_SIZE     24

struct matrix_options {
    struct sf_builder_options common;
    const char *state;
    const char *target;
    const char *name;
    const char *signer;
    uint32_t jobs;
    struct sf_strlist only;
};

static const struct sf_option table[] = {
    {"jobs", 'j', SF_OPTION_NUMBER, "N", offsetof(struct matrix_options, jobs),
     "cells at a time, default the file's, or one for two processors"},
    {"only", 0, SF_OPTION_LIST, "CELL", offsetof(struct matrix_options, only),
     "only this cell, or those that a pattern such as '24.11-*' fits"},
    {"publish", 0, SF_OPTION_TEXT, "TARGET", offsetof(struct matrix_options, target),
     "publish each release there, whatever the file says"},
    {"name", 0, SF_OPTION_TEXT, "NAME", offsetof(struct matrix_options, name),
     "name of the repository"},
    {"sign", 0, SF_OPTION_TEXT, "FINGERPRINT", offsetof(struct matrix_options, signer),
     "key to sign with, from the keyring of GNUPGHOME"},
    {"state", 0, SF_OPTION_TEXT, "DIR", offsetof(struct matrix_options, state),
     "where builds are kept, default ~/.cache/sf-builder"},
    {0},
};

struct telling {
    struct sf_report *report;
    const char *state;
    struct sf_table *table;
    struct sf_error failure; /* of the table */
};

static const char *result_text(enum sf_matrix_result result)
{
    switch (result) {
    case SF_MATRIX_SKIPPED:
        return "skipped";
    case SF_MATRIX_UNCHANGED:
        return "unchanged";
    case SF_MATRIX_GOOD:
        return "ok";
    case SF_MATRIX_FAILED:
        return "failed";
    case SF_MATRIX_NOT_WANTED:
    case SF_MATRIX_WAITING:
    default:
        return "not built";
    }
}

static void format_duration(uint64_t seconds, char text[static DURATION_SIZE])
{
    if (seconds < SECONDS_A_MINUTE) {
        (void)snprintf(text, DURATION_SIZE, "%u s", (unsigned)seconds);
    } else {
        (void)snprintf(text, DURATION_SIZE, "%u min %u s", (unsigned)(seconds / SECONDS_A_MINUTE),
                       (unsigned)(seconds % SECONDS_A_MINUTE));
    }
}

/* One line, when the cell's result is known. */
static void tell_cell(void *context, const struct sf_matrix_cell *cell,
                      const struct sf_matrix_outcome *outcome)
{
    const struct telling *telling = context;
    const struct sf_matrix_record *record = &outcome->record;
    const char *result = result_text(outcome->result);
    char duration[DURATION_SIZE];
    char size[16];

    format_duration(record->seconds, duration);
    sf_number_format_bytes(record->size_bytes, size);
    if (outcome->result == SF_MATRIX_GOOD) {
        sf_report_line(telling->report, "%s %s %s %s  %s  %s  %s", cell->version, cell->toolchain,
                       cell->arch, cell->variant, result, duration, size);
    } else if (outcome->result == SF_MATRIX_FAILED) {
        sf_report_line(telling->report, "%s %s %s %s  %s  %s; log: %s/matrix/%s.log", cell->version,
                       cell->toolchain, cell->arch, cell->variant, result, record->problem,
                       telling->state, cell->name);
    } else {
        sf_report_line(telling->report, "%s %s %s %s  %s", cell->version, cell->toolchain,
                       cell->arch, cell->variant, result);
    }
}

static void report_row(const struct telling *telling, const struct sf_matrix_cell *cell,
                       const struct sf_matrix_outcome *outcome)
{
    struct json_t *row = sf_report_row(telling->report, "cells");
    sf_autofree char *log = sf_str_format("%s/matrix/%s.log", telling->state, cell->name);

    sf_report_row_text(row, "cell", cell->name);
    sf_report_row_text(row, "version", cell->version);
    sf_report_row_text(row, "toolchain", cell->toolchain);
    sf_report_row_text(row, "arch", cell->arch);
    sf_report_row_text(row, "variant", cell->variant);
    sf_report_row_text(row, "result", result_text(outcome->result));
    sf_report_row_text(row, "release", outcome->record.release);
    sf_report_row_number(row, "seconds", outcome->record.seconds);
    sf_report_row_number(row, "size", outcome->record.size_bytes);
    sf_report_row_text(row, "problem", outcome->record.problem);
    sf_report_row_text(row, "log", log == NULL ? "" : log);
}

static int add_row(const struct telling *telling, const struct sf_matrix_cell *cell,
                   const struct sf_matrix_outcome *outcome, struct sf_error *err)
{
    char duration[DURATION_SIZE];
    char size[16];
    const struct sf_matrix_record *record = &outcome->record;

    format_duration(record->seconds, duration);
    sf_number_format_bytes(record->size_bytes, size);
    report_row(telling, cell, outcome);

    const char *const cells[] = {cell->name,
                                 result_text(outcome->result),
                                 record->release,
                                 outcome->result < SF_MATRIX_UNCHANGED ? "" : duration,
                                 record->size_bytes == 0 ? "" : size,
                                 NULL};

    return sf_table_add(telling->table, cells, err);
}

/* All wanted cells in the order of the file, and how many of each result. */
static int tell_summary(struct telling *telling, const struct sf_matrix *matrix,
                        const struct sf_matrix_outcome *outcomes, struct sf_error *err)
{
    static const char *const headings[] = {"CELL", "RESULT", "RELEASE", "TIME", "SIZE", NULL};
    sf_auto(table) struct sf_table *rows = NULL;
    size_t counts[SF_MATRIX_FAILED + 1] = {0};
    int r = sf_table_new(headings, &rows, err);

    telling->table = rows;
    sf_report_rows(telling->report, "cells");
    for (size_t i = 0; r == 0 && i < matrix->cell_count; i++) {
        counts[outcomes[i].result]++;
        if (outcomes[i].result != SF_MATRIX_NOT_WANTED) {
            r = add_row(telling, &matrix->cells[i], &outcomes[i], err);
        }
    }
    if (r == 0) {
        r = sf_report_table(telling->report, rows, err);
    }
    sf_report_line(telling->report, "%zu built, %zu unchanged, %zu failed, %zu skipped",
                   counts[SF_MATRIX_GOOD], counts[SF_MATRIX_UNCHANGED], counts[SF_MATRIX_FAILED],
                   counts[SF_MATRIX_SKIPPED]);
    sf_report_number(telling->report, "built", counts[SF_MATRIX_GOOD]);
    sf_report_number(telling->report, "unchanged", counts[SF_MATRIX_UNCHANGED]);
    sf_report_number(telling->report, "failed_cells", counts[SF_MATRIX_FAILED]);
    if (counts[SF_MATRIX_GOOD] > 0) {
        sf_report_changed(telling->report);
    }
    if (r == 0 && counts[SF_MATRIX_FAILED] > 0) {
        return sf_error_set(
            err, SF_E_UNHEALTHY,
            "%zu of %zu cells failed; the same command again does only what is missing",
            counts[SF_MATRIX_FAILED], matrix->cell_count - counts[SF_MATRIX_NOT_WANTED]);
    }
    return r;
}

static int read_matrix(const char *path, const struct matrix_options *options,
                       struct sf_matrix **ret, struct sf_error *err)
{
    const struct sf_matrix_override overrides[] = {{"publish", options->target},
                                                   {"name", options->name},
                                                   {"sign", options->signer},
                                                   {NULL, NULL}};
    sf_auto(buffer) struct sf_buffer text = {.limit_bytes = SF_INI_MAX_BYTES};
    sf_autoclose int fd = open(path, O_RDONLY | O_CLOEXEC);

    if (fd < 0) {
        return sf_error_errno(err, errno, "open '%s'", path);
    }

    int r = sf_dir_read_fd(fd, path, &text, err);

    return r < 0 ? r
                 : sf_matrix_read(path, text.data == NULL ? "" : text.data, overrides, ret, err);
}

/* How many cells at a time, and what that leaves for each one's make. */
static void share_processors(const struct matrix_options *options, struct sf_matrix_run *run)
{
    long online = sysconf(_SC_NPROCESSORS_ONLN);
    uint32_t processors = online < 1 ? 1 : online > MAX_JOBS ? MAX_JOBS : (uint32_t)online;
    uint32_t usual = processors < PROCESSORS_A_CELL ? 1 : processors / PROCESSORS_A_CELL;

    run->jobs = options->jobs != 0 ? options->jobs : run->matrix->jobs;
    if (run->jobs == 0) {
        run->jobs = usual;
    }
    if (run->jobs > run->matrix->cell_count) {
        run->jobs = (uint32_t)run->matrix->cell_count;
    }
    run->make_jobs = run->jobs > processors ? 1 : processors / run->jobs;
}

static int run_cells(const struct matrix_options *options, struct sf_matrix_run *run,
                     struct sf_report *report, struct sf_error *err)
{
    sf_autofree struct sf_matrix_outcome *outcomes =
        calloc(run->matrix->cell_count, sizeof *outcomes);
    struct telling telling = {.report = report, .state = run->state};
    char program[PATH_MAX] = "";

    if (outcomes == NULL) {
        return sf_error_no_memory(err);
    }
    if (readlink("/proc/self/exe", program, sizeof program - 1) < 0) {
        return sf_error_errno(err, errno, "find this program in /proc");
    }
    run->program = program;
    run->only = &options->only;
    share_processors(options, run);
    sf_interrupt_catch();

    int r = sf_matrix_run(run, outcomes, tell_cell, &telling, err);

    return r < 0 ? r : tell_summary(&telling, run->matrix, outcomes, err);
}

static int run(void *context, const void *options, char **operands, int operand_count,
               struct sf_error *err)
{
    const struct sf_builder *builder = context;
    const struct matrix_options *wanted = options;
    sf_auto(matrix) struct sf_matrix *matrix = NULL;
    sf_autofree char *state = NULL;
    sf_autoclose int logs_fd = -1;
    sf_autoclose int lock_fd = -1;
    int r = wanted->jobs > MAX_JOBS
                ? sf_error_set(err, SF_E_USAGE, "--jobs=%u: at most %d", wanted->jobs, MAX_JOBS)
                : read_matrix(operands[0], wanted, &matrix, err);

    (void)operand_count;
    if (r == 0) {
        r = sf_state_dir(wanted->state, &state, err);
    }
    if (r == 0) {
        r = sf_state_dir_open(state, "matrix", &logs_fd, err);
    }
    if (r == 0) {
        r = sf_file_lock_take(logs_fd, "lock", "matrix", /* timeout_s= */ 0, &lock_fd, err);
    }
    if (r < 0) {
        return r;
    }

    struct sf_matrix_run cells = {.matrix = matrix, .state = state, .logs_fd = logs_fd};

    return run_cells(wanted, &cells, builder->report, err);
}

const struct sf_command sf_command_matrix = {
    .name = "matrix",
    .aliases = "",
    .operands = "FILE",
    .summary = "build all releases that a file lists, and publish them",
    .help = "Runs 'sf-builder build' for each version, toolchain, architecture and variant of the "
            "file, several at a time. A cell that fails does not stop the others. Run again, it "
            "does only what is missing: each build sees for itself what is done, and what has "
            "changed in its recipe, its build root and the repository.",
    .min_operands = 1,
    .max_operands = 1,
    .options = table,
    .shared = sf_builder_shared_options,
    .options_size = sizeof(struct matrix_options),
    .run = run,
};
