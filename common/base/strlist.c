/* A growing list of strings that owns its items. */
#include "common/base/strlist.h"

#include "common/base/error.h"
#include "common/base/str.h"

#include <stdlib.h>
#include <string.h>

int sf_strlist_take(struct sf_strlist *list, char *text, struct sf_error *err)
{
    if (text == NULL) {
        return sf_error_no_memory(err);
    }
    if (list->count == list->capacity) {
        size_t capacity = list->capacity == 0 ? 8 : list->capacity * 2;
        char **items = reallocarray(list->items, capacity, sizeof *items);

        if (items == NULL) {
            free(text);
            return sf_error_no_memory(err);
        }
        list->items = items;
        list->capacity = capacity;
    }
    list->items[list->count++] = text;
    return 0;
}

int sf_strlist_add(struct sf_strlist *list, const char *text, struct sf_error *err)
{
    return sf_strlist_take(list, strdup(text), err);
}

int sf_strlist_add_all(struct sf_strlist *list, const struct sf_strlist *from, struct sf_error *err)
{
    int r = 0;

    for (size_t i = 0; r == 0 && i < from->count; i++) {
        r = sf_strlist_add(list, from->items[i], err);
    }
    return r;
}

bool sf_strlist_has(const struct sf_strlist *list, const char *text)
{
    for (size_t i = 0; i < list->count; i++) {
        if (sf_str_is_equal(list->items[i], text)) {
            return true;
        }
    }
    return false;
}

static int compare_items(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

void sf_strlist_sort(struct sf_strlist *list)
{
    if (list->count > 1) {
        qsort(list->items, list->count, sizeof *list->items, compare_items);
    }
}

char *sf_strlist_join(const struct sf_strlist *list, const char *separator)
{
    size_t size = 1;

    for (size_t i = 0; i < list->count; i++) {
        size += strlen(list->items[i]) + strlen(separator);
    }
    char *text = malloc(size);
    char *end = text;

    if (text == NULL) {
        return NULL;
    }
    *text = '\0';
    for (size_t i = 0; i < list->count; i++) {
        end = stpcpy(end, i == 0 ? "" : separator);
        end = stpcpy(end, list->items[i]);
    }
    return text;
}

int sf_strlist_add_words(struct sf_strlist *list, const char *text, struct sf_error *err)
{
    static const char blanks[] = " \t\r\n";

    for (text += strspn(text, blanks); *text != '\0'; text += strspn(text, blanks)) {
        size_t length = strcspn(text, blanks);
        int r = sf_strlist_take(list, strndup(text, length), err);

        if (r < 0) {
            return r;
        }
        text += length;
    }
    return 0;
}

void sf_strlist_done(struct sf_strlist *list)
{
    for (size_t i = 0; i < list->count; i++) {
        free(list->items[i]);
    }
    free(list->items);
    *list = (struct sf_strlist){0};
}
