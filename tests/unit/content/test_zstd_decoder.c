/* Tests of the decoder: frames back to back, and streams that are not what they should be. */
#include "tests/unit/content/stream.h"

#include <zstd.h>

#include "common/content/zstd_decoder.h"

/* Reads the stream to its end; the number of bytes, or the negative code. */
static int64_t read_all(struct stream *stream, struct sf_error *err)
{
    sf_auto(zstd_decoder) struct sf_zstd_decoder *decoder = NULL;
    int64_t total = 0;

    assert_sf_ok(sf_zstd_decoder_open(stream->source, &decoder, err), err);
    for (;;) {
        const void *bytes = NULL;
        size_t size = 0;
        int r = sf_zstd_decoder_next(decoder, &bytes, &size, err);

        if (r < 0) {
            return r;
        }
        if (size == 0) {
            return total;
        }
        total += (int64_t)size;
    }
}

/* A frame of `size` zero bytes with this window. */
static size_t make_frame(void *bytes, size_t capacity, size_t size, int window_log)
{
    ZSTD_CCtx *context = ZSTD_createCCtx();
    sf_autofree char *zeros = calloc(1, size + 1);
    ZSTD_inBuffer input = {.src = zeros, .size = size};
    ZSTD_outBuffer output = {.dst = bytes, .size = capacity};

    assert_non_null(context);
    assert_non_null(zeros);
    assert_false(ZSTD_isError(ZSTD_CCtx_setParameter(context, ZSTD_c_windowLog, window_log)));
    assert_false(ZSTD_isError(ZSTD_CCtx_setParameter(context, ZSTD_c_checksumFlag, 1)));
    /* First a flush, so that the frame does not say its size and the window stays as wide. */
    assert_false(ZSTD_isError(ZSTD_compressStream2(context, &output, &input, ZSTD_e_flush)));
    assert_int_equal(ZSTD_compressStream2(context, &output, &input, ZSTD_e_end), 0);
    (void)ZSTD_freeCCtx(context);
    return output.pos;
}

static void frames_back_to_back_are_one_stream(void **state)
{
    unsigned char bytes[8192];
    struct sf_error err = {0};
    sf_auto(stream) struct stream stream = {.file.fd = -1};

    (void)state;
    size_t size = make_frame(bytes, sizeof bytes, 3000000, 20);
    size += make_frame(bytes + size, sizeof bytes - size, 0, 20);
    size += make_frame(bytes + size, sizeof bytes - size, 5, 20);
    stream_open_bytes(&stream, bytes, size);
    assert_int_equal(read_all(&stream, &err), 3000005);
}

static void stream_cut_anywhere_is_refused(void **state)
{
    unsigned char bytes[8192];
    size_t size = make_frame(bytes, sizeof bytes, 100, 20);

    (void)state;
    for (size_t cut = 0; cut < size; cut++) {
        struct sf_error err = {0};
        sf_auto(stream) struct stream stream = {.file.fd = -1};

        stream_open_bytes(&stream, bytes, cut);
        assert_int_equal(read_all(&stream, &err), -(int)SF_E_FORMAT);
        assert_non_null(strstr(err.message, "cut short"));
    }
}

static void bytes_after_a_frame_are_refused(void **state)
{
    unsigned char bytes[8192];
    struct sf_error err = {0};
    sf_auto(stream) struct stream stream = {.file.fd = -1};
    size_t size = make_frame(bytes, sizeof bytes, 100, 20);

    (void)state;
    memcpy(bytes + size, "trailing", 8);
    stream_open_bytes(&stream, bytes, size + 8);
    assert_int_equal(read_all(&stream, &err), -(int)SF_E_FORMAT);
    assert_non_null(strstr(err.message, "not valid"));
}

static void other_compression_is_refused(void **state)
{
    struct sf_error err = {0};
    sf_auto(stream) struct stream stream = {.file.fd = -1};

    (void)state;
    stream_open_bytes(&stream, "\037\213\010\0\0\0\0\0\0\3", 10);
    assert_int_equal(read_all(&stream, &err), -(int)SF_E_FORMAT);
}

static void damaged_checksum_is_refused(void **state)
{
    unsigned char bytes[8192];
    struct sf_error err = {0};
    sf_auto(stream) struct stream stream = {.file.fd = -1};
    size_t size = make_frame(bytes, sizeof bytes, 100, 20);

    (void)state;
    bytes[size - 1] ^= 1;
    stream_open_bytes(&stream, bytes, size);
    assert_int_equal(read_all(&stream, &err), -(int)SF_E_FORMAT);
}

static void window_above_32_mib_is_refused(void **state)
{
    unsigned char bytes[8192];
    struct sf_error err = {0};
    sf_auto(stream) struct stream stream = {.file.fd = -1};

    (void)state;
    stream_open_bytes(&stream, bytes, make_frame(bytes, sizeof bytes, 100, 26));
    assert_int_equal(read_all(&stream, &err), -(int)SF_E_FORMAT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(frames_back_to_back_are_one_stream),
        cmocka_unit_test(stream_cut_anywhere_is_refused),
        cmocka_unit_test(bytes_after_a_frame_are_refused),
        cmocka_unit_test(other_compression_is_refused),
        cmocka_unit_test(damaged_checksum_is_refused),
        cmocka_unit_test(window_above_32_mib_is_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
