/*
 * The plain bytes of a zstd stream (one frame or several back to back) that a block source hands
 * out. The window is at most 32 MiB, so memory does not depend on what the stream says.
 */
#ifndef SF_CONTENT_ZSTD_DECODER_H
#define SF_CONTENT_ZSTD_DECODER_H

#include "common/base/cleanup.h"

#include <stddef.h>

struct sf_block_source;
struct sf_error;
struct sf_zstd_decoder;

/* `source` is borrowed until free. Errors: NO_MEMORY, INTERNAL. */
int sf_zstd_decoder_open(struct sf_block_source *source, struct sf_zstd_decoder **ret,
                         struct sf_error *err);

/*
 * The next bytes, borrowed until the next call; size 0 at the end, which must be the end of a
 * frame. Errors: FORMAT (not zstd, a larger window, damaged, cut short), the source's.
 */
int sf_zstd_decoder_next(struct sf_zstd_decoder *decoder, const void **ret_bytes, size_t *ret_size,
                         struct sf_error *err);

void sf_zstd_decoder_free(struct sf_zstd_decoder *decoder);

SF_DEFINE_AUTO(zstd_decoder, struct sf_zstd_decoder *, sf_zstd_decoder_free)

#endif
