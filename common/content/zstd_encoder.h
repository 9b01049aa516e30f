/*
 * A zstd stream on its way into a file: one frame with a checksum, made by one thread so that the
 * same input gives the same bytes, and the digests of what was written.
 *
 * Lifecycle: open, write any number of times, finish, free.
 */
#ifndef SF_CONTENT_ZSTD_ENCODER_H
#define SF_CONTENT_ZSTD_ENCODER_H

#include "common/base/cleanup.h"

#include <stddef.h>
#include <stdint.h>

struct sf_error;
struct sf_zstd_encoder;

/* The largest window that readers accept: 32 MiB. */
#define SF_ZSTD_WINDOW_LOG 25

/* Writes to `fd` (borrowed until free). `level` is 1-22. Errors: NO_MEMORY, INTERNAL. */
int sf_zstd_encoder_open(int fd, int level, struct sf_zstd_encoder **ret, struct sf_error *err);

/* Errors: NO_SPACE, IO. */
int sf_zstd_encoder_write(struct sf_zstd_encoder *encoder, const void *bytes, size_t size,
                          struct sf_error *err);

/*
 * Ends the frame. Hands out the size of what was written, its digest, and the digest of each block
 * of SF_MANIFEST_BLOCK_SIZE bytes (owned by the caller, free with free). Errors: NO_SPACE, IO.
 */
int sf_zstd_encoder_finish(struct sf_zstd_encoder *encoder, uint64_t *ret_size_bytes,
                           char (**ret_blocks)[65], size_t *ret_block_count, char sha256[static 65],
                           struct sf_error *err);

void sf_zstd_encoder_free(struct sf_zstd_encoder *encoder);

SF_DEFINE_AUTO(zstd_encoder, struct sf_zstd_encoder *, sf_zstd_encoder_free)

#endif
