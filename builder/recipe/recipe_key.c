/* The keys of a recipe that hold words. */
#include "builder/recipe/recipe_key.h"

#include <fnmatch.h>
#include <string.h>

#include "builder/recipe/recipe.h"
#include "common/base/error.h"
#include "common/base/path.h"
#include "common/base/str.h"

#define LOWER  "abcdefghijklmnopqrstuvwxyz"
#define DIGITS "0123456789"
#define ALNUM  LOWER "ABCDEFGHIJKLMNOPQRSTUVWXYZ" DIGITS

static bool is_of(const char *word, const char *first, const char *characters)
{
    return word[0] != '\0' && strchr(first, word[0]) != NULL &&
           word[strspn(word, characters)] == '\0';
}

/* What an option says is Slurm's; the prefix and what lies in it is the builder's. */
static bool is_option(const char *word)
{
    static const char *const own[] = {"--prefix", "--exec-prefix", "--with-systemdsystemunitdir"};

    for (size_t i = 0; i < sizeof own / sizeof *own; i++) {
        size_t length = strlen(own[i]);

        if (strncmp(word, own[i], length) == 0 && (word[length] == '\0' || word[length] == '=')) {
            return false;
        }
    }
    return sf_str_has_prefix(word, "--") && is_of(word + 2, LOWER, ALNUM "-_=/.,:+@%");
}

static bool is_identifier(const char *word)
{
    return is_of(word, LOWER, LOWER DIGITS "_");
}

static bool is_name(const char *word)
{
    return is_of(word, ALNUM, ALNUM "-_.+:~");
}

static bool is_pattern(const char *word)
{
    return is_of(word, ALNUM, ALNUM "-_.+*?[]");
}

static const struct sf_recipe_key keys[] = {
    {"configure", offsetof(struct sf_recipe, configure), is_option},
    {"contrib", offsetof(struct sf_recipe, contribs), is_identifier},
    {"plugin", offsetof(struct sf_recipe, plugins), is_identifier},
    {"file", offsetof(struct sf_recipe, files), sf_path_is_safe_relative},
    {"component", offsetof(struct sf_recipe, components), is_name},
    {"library", offsetof(struct sf_recipe, libraries), is_name},
    {"host-library", offsetof(struct sf_recipe, host_libraries), is_pattern},
    {"package", offsetof(struct sf_recipe, packages), is_name},
};

const struct sf_recipe_key *sf_recipe_key_find(const char *name)
{
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++) {
        if (sf_str_is_equal(keys[i].name, name)) {
            return &keys[i];
        }
    }
    return NULL;
}

const struct sf_recipe_key *sf_recipe_keys(size_t *ret_count)
{
    *ret_count = sizeof keys / sizeof *keys;
    return keys;
}

const struct sf_strlist *sf_recipe_key_words(const struct sf_recipe_key *key,
                                             const struct sf_recipe *recipe)
{
    return (const void *)((const char *)recipe + key->offset);
}

int sf_recipe_key_check(const struct sf_recipe_key *key, const char *value, struct sf_error *err)
{
    sf_auto(strlist) struct sf_strlist words = {0};
    int r = sf_strlist_add_words(&words, value, err);

    for (size_t i = 0; r == 0 && i < words.count; i++) {
        const char *word = words.items[i];

        if (word[0] == '!' ? word[1] == '\0' : !key->is_word(word)) {
            r = sf_error_set(err, SF_E_CONFIG, "'%s' cannot be a word of '%s'", word, key->name);
        }
    }
    return r;
}

static int take_back(struct sf_strlist *words, const char *pattern, struct sf_error *err)
{
    size_t kept = 0;

    for (size_t i = 0; i < words->count; i++) {
        if (fnmatch(pattern, words->items[i], FNM_NOESCAPE) == 0) {
            free(words->items[i]);
        } else {
            words->items[kept++] = words->items[i];
        }
    }
    if (kept == words->count) {
        return sf_error_set(err, SF_E_CONFIG, "'!%s' takes back what was not there", pattern);
    }
    words->count = kept;
    return 0;
}

int sf_recipe_key_apply(const struct sf_recipe_key *key, const char *value,
                        struct sf_recipe *recipe, struct sf_error *err)
{
    struct sf_strlist *list = (void *)((char *)recipe + key->offset);
    sf_auto(strlist) struct sf_strlist words = {0};
    int r = sf_strlist_add_words(&words, value, err);

    for (size_t i = 0; r == 0 && i < words.count; i++) {
        const char *word = words.items[i];

        if (word[0] == '!') {
            r = take_back(list, word + 1, err);
        } else if (!sf_strlist_has(list, word)) {
            r = sf_strlist_add(list, word, err);
        }
    }
    return r;
}
