/* A zstd stream written to a file and hashed as it is written. */
#include "common/content/zstd_encoder.h"

#include <errno.h>
#include <stdbool.h>
#include <unistd.h>
#include <zstd.h>

#include "common/base/error.h"
#include "common/format/manifest.h"
#include "common/host/digest.h"

/*
 * Slurm has its code twice, in libslurm.so and in libslurmfull.so, with the bundled libraries
 * between them. A window of 16 MiB reaches from one to the other, which saves a twelfth of the
 * whole, for as much memory on the node.
 */
#define WIDE_LEVEL      19
#define WIDE_WINDOW_LOG 24

struct sf_zstd_encoder {
    int fd;
    ZSTD_CCtx *context;
    struct sf_digest *whole;
    struct sf_digest *block;
    uint64_t block_fill; /* bytes of the block that is not full yet */
    uint64_t size_bytes;
    char (*blocks)[65];
    size_t block_count;
    size_t block_capacity;
    unsigned char *output;
    size_t output_size;
};

static int set_parameters(ZSTD_CCtx *context, int level, struct sf_error *err)
{
    const struct {
        ZSTD_cParameter parameter;
        int value;
    } settings[] = {
        {ZSTD_c_compressionLevel, level},
        {ZSTD_c_checksumFlag, 1},
    };

    for (size_t i = 0; i < sizeof settings / sizeof *settings; i++) {
        size_t r = ZSTD_CCtx_setParameter(context, settings[i].parameter, settings[i].value);

        if (ZSTD_isError(r)) {
            return sf_error_set(err, SF_E_INTERNAL, "zstd level %d: %s", level,
                                ZSTD_getErrorName(r));
        }
    }

    if (level < WIDE_LEVEL) {
        return 0;
    }

    /* Level 19 by itself looks back 8 MiB; levels above choose more than readers accept. */
    int window = level > WIDE_LEVEL ? SF_ZSTD_WINDOW_LOG : WIDE_WINDOW_LOG;

    if (ZSTD_isError(ZSTD_CCtx_setParameter(context, ZSTD_c_windowLog, window))) {
        return sf_error_set(err, SF_E_INTERNAL, "zstd does not take a window of 2^%d bytes",
                            window);
    }
    return 0;
}

int sf_zstd_encoder_open(int fd, int level, struct sf_zstd_encoder **ret, struct sf_error *err)
{
    sf_auto(zstd_encoder) struct sf_zstd_encoder *encoder = calloc(1, sizeof *encoder);

    if (encoder == NULL) {
        return sf_error_no_memory(err);
    }
    encoder->fd = fd;
    encoder->context = ZSTD_createCCtx();
    encoder->output_size = ZSTD_CStreamOutSize();
    encoder->output = malloc(encoder->output_size);
    if (encoder->context == NULL || encoder->output == NULL) {
        return sf_error_no_memory(err);
    }

    int r = set_parameters(encoder->context, level, err);
    if (r < 0) {
        return r;
    }

    r = sf_digest_new(&encoder->whole, err);
    if (r < 0) {
        return r;
    }

    r = sf_digest_new(&encoder->block, err);
    if (r < 0) {
        return r;
    }
    *ret = sf_steal(&encoder);
    return 0;
}

/* Ends the current block. */
static int finish_block(struct sf_zstd_encoder *encoder, struct sf_error *err)
{
    if (encoder->block_count == encoder->block_capacity) {
        size_t capacity = encoder->block_capacity == 0 ? 64 : encoder->block_capacity * 2;
        char(*blocks)[65] = reallocarray(encoder->blocks, capacity, sizeof *blocks);

        if (blocks == NULL) {
            return sf_error_no_memory(err);
        }
        encoder->blocks = blocks;
        encoder->block_capacity = capacity;
    }

    int r = sf_digest_finish(encoder->block, encoder->blocks[encoder->block_count], err);
    if (r < 0) {
        return r;
    }
    encoder->block_count++;
    encoder->block_fill = 0;
    return 0;
}

static int hash_output(struct sf_zstd_encoder *encoder, const unsigned char *bytes, size_t size,
                       struct sf_error *err)
{
    sf_digest_update(encoder->whole, bytes, size);
    encoder->size_bytes += size;
    while (size > 0) {
        size_t room = SF_MANIFEST_BLOCK_SIZE - encoder->block_fill;
        size_t part = size < room ? size : room;

        sf_digest_update(encoder->block, bytes, part);
        encoder->block_fill += part;
        bytes += part;
        size -= part;
        if (encoder->block_fill < SF_MANIFEST_BLOCK_SIZE) {
            continue;
        }

        int r = finish_block(encoder, err);
        if (r < 0) {
            return r;
        }
    }
    return 0;
}

static int put_output(struct sf_zstd_encoder *encoder, size_t size, struct sf_error *err)
{
    size_t done = 0;

    while (done < size) {
        ssize_t n = write(encoder->fd, encoder->output + done, size - done);

        if (n < 0 && errno == EINTR) {
            continue;
        }
        if (n < 0) {
            return sf_error_errno(err, errno, "write the artifact");
        }
        done += (size_t)n;
    }
    return hash_output(encoder, encoder->output, size, err);
}

/* Compresses `input`; with ZSTD_e_end until the frame is complete. */
static int compress(struct sf_zstd_encoder *encoder, ZSTD_inBuffer *input,
                    ZSTD_EndDirective directive, struct sf_error *err)
{
    for (;;) {
        ZSTD_outBuffer output = {.dst = encoder->output, .size = encoder->output_size};
        size_t left = ZSTD_compressStream2(encoder->context, &output, input, directive);

        if (ZSTD_isError(left)) {
            return sf_error_set(err, SF_E_INTERNAL, "compress: %s", ZSTD_getErrorName(left));
        }

        int r = put_output(encoder, output.pos, err);
        if (r < 0) {
            return r;
        }
        if (directive == ZSTD_e_end ? left == 0 : input->pos == input->size) {
            return 0;
        }
    }
}

int sf_zstd_encoder_write(struct sf_zstd_encoder *encoder, const void *bytes, size_t size,
                          struct sf_error *err)
{
    ZSTD_inBuffer input = {.src = bytes, .size = size};

    return compress(encoder, &input, ZSTD_e_continue, err);
}

int sf_zstd_encoder_finish(struct sf_zstd_encoder *encoder, uint64_t *ret_size_bytes,
                           char (**ret_blocks)[65], size_t *ret_block_count, char sha256[static 65],
                           struct sf_error *err)
{
    ZSTD_inBuffer nothing = {0};

    int r = compress(encoder, &nothing, ZSTD_e_end, err);
    if (r < 0) {
        return r;
    }
    if (encoder->block_fill > 0) {
        r = finish_block(encoder, err);
        if (r < 0) {
            return r;
        }
    }

    r = sf_digest_finish(encoder->whole, sha256, err);
    if (r < 0) {
        return r;
    }
    *ret_size_bytes = encoder->size_bytes;
    *ret_block_count = encoder->block_count;
    *ret_blocks = sf_steal(&encoder->blocks);
    return 0;
}

void sf_zstd_encoder_free(struct sf_zstd_encoder *encoder)
{
    if (encoder == NULL) {
        return;
    }
    (void)ZSTD_freeCCtx(encoder->context);
    sf_digest_free(encoder->whole);
    sf_digest_free(encoder->block);
    free(encoder->blocks);
    free(encoder->output);
    free(encoder);
}
