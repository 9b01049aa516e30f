/*
 * A gzip stream on its way into a file, without name and time, so that the same input gives the
 * same bytes, and the digest of what was written.
 *
 * Lifecycle: open, write any number of times, finish, free.
 */
#ifndef SF_BUILDER_EXPORT_GZIP_ENCODER_H
#define SF_BUILDER_EXPORT_GZIP_ENCODER_H

#include "common/base/cleanup.h"

#include <stddef.h>
#include <stdint.h>

struct sf_error;
struct sf_gzip_encoder;

/* Writes to `fd` (borrowed until free). `level` is 1-9. Errors: NO_MEMORY, INTERNAL. */
int sf_gzip_encoder_open(int fd, int level, struct sf_gzip_encoder **ret, struct sf_error *err);

/* Errors: NO_SPACE, IO. */
int sf_gzip_encoder_write(struct sf_gzip_encoder *encoder, const void *bytes, size_t size,
                          struct sf_error *err);

/* Ends the stream; size and digest of what was written. Errors: NO_SPACE, IO. */
int sf_gzip_encoder_finish(struct sf_gzip_encoder *encoder, uint64_t *ret_size_bytes,
                           char sha256[static 65], struct sf_error *err);

void sf_gzip_encoder_free(struct sf_gzip_encoder *encoder);

SF_DEFINE_AUTO(gzip_encoder, struct sf_gzip_encoder *, sf_gzip_encoder_free)

#endif
