/* A recipe's text, resolved for what is asked for. */
#ifndef SF_BUILDER_RECIPE_RECIPE_PARSE_H
#define SF_BUILDER_RECIPE_RECIPE_PARSE_H

struct sf_error;
struct sf_recipe;
struct sf_recipe_wanted;

/*
 * `name` is the file's, for messages; its recipe has to be that of `series`. The whole text is
 * checked, also what does not apply. Errors: CONFIG, NOT_FOUND (version, toolchain or variant),
 * NO_MEMORY.
 */
int sf_recipe_parse(const char *name, const char *text, const char *series,
                    const struct sf_recipe_wanted *wanted, struct sf_recipe **ret,
                    struct sf_error *err);

#endif
