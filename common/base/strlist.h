/* A growing list of strings that owns its items. Zero-initialise, add, sort, then done. */
#ifndef SF_BASE_STRLIST_H
#define SF_BASE_STRLIST_H

#include "common/base/cleanup.h"

#include <stdbool.h>
#include <stddef.h>

struct sf_error;

struct sf_strlist {
    char **items;
    size_t count;
    size_t capacity;
};

/* Adds a copy of `text`. Errors: NO_MEMORY. */
int sf_strlist_add(struct sf_strlist *list, const char *text, struct sf_error *err);

/* Adds a copy of each item of `from`. Errors: NO_MEMORY. */
int sf_strlist_add_all(struct sf_strlist *list, const struct sf_strlist *from,
                       struct sf_error *err);

/* Adds `text` itself: taken on success, also released on failure. NULL counts as out of memory. */
int sf_strlist_take(struct sf_strlist *list, char *text, struct sf_error *err);

bool sf_strlist_has(const struct sf_strlist *list, const char *text);

/* Sorts by byte value. */
void sf_strlist_sort(struct sf_strlist *list);

/* The items with `separator` between them; NULL when out of memory. Owned by the caller. */
char *sf_strlist_join(const struct sf_strlist *list, const char *separator);

/* Adds a copy of each word of `text`, words being separated by white space. Errors: NO_MEMORY. */
int sf_strlist_add_words(struct sf_strlist *list, const char *text, struct sf_error *err);

/* Frees the contents; the list is empty and usable afterwards. */
void sf_strlist_done(struct sf_strlist *list);

SF_DEFINE_AUTO_STRUCT(strlist, struct sf_strlist, sf_strlist_done)

#endif
