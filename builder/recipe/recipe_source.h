/* The sources of a recipe: read, checked, and chosen by version. */
#ifndef SF_BUILDER_RECIPE_RECIPE_SOURCE_H
#define SF_BUILDER_RECIPE_RECIPE_SOURCE_H

struct sf_error;
struct sf_recipe;

/* Copies a version that is one of `series`. Errors: CONFIG. */
int sf_recipe_version_check(const char *version, const char *series, char ret_version[static 32],
                            struct sf_error *err);

/* A key of [source FILE]; the source is added when it is new. Errors: CONFIG, NO_MEMORY. */
int sf_recipe_source_set(struct sf_recipe *recipe, const char *file, const char *key,
                         const char *value, struct sf_error *err);

/*
 * Each source is whole and of the recipe's series, and its own version has one; `name` is the
 * recipe's, for messages. Errors: CONFIG.
 */
int sf_recipe_sources_check(const struct sf_recipe *recipe, const char *name, struct sf_error *err);

/*
 * Leaves the sources of `version`, or of the recipe's own when that is a series. Errors: NOT_FOUND,
 * naming the versions that have a source; NO_MEMORY.
 */
int sf_recipe_sources_choose(struct sf_recipe *recipe, const char *version, const char *name,
                             struct sf_error *err);

#endif
