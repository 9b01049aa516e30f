/* Settings of a matrix: from sections and keys to the options of each cell. */
#include "builder/matrix/setting.h"

#include <stdlib.h>
#include <string.h>

#include "builder/matrix/matrix.h"
#include "common/base/error.h"
#include "common/base/str.h"

#define SKIP_KEY      "skip"
#define RANK_MATRIX   0
#define RANK_SECTION  1 /* and one more for each word */
#define RANK_OVERRIDE 100

static const struct {
    const char *key;
    bool is_list;
} keys[] = {
    {"build", false},   {"build-root", false}, {"image", false}, {"test-root", false},
    {"recipes", false}, {"mirror", true},      {"level", false}, {"publish", false},
    {"name", false},    {"sign", false},       {"keep", false},  {"proxy", false},
    {"backend", false}, {"spack", false},      {"agent", false},
};

static const size_t key_count = sizeof keys / sizeof *keys;

static bool is_list(const char *key)
{
    for (size_t i = 0; i < key_count; i++) {
        if (strcmp(keys[i].key, key) == 0) {
            return keys[i].is_list;
        }
    }
    return false;
}

static int check_key(const char *section, const char *key, const char *value, struct sf_error *err)
{
    if (strcmp(key, SKIP_KEY) == 0 && sf_str_has_prefix(section, "cell ")) {
        return strcmp(value, "yes") == 0 || strcmp(value, "no") == 0
                   ? 0
                   : sf_error_set(err, SF_E_CONFIG, "skip = %s: yes or no is expected", value);
    }
    for (size_t i = 0; i < key_count; i++) {
        if (strcmp(keys[i].key, key) == 0) {
            return *value != '\0' ? 0 : sf_error_set(err, SF_E_CONFIG, "%s has no value", key);
        }
    }
    return sf_error_set(err, SF_E_CONFIG, "[%s] has no key '%s'", section, key);
}

static int set_word(struct sf_setting *setting, size_t index, const char *word,
                    struct sf_error *err)
{
    if (strcmp(word, "*") == 0) {
        return 0;
    }
    setting->words[index] = strdup(word);
    setting->rank++;
    return setting->words[index] == NULL ? sf_error_no_memory(err) : 0;
}

/* Which cells a section is for. */
static int read_section(struct sf_setting *setting, const char *section, struct sf_error *err)
{
    sf_auto(strlist) struct sf_strlist words = {0};
    int r = sf_strlist_add_words(&words, section, err);

    if (r < 0) {
        return r;
    }
    setting->rank = strcmp(section, "matrix") == 0 ? RANK_MATRIX : RANK_SECTION;
    if (setting->rank == RANK_MATRIX) {
        return 0;
    }
    if (words.count == 2 && strcmp(words.items[0], "toolchain") == 0) {
        return set_word(setting, SF_AXIS_TOOLCHAIN, words.items[1], err);
    }
    if (words.count < 3 || words.count > SF_AXIS_COUNT + 1 || strcmp(words.items[0], "cell") != 0) {
        return sf_error_set(err, SF_E_CONFIG,
                            "[%s] is not known: there are [matrix], [toolchain NAME] and "
                            "[cell VERSION TOOLCHAIN ARCH VARIANT], the last two may be left out",
                            section);
    }
    setting->rank++; /* a cell stands above a toolchain, even when it is any version of it */
    for (size_t i = 0; r == 0 && i + 1 < words.count; i++) {
        r = set_word(setting, i, words.items[i + 1], err);
    }
    return r;
}

static void setting_done(struct sf_setting *setting)
{
    free(setting->section);
    free(setting->key);
    free(setting->value);
    for (size_t i = 0; i < SF_AXIS_COUNT; i++) {
        free(setting->words[i]);
    }
}

SF_DEFINE_AUTO_STRUCT(setting, struct sf_setting, setting_done)

static int append(struct sf_setting_list *list, struct sf_setting *setting, struct sf_error *err)
{
    struct sf_setting *items = reallocarray(list->items, list->count + 1, sizeof *items);

    if (items == NULL) {
        return sf_error_no_memory(err);
    }
    list->items = items;
    list->items[list->count++] = *setting;
    *setting = (struct sf_setting){0};
    return 0;
}

static int fill(struct sf_setting *setting, const char *section, const char *key, const char *value,
                struct sf_error *err)
{
    setting->section = strdup(section);
    setting->key = strdup(key);
    setting->value = strdup(value);
    return setting->section == NULL || setting->key == NULL || setting->value == NULL
               ? sf_error_no_memory(err)
               : 0;
}

int sf_setting_add(struct sf_setting_list *list, const char *section, const char *key,
                   const char *value, struct sf_error *err)
{
    sf_auto(setting) struct sf_setting setting = {0};
    int r = read_section(&setting, section, err);

    if (r == 0) {
        r = check_key(section, key, value, err);
    }
    for (size_t i = 0; r == 0 && i < list->count; i++) {
        if (strcmp(list->items[i].section, section) == 0 && strcmp(list->items[i].key, key) == 0 &&
            !is_list(key)) {
            return sf_error_set(err, SF_E_CONFIG, "[%s] has '%s' twice", section, key);
        }
    }
    if (r == 0) {
        r = fill(&setting, section, key, value, err);
    }
    return r < 0 ? r : append(list, &setting, err);
}

int sf_setting_add_override(struct sf_setting_list *list, const char *key, const char *value,
                            struct sf_error *err)
{
    sf_auto(setting) struct sf_setting setting = {.rank = RANK_OVERRIDE};
    int r = fill(&setting, "", key, value, err);

    return r < 0 ? r : append(list, &setting, err);
}

bool sf_setting_is_for(const struct sf_setting *setting, const struct sf_matrix_cell *cell)
{
    const char *const words[SF_AXIS_COUNT] = {cell->version, cell->toolchain, cell->arch,
                                              cell->variant};

    for (size_t i = 0; i < SF_AXIS_COUNT; i++) {
        if (setting->words[i] != NULL && strcmp(setting->words[i], words[i]) != 0) {
            return false;
        }
    }
    return true;
}

/* The last of those that are for the fewest cells; NULL when the key is not set for the cell. */
static const struct sf_setting *strongest(const struct sf_setting_list *list, const char *key,
                                          const struct sf_matrix_cell *cell)
{
    const struct sf_setting *best = NULL;

    for (size_t i = 0; i < list->count; i++) {
        const struct sf_setting *setting = &list->items[i];

        if (strcmp(setting->key, key) == 0 && sf_setting_is_for(setting, cell) &&
            (best == NULL || setting->rank >= best->rank)) {
            best = setting;
        }
    }
    return best;
}

/* All values that the section of the strongest has. */
static int add_options(const struct sf_setting_list *list, const char *key,
                       struct sf_matrix_cell *cell, struct sf_error *err)
{
    const struct sf_setting *best = strongest(list, key, cell);
    int r = 0;

    for (size_t i = 0; r == 0 && best != NULL && i < list->count; i++) {
        const struct sf_setting *setting = &list->items[i];

        if (strcmp(setting->key, key) == 0 && strcmp(setting->section, best->section) == 0) {
            r = sf_strlist_take(&cell->options, sf_str_format("--%s", key), err);
            if (r == 0) {
                r = sf_strlist_add(&cell->options, setting->value, err);
            }
        }
    }
    return r;
}

int sf_setting_apply(const struct sf_setting_list *list, struct sf_matrix_cell *cell,
                     struct sf_error *err)
{
    const struct sf_setting *skip = strongest(list, SKIP_KEY, cell);
    int r = 0;

    cell->is_skipped = skip != NULL && strcmp(skip->value, "yes") == 0;
    for (size_t i = 0; r == 0 && i < key_count; i++) {
        r = add_options(list, keys[i].key, cell, err);
    }
    return r;
}

void sf_setting_list_done(struct sf_setting_list *list)
{
    for (size_t i = 0; i < list->count; i++) {
        setting_done(&list->items[i]);
    }
    free(list->items);
    *list = (struct sf_setting_list){0};
}
