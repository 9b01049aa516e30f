/* A zstd stream decoded as its verified blocks arrive. */
#include "common/content/zstd_decoder.h"

#include <stdbool.h>
#include <zstd.h>

#include "common/base/error.h"
#include "common/content/block_source.h"
#include "common/content/zstd_encoder.h"

struct sf_zstd_decoder {
    struct sf_block_source *source;
    ZSTD_DCtx *context;
    ZSTD_inBuffer input; /* what is left of the source's bytes */
    bool is_source_empty;
    bool is_frame_complete; /* the last call of zstd ended a frame */
    bool has_more_output;   /* the last call filled the output: there may be more without input */
    unsigned char *output;
    size_t output_size;
};

int sf_zstd_decoder_open(struct sf_block_source *source, struct sf_zstd_decoder **ret,
                         struct sf_error *err)
{
    sf_auto(zstd_decoder) struct sf_zstd_decoder *decoder = calloc(1, sizeof *decoder);

    if (decoder == NULL) {
        return sf_error_no_memory(err);
    }
    decoder->source = source;
    decoder->context = ZSTD_createDCtx();
    decoder->output_size = ZSTD_DStreamOutSize();
    decoder->output = malloc(decoder->output_size);
    if (decoder->context == NULL || decoder->output == NULL) {
        return sf_error_no_memory(err);
    }

    size_t r = ZSTD_DCtx_setParameter(decoder->context, ZSTD_d_windowLogMax, SF_ZSTD_WINDOW_LOG);
    if (ZSTD_isError(r)) {
        return sf_error_set(err, SF_E_INTERNAL, "limit zstd's window: %s", ZSTD_getErrorName(r));
    }
    *ret = sf_steal(&decoder);
    return 0;
}

/* Gets more input when all of it is used. */
static int refill(struct sf_zstd_decoder *decoder, struct sf_error *err)
{
    const void *bytes = NULL;
    size_t size = 0;

    if (decoder->input.pos < decoder->input.size || decoder->has_more_output ||
        decoder->is_source_empty) {
        return 0;
    }

    int r = sf_block_source_next(decoder->source, &bytes, &size, err);
    if (r < 0) {
        return r;
    }
    decoder->input = (ZSTD_inBuffer){.src = bytes, .size = size};
    decoder->is_source_empty = size == 0;
    return 0;
}

int sf_zstd_decoder_next(struct sf_zstd_decoder *decoder, const void **ret_bytes, size_t *ret_size,
                         struct sf_error *err)
{
    ZSTD_outBuffer output = {.dst = decoder->output, .size = decoder->output_size};

    while (output.pos == 0) {
        int r = refill(decoder, err);
        if (r < 0) {
            return r;
        }
        if (decoder->is_source_empty && !decoder->has_more_output) {
            if (!decoder->is_frame_complete) {
                return sf_error_set(err, SF_E_FORMAT, "the zstd stream is cut short");
            }
            break;
        }

        size_t left = ZSTD_decompressStream(decoder->context, &output, &decoder->input);
        if (ZSTD_isError(left)) {
            return sf_error_set(err, SF_E_FORMAT, "the zstd stream is not valid: %s",
                                ZSTD_getErrorName(left));
        }
        decoder->is_frame_complete = left == 0;
        decoder->has_more_output = left != 0 && output.pos == output.size;
    }
    *ret_bytes = decoder->output;
    *ret_size = output.pos;
    return 0;
}

void sf_zstd_decoder_free(struct sf_zstd_decoder *decoder)
{
    if (decoder == NULL) {
        return;
    }
    (void)ZSTD_freeDCtx(decoder->context);
    free(decoder->output);
    free(decoder);
}
