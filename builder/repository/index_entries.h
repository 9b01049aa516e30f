/* The entries of an index that is being made. */
#ifndef SF_BUILDER_REPOSITORY_INDEX_ENTRIES_H
#define SF_BUILDER_REPOSITORY_INDEX_ENTRIES_H

#include <stddef.h>

struct sf_error;
struct sf_index_artifact;
struct sf_repo_index;

/* The entry whose artifact has that path, borrowed until the entries change; NULL when there is
 * none. */
struct sf_index_artifact *sf_index_entries_find(const struct sf_repo_index *index,
                                                const char *path);

/* Adds a copy of `entry`. Errors: FORMAT (too many), NO_MEMORY. */
int sf_index_entries_add(struct sf_repo_index *index, const struct sf_index_artifact *entry,
                         struct sf_error *err);

/* Takes out the entry at `position`; those behind it move up. */
void sf_index_entries_remove(struct sf_repo_index *index, size_t position);

#endif
