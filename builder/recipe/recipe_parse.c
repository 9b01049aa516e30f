/* A recipe's text, read once for each kind of section that may apply, the general ones first. */
#include "builder/recipe/recipe_parse.h"

#include <stdlib.h>
#include <string.h>

#include "builder/recipe/recipe.h"
#include "builder/recipe/recipe_key.h"
#include "builder/recipe/recipe_source.h"
#include "common/base/error.h"
#include "common/base/str.h"
#include "common/format/ini.h"
#include "common/format/version.h"

#define SOURCE    "source "
#define VARIANT   "variant "
#define TOOLCHAIN "toolchain "

/* In this order their words add up. */
enum level { LEVEL_RECIPE, LEVEL_VARIANT, LEVEL_TOOLCHAIN, LEVEL_BOTH, LEVEL_COUNT };

struct reading {
    const char *series;
    const struct sf_recipe_wanted *wanted;
    struct sf_recipe *recipe;
    enum level level; /* that applies now; everything is checked during the first */
    struct sf_strlist variants;
    struct sf_strlist toolchains;
};

/* What a section with words is for. */
struct scope {
    enum level level;
    char toolchain[32];
    char variant[16];
};

static bool is_variant(const char *name)
{
    return sf_str_is_equal(name, "cpu") || sf_str_is_equal(name, "gpu") ||
           sf_str_is_equal(name, "minimal");
}

static int read_variant(const char *name, struct scope *scope, struct sf_error *err)
{
    if (!is_variant(name)) {
        return sf_error_set(err, SF_E_CONFIG, "'%s' is no variant: they are cpu, gpu and minimal",
                            name);
    }
    memcpy(scope->variant, name, strlen(name) + 1);
    return 0;
}

static int read_toolchain(const char *text, struct scope *scope, struct sf_error *err)
{
    size_t length = strspn(text, "abcdefghijklmnopqrstuvwxyz0123456789");

    if (length == 0 || length >= sizeof scope->toolchain ||
        (text[length] != '\0' && text[length] != ' ')) {
        return sf_error_set(err, SF_E_CONFIG,
                            "'%s' is not a toolchain's name (at most 31 lower-case letters and "
                            "digits)",
                            text);
    }
    memcpy(scope->toolchain, text, length);
    scope->toolchain[length] = '\0';
    scope->level = LEVEL_TOOLCHAIN;
    if (text[length] == '\0') {
        return 0;
    }
    scope->level = LEVEL_BOTH;
    return read_variant(text + length + 1, scope, err);
}

static int read_scope(const char *section, struct scope *ret, struct sf_error *err)
{
    struct scope scope = {.level = LEVEL_RECIPE};
    int r = 0;

    if (sf_str_has_prefix(section, VARIANT)) {
        scope.level = LEVEL_VARIANT;
        r = read_variant(section + strlen(VARIANT), &scope, err);
    } else if (sf_str_has_prefix(section, TOOLCHAIN)) {
        r = read_toolchain(section + strlen(TOOLCHAIN), &scope, err);
    } else if (section[0] == '\0') {
        r = sf_error_set(err, SF_E_CONFIG, "there is no [section] yet");
    } else if (!sf_str_is_equal(section, "recipe")) {
        r = sf_error_set(err, SF_E_CONFIG,
                         "unknown section [%s]; there are [recipe], [source FILE], [variant NAME], "
                         "[toolchain NAME] and [toolchain NAME VARIANT]",
                         section);
    }
    if (r == 0) {
        *ret = scope;
    }
    return r;
}

static bool is_wanted(const struct reading *reading, const struct scope *scope)
{
    return scope->level == reading->level &&
           (scope->toolchain[0] == '\0' ||
            sf_str_is_equal(scope->toolchain, reading->wanted->toolchain)) &&
           (scope->variant[0] == '\0' || sf_str_is_equal(scope->variant, reading->wanted->variant));
}

static int note(struct sf_strlist *names, const char *name, struct sf_error *err)
{
    return sf_strlist_has(names, name) ? 0 : sf_strlist_add(names, name, err);
}

/* Remembers what the recipe has sections for. */
static int note_scope(struct reading *reading, const struct scope *scope, struct sf_error *err)
{
    if (scope->level == LEVEL_VARIANT) {
        return note(&reading->variants, scope->variant, err);
    }
    if (scope->level == LEVEL_TOOLCHAIN) {
        return note(&reading->toolchains, scope->toolchain, err);
    }
    return 0;
}

static int read_version(struct reading *reading, const char *value, struct sf_error *err)
{
    struct sf_recipe *recipe = reading->recipe;

    if (recipe->version[0] != '\0') {
        return sf_error_set(err, SF_E_CONFIG, "'version' is given twice");
    }
    return sf_recipe_version_check(value, reading->series, recipe->version, err);
}

static int read_series(struct reading *reading, const char *value, struct sf_error *err)
{
    struct sf_recipe *recipe = reading->recipe;

    if (recipe->series[0] != '\0') {
        return sf_error_set(err, SF_E_CONFIG, "'series' is given twice");
    }
    if (!sf_str_is_equal(value, reading->series)) {
        return sf_error_set(err, SF_E_CONFIG, "'series' is '%s', the file's name says %s", value,
                            reading->series);
    }
    memcpy(recipe->series, value, strlen(value) + 1);
    return 0;
}

static int read_words(struct reading *reading, const struct scope *scope, const char *key,
                      const char *value, struct sf_error *err)
{
    const struct sf_recipe_key *known = sf_recipe_key_find(key);

    if (known == NULL) {
        return sf_error_set(err, SF_E_CONFIG, "unknown key '%s'", key);
    }
    int r = 0;

    if (reading->level == LEVEL_RECIPE) {
        r = sf_recipe_key_check(known, value, err);
        if (r == 0) {
            r = note_scope(reading, scope, err);
        }
    }
    if (r == 0 && is_wanted(reading, scope)) {
        r = sf_recipe_key_apply(known, value, reading->recipe, err);
    }
    return r;
}

static int read_key(void *context, const char *section, const char *key, const char *value,
                    struct sf_error *err)
{
    struct reading *reading = context;
    struct scope scope;
    bool is_first = reading->level == LEVEL_RECIPE;

    if (sf_str_has_prefix(section, SOURCE)) {
        return is_first ? sf_recipe_source_set(reading->recipe, section + strlen(SOURCE), key,
                                               value, err)
                        : 0;
    }
    int r = read_scope(section, &scope, err);

    if (r < 0) {
        return r;
    }
    if (scope.level == LEVEL_RECIPE && sf_str_is_equal(key, "version")) {
        return is_first ? read_version(reading, value, err) : 0;
    }
    if (scope.level == LEVEL_RECIPE && sf_str_is_equal(key, "series")) {
        return is_first ? read_series(reading, value, err) : 0;
    }
    return read_words(reading, &scope, key, value, err);
}

/* NOT_FOUND with the names that would do. */
static int refuse(const struct sf_strlist *names, const char *file, const char *what,
                  const char *name, struct sf_error *err)
{
    sf_autofree char *known = sf_strlist_join(names, ", ");

    if (known == NULL) {
        return sf_error_no_memory(err);
    }
    return sf_error_set(err, SF_E_NOT_FOUND, "%s has no %s '%s'; it has %s", file, what, name,
                        names->count == 0 ? "none" : known);
}

/* What the whole text has to have, and what is asked of it. */
static int check(struct reading *reading, const char *name, struct sf_error *err)
{
    const struct sf_recipe_wanted *wanted = reading->wanted;
    struct sf_recipe *recipe = reading->recipe;

    if (recipe->series[0] == '\0' || recipe->version[0] == '\0') {
        return sf_error_set(err, SF_E_CONFIG, "%s: [recipe] has no '%s'", name,
                            recipe->series[0] == '\0' ? "series" : "version");
    }
    int r = sf_recipe_sources_check(recipe, name, err);

    if (r == 0 && !sf_strlist_has(&reading->variants, "cpu")) {
        r = sf_strlist_add(&reading->variants, "cpu", err);
    }
    if (r < 0) {
        return r;
    }
    if (!sf_strlist_has(&reading->toolchains, wanted->toolchain)) {
        return refuse(&reading->toolchains, name, "toolchain", wanted->toolchain, err);
    }
    if (!sf_strlist_has(&reading->variants, wanted->variant)) {
        return refuse(&reading->variants, name, "variant", wanted->variant, err);
    }
    return sf_recipe_sources_choose(recipe, wanted->version, name, err);
}

static int read_all(struct reading *reading, const char *name, const char *text,
                    struct sf_error *err)
{
    for (int level = LEVEL_RECIPE; level < LEVEL_COUNT; level++) {
        reading->level = level;

        int r = sf_ini_read(name, text, read_key, reading, err);

        if (r == 0 && level == LEVEL_RECIPE) {
            r = check(reading, name, err);
        }
        if (r < 0) {
            return r;
        }
    }
    return 0;
}

int sf_recipe_parse(const char *name, const char *text, const char *series,
                    const struct sf_recipe_wanted *wanted, struct sf_recipe **ret,
                    struct sf_error *err)
{
    sf_auto(recipe) struct sf_recipe *recipe = calloc(1, sizeof *recipe);
    struct reading reading = {.series = series, .wanted = wanted, .recipe = recipe};

    if (recipe == NULL || (recipe->path = strdup(name)) == NULL) {
        return sf_error_no_memory(err);
    }
    int r = read_all(&reading, name, text, err);

    sf_strlist_done(&reading.variants);
    sf_strlist_done(&reading.toolchains);
    if (r < 0) {
        return r;
    }
    *ret = sf_steal(&recipe);
    return 0;
}
