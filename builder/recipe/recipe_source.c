/* The sources of a recipe. */
#include "builder/recipe/recipe_source.h"

#include <stdlib.h>
#include <string.h>

#include "builder/recipe/recipe.h"
#include "common/base/error.h"
#include "common/base/path.h"
#include "common/base/str.h"
#include "common/format/release.h"
#include "common/format/version.h"

int sf_recipe_version_check(const char *version, const char *series, char ret_version[static 32],
                            struct sf_error *err)
{
    char own[16];

    if (!sf_version_is_valid(version)) {
        return sf_error_set(err, SF_E_CONFIG, "'%s' is not a version of Slurm, such as 24.11.5",
                            version);
    }
    sf_release_series(version, own);
    if (!sf_str_is_equal(own, series)) {
        return sf_error_set(err, SF_E_CONFIG, "'%s' is not a version of %s", version, series);
    }
    memcpy(ret_version, version, strlen(version) + 1);
    return 0;
}

static int get(struct sf_recipe *recipe, const char *file, struct sf_recipe_source **ret,
               struct sf_error *err)
{
    for (size_t i = 0; i < recipe->source_count; i++) {
        if (sf_str_is_equal(recipe->sources[i].file, file)) {
            *ret = &recipe->sources[i];
            return 0;
        }
    }
    if (!sf_path_is_safe_relative(file) || strchr(file, '/') != NULL || file[0] == '.') {
        return sf_error_set(err, SF_E_CONFIG, "'%s' cannot be the name of a source's file", file);
    }
    struct sf_recipe_source *grown =
        reallocarray(recipe->sources, recipe->source_count + 1, sizeof *grown);

    if (grown == NULL) {
        return sf_error_no_memory(err);
    }
    recipe->sources = grown;
    grown += recipe->source_count;
    *grown = (struct sf_recipe_source){.file = strdup(file)};
    if (grown->file == NULL) {
        return sf_error_no_memory(err);
    }
    recipe->source_count++;
    *ret = grown;
    return 0;
}

static int set_version(struct sf_recipe_source *source, const char *value, struct sf_error *err)
{
    char series[16];

    if (source->version[0] != '\0') {
        return sf_error_set(err, SF_E_CONFIG, "'version' is given twice for %s", source->file);
    }
    sf_release_series(value, series);
    return sf_recipe_version_check(value, series, source->version, err);
}

static int set_sha256(struct sf_recipe_source *source, const char *value, struct sf_error *err)
{
    if (source->sha256[0] != '\0') {
        return sf_error_set(err, SF_E_CONFIG, "'sha256' is given twice for %s", source->file);
    }
    if (strlen(value) != sizeof source->sha256 - 1 ||
        strspn(value, "0123456789abcdef") != sizeof source->sha256 - 1) {
        return sf_error_set(err, SF_E_CONFIG, "'sha256' is not 64 lower-case hexadecimal digits");
    }
    memcpy(source->sha256, value, sizeof source->sha256);
    return 0;
}

/* By https or http: the digest says what it is, whoever it comes from. */
static int add_url(struct sf_recipe_source *source, const char *value, struct sf_error *err)
{
    if ((!sf_str_has_prefix(value, "https://") && !sf_str_has_prefix(value, "http://")) ||
        strpbrk(value, " \t") != NULL) {
        return sf_error_set(err, SF_E_CONFIG, "'url': '%s' is not one https:// or http:// URL",
                            value);
    }
    return sf_strlist_add(&source->urls, value, err);
}

int sf_recipe_source_set(struct sf_recipe *recipe, const char *file, const char *key,
                         const char *value, struct sf_error *err)
{
    struct sf_recipe_source *source = NULL;
    int r = get(recipe, file, &source, err);

    if (r < 0) {
        return r;
    }
    if (sf_str_is_equal(key, "version")) {
        return set_version(source, value, err);
    }
    if (sf_str_is_equal(key, "sha256")) {
        return set_sha256(source, value, err);
    }
    if (sf_str_is_equal(key, "url")) {
        return add_url(source, value, err);
    }
    return sf_error_set(err, SF_E_CONFIG, "unknown key '%s' in [source %s]", key, file);
}

int sf_recipe_sources_check(const struct sf_recipe *recipe, const char *name, struct sf_error *err)
{
    bool has_own = false;
    char series[16];

    for (size_t i = 0; i < recipe->source_count; i++) {
        const struct sf_recipe_source *source = &recipe->sources[i];

        if (source->version[0] == '\0' || source->sha256[0] == '\0') {
            return sf_error_set(err, SF_E_CONFIG, "%s: [source %s] has no '%s'", name, source->file,
                                source->version[0] == '\0' ? "version" : "sha256");
        }
        sf_release_series(source->version, series);
        if (!sf_str_is_equal(series, recipe->series)) {
            return sf_error_set(err, SF_E_CONFIG, "%s: [source %s]: '%s' is not a version of %s",
                                name, source->file, source->version, recipe->series);
        }
        has_own = has_own || sf_str_is_equal(source->version, recipe->version);
    }
    if (!has_own) {
        return sf_error_set(err, SF_E_CONFIG, "%s: 'version' is %s, of which there is no [source]",
                            name, recipe->version);
    }
    return 0;
}

static int refuse(const struct sf_recipe *recipe, const char *version, const char *name,
                  struct sf_error *err)
{
    sf_auto(strlist) struct sf_strlist known = {0};

    for (size_t i = 0; i < recipe->source_count; i++) {
        const char *other = recipe->sources[i].version;

        if (!sf_strlist_has(&known, other) && sf_strlist_add(&known, other, err) < 0) {
            return -SF_E_NO_MEMORY;
        }
    }
    sf_autofree char *text = sf_strlist_join(&known, ", ");

    if (text == NULL) {
        return sf_error_no_memory(err);
    }
    return sf_error_set(err, SF_E_NOT_FOUND, "%s has no source of %s; it has %s", name, version,
                        text);
}

int sf_recipe_sources_choose(struct sf_recipe *recipe, const char *version, const char *name,
                             struct sf_error *err)
{
    const char *chosen = sf_version_is_series(version) ? recipe->version : version;
    bool has_it = false;
    size_t kept = 0;

    for (size_t i = 0; i < recipe->source_count; i++) {
        has_it = has_it || sf_str_is_equal(recipe->sources[i].version, chosen);
    }
    if (!has_it) {
        return refuse(recipe, version, name, err);
    }
    for (size_t i = 0; i < recipe->source_count; i++) {
        if (sf_str_is_equal(recipe->sources[i].version, chosen)) {
            recipe->sources[kept++] = recipe->sources[i];
        } else {
            sf_recipe_source_done(&recipe->sources[i]);
        }
    }
    recipe->source_count = kept;
    memmove(recipe->version, chosen, strlen(chosen) + 1);
    return 0;
}
