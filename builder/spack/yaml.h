/*
 * The little YAML that a spack.yaml needs: mappings, lists of strings, lists of mappings. Every
 * string stands in double quotes, so that none is taken for a number, a date or "no". Written here
 * because a library for it would be one more dependency of every build, for one file.
 *
 * Lifecycle: zero-initialise with the buffer, write, sf_yaml_end().
 */
#ifndef SF_BUILDER_SPACK_YAML_H
#define SF_BUILDER_SPACK_YAML_H

#include "common/base/error.h"

#include <stdbool.h>

struct sf_buffer;
struct sf_strlist;

struct sf_yaml {
    struct sf_buffer *text; /* borrowed */
    int depth;
    bool is_item;          /* the next key begins an item of a list */
    struct sf_error error; /* the first one; nothing is written after it */
};

/* "key:", and what follows is below it. Keys of the format itself and names of packages alike. */
void sf_yaml_open(struct sf_yaml *yaml, const char *key);

/* A new item, a mapping, of the list that sf_yaml_open() began. */
void sf_yaml_open_item(struct sf_yaml *yaml);

/* Ends what one of the two began. */
void sf_yaml_close(struct sf_yaml *yaml);

void sf_yaml_text(struct sf_yaml *yaml, const char *key, const char *value);
void sf_yaml_flag(struct sf_yaml *yaml, const char *key, bool value);
void sf_yaml_number(struct sf_yaml *yaml, const char *key, unsigned value);
void sf_yaml_list(struct sf_yaml *yaml, const char *key, const struct sf_strlist *values);

/* What went wrong on the way. Errors: NO_MEMORY, FORMAT (the buffer's ceiling). */
int sf_yaml_end(const struct sf_yaml *yaml, struct sf_error *err);

#endif
