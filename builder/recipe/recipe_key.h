/* The keys of a recipe that hold words: what a word of each may be, and where it goes. */
#ifndef SF_BUILDER_RECIPE_RECIPE_KEY_H
#define SF_BUILDER_RECIPE_RECIPE_KEY_H

#include <stdbool.h>
#include <stddef.h>

struct sf_error;
struct sf_recipe;
struct sf_strlist;

struct sf_recipe_key {
    const char *name;
    size_t offset; /* of its sf_strlist in struct sf_recipe */
    bool (*is_word)(const char *word);
};

/* The key of that name, NULL when there is none. Static. */
const struct sf_recipe_key *sf_recipe_key_find(const char *name);

/* All of them, in the order in which people read them. Static. */
const struct sf_recipe_key *sf_recipe_keys(size_t *ret_count);

/* Its words in `recipe`. Borrowed. */
const struct sf_strlist *sf_recipe_key_words(const struct sf_recipe_key *key,
                                             const struct sf_recipe *recipe);

/* Errors: CONFIG, naming the word that cannot be one of this key; NO_MEMORY. */
int sf_recipe_key_check(const struct sf_recipe_key *key, const char *value, struct sf_error *err);

/*
 * Adds the words of a value that was checked; one that is there already is not added again. Errors:
 * CONFIG (a "!PATTERN" that takes back nothing), NO_MEMORY.
 */
int sf_recipe_key_apply(const struct sf_recipe_key *key, const char *value,
                        struct sf_recipe *recipe, struct sf_error *err);

#endif
