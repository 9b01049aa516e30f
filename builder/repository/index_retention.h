/* What is taken out of an index. */
#ifndef SF_BUILDER_REPOSITORY_INDEX_RETENTION_H
#define SF_BUILDER_REPOSITORY_INDEX_RETENTION_H

#include <stdint.h>

struct sf_error;
struct sf_repo_index;
struct sf_strlist;

/* Moves the releases of these names, "24.11.5-1", from the entries to `removed`, for whatever
 * toolchain they are; one that is not there is no error. Errors: NO_MEMORY. */
int sf_index_expire(struct sf_repo_index *index, const struct sf_strlist *names,
                    struct sf_error *err);

/*
 * Keeps the newest `keep` (at least 1) releases of each series, toolchain, architecture and variant
 * and moves older ones to `removed`. Withdrawn releases do not count: one that is newer than what
 * is kept stays. Errors: NO_MEMORY.
 */
int sf_index_keep_last(struct sf_repo_index *index, uint32_t keep, struct sf_error *err);

#endif
