/*
 * Compares the bytes of an artifact, as they come, with what its manifest says of its blocks.
 *
 * Lifecycle: sf_block_check_new(), feed in order, finish once, sf_block_check_free().
 */
#ifndef SF_BUILDER_REPOSITORY_BLOCK_CHECK_H
#define SF_BUILDER_REPOSITORY_BLOCK_CHECK_H

#include "common/base/cleanup.h"

#include <stddef.h>

struct sf_block_check;
struct sf_error;
struct sf_manifest;

/* `manifest` is an outer copy, borrowed until free. Errors: NO_MEMORY, INTERNAL. */
int sf_block_check_new(const struct sf_manifest *manifest, struct sf_block_check **ret,
                       struct sf_error *err);

/* Errors: INTEGRITY, naming the block that differs, or that there are more bytes than blocks. */
int sf_block_check_feed(struct sf_block_check *check, const void *bytes, size_t size,
                        struct sf_error *err);

/* The digest of all bytes. Errors: INTEGRITY when bytes are missing or the last block differs. */
int sf_block_check_finish(struct sf_block_check *check, char sha256[static 65],
                          struct sf_error *err);

void sf_block_check_free(struct sf_block_check *check);

SF_DEFINE_AUTO(block_check, struct sf_block_check *, sf_block_check_free)

/* All of it for the file at `fd`, from its position. Errors also: IO. */
int sf_block_check_file(int fd, const struct sf_manifest *manifest, char sha256[static 65],
                        struct sf_error *err);

#endif
