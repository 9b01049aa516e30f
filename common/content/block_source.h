/*
 * A stream of artifact bytes of which each block was checked before it is handed out. Fetching and
 * checking run in a thread of their own, a few blocks ahead, so that receive, verify, decompress
 * and write overlap; memory is bounded by SF_BLOCK_SOURCE_DEPTH blocks.
 *
 * Lifecycle: open one way or the other, next … until size 0, free (which also ends the thread).
 */
#ifndef SF_CONTENT_BLOCK_SOURCE_H
#define SF_CONTENT_BLOCK_SOURCE_H

#include "common/base/cleanup.h"

#include <stddef.h>
#include <stdint.h>

struct sf_block_source;
struct sf_error;
struct sf_fetcher;
struct sf_manifest;
struct sf_strlist;
struct sf_verified_file;

#define SF_BLOCK_SOURCE_DEPTH 8

struct sf_block_remote {
    struct sf_fetcher *fetcher;    /* borrowed until free; used by the thread only */
    const struct sf_strlist *urls; /* the artifact at each mirror, in order; borrowed until free */
    const struct sf_manifest *manifest; /* the outer copy with block digests; borrowed until free */
    int cache_fd;                     /* where the partial download is kept; borrowed until free */
    const char *partial_name;         /* "<sha256>.partial"; borrowed until free */
    void (*progress)(uint64_t bytes); /* may be NULL; called from the thread */
};

/*
 * Streams from the repository. Blocks already in the partial file are checked again and used; good
 * blocks are appended to it as they arrive, so that an interrupted transfer resumes at a block. A
 * bad block is fetched once more from the next mirror, then it is an error (INTEGRITY). After the
 * last block the partial is kept for the caller to remove once the release is in place.
 */
int sf_block_source_open_remote(const struct sf_block_remote *remote, struct sf_block_source **ret,
                                struct sf_error *err);

/* Streams from a verified local file; borrowed until free. Every block is compared again as it is
 * read. */
int sf_block_source_open_file(const struct sf_verified_file *file, struct sf_block_source **ret,
                              struct sf_error *err);

/* The next verified bytes, borrowed until the next call; size 0 at the end. Errors: the thread's.
 */
int sf_block_source_next(struct sf_block_source *source, const void **ret_bytes, size_t *ret_size,
                         struct sf_error *err);

void sf_block_source_free(struct sf_block_source *source);

SF_DEFINE_AUTO(block_source, struct sf_block_source *, sf_block_source_free)

#endif
