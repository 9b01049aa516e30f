/* Tests of the encoder: same bytes for the same input, and digests of what is in the file. */
#include "tests/unit/content/stream.h"

#include "common/content/zstd_decoder.h"
#include "common/format/manifest.h"

/* Hardly compressible, so that the output has several blocks. */
static unsigned char *make_noise(size_t size)
{
    unsigned char *bytes = malloc(size);
    uint64_t x = 88172645463325252U;

    assert_non_null(bytes);
    for (size_t i = 0; i < size; i++) {
        x ^= x << 13;
        x ^= x >> 7;
        x ^= x << 17;
        bytes[i] = (unsigned char)x;
    }
    return bytes;
}

struct result {
    uint64_t size_bytes;
    char (*blocks)[65];
    size_t block_count;
    char sha256[65];
};

static void encode(int fd, int level, const unsigned char *bytes, size_t size,
                   struct result *ret_result)
{
    sf_auto(zstd_encoder) struct sf_zstd_encoder *encoder = NULL;
    struct sf_error err = {0};

    assert_sf_ok(sf_zstd_encoder_open(fd, level, &encoder, &err), &err);
    assert_sf_ok(sf_zstd_encoder_write(encoder, bytes, size / 3, &err), &err);
    assert_sf_ok(sf_zstd_encoder_write(encoder, bytes + size / 3, size - size / 3, &err), &err);
    assert_sf_ok(sf_zstd_encoder_finish(encoder, &ret_result->size_bytes, &ret_result->blocks,
                                        &ret_result->block_count, ret_result->sha256, &err),
                 &err);
}

static void output_of_several_blocks_has_the_digest_of_each(void **state)
{
    enum { SIZE = 2500000 };
    sf_autofree unsigned char *noise = make_noise(SIZE);
    sf_autofree unsigned char *block = malloc(SF_MANIFEST_BLOCK_SIZE);
    sf_autoclose int fd = stream_new_file();
    struct result result = {0};
    char hex[SF_DIGEST_HEX];
    uint64_t size = 0;
    struct sf_error err = {0};

    (void)state;
    assert_non_null(block);
    encode(fd, 3, noise, SIZE, &result);
    assert_sf_ok(sf_digest_fd(fd, hex, &size, &err), &err);
    assert_string_equal(hex, result.sha256);
    assert_int_equal(size, result.size_bytes);
    assert_int_equal(result.block_count, 3);
    for (size_t i = 0; i < result.block_count; i++) {
        ssize_t n = pread(fd, block, SF_MANIFEST_BLOCK_SIZE, (off_t)(i * SF_MANIFEST_BLOCK_SIZE));

        assert_true(n > 0);
        assert_sf_ok(sf_digest_bytes(block, (size_t)n, hex, &err), &err);
        assert_string_equal(hex, result.blocks[i]);
    }
    free(result.blocks);
}

static void same_input_gives_the_same_bytes(void **state)
{
    sf_autofree unsigned char *noise = make_noise(100000);
    sf_autoclose int one = stream_new_file();
    sf_autoclose int two = stream_new_file();
    struct result first = {0};
    struct result second = {0};

    (void)state;
    encode(one, 19, noise, 100000, &first);
    encode(two, 19, noise, 100000, &second);
    assert_string_equal(first.sha256, second.sha256);
    free(first.blocks);
    free(second.blocks);
}

static void highest_level_keeps_the_window_that_readers_accept(void **state)
{
    sf_auto(zstd_decoder) struct sf_zstd_decoder *decoder = NULL;
    sf_autofree unsigned char *noise = make_noise(1000);
    sf_auto(stream) struct stream stream = {.file.fd = -1};
    int fd = stream_new_file();
    struct result result = {0};
    const void *bytes = NULL;
    size_t size = 0;
    struct sf_error err = {0};

    (void)state;
    encode(fd, 22, noise, 1000, &result);
    free(result.blocks);
    stream_open(&stream, fd);
    assert_sf_ok(sf_zstd_decoder_open(stream.source, &decoder, &err), &err);
    assert_sf_ok(sf_zstd_decoder_next(decoder, &bytes, &size, &err), &err);
    assert_int_equal(size, 1000);
    assert_memory_equal(bytes, noise, 1000);
}

/* RFC 8878: the window descriptor follows magic and frame header, with the exponent above 10 in its
 * upper five bits. */
static void window_grows_with_the_level(void **state)
{
    static const struct {
        int level;
        unsigned window_log;
    } cases[] = {{18, 23}, {19, 24}, {20, 25}, {22, 25}};
    sf_autofree unsigned char *noise = make_noise(1000);

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        sf_autoclose int fd = stream_new_file();
        struct result result = {0};
        unsigned char header[6];

        encode(fd, cases[i].level, noise, 1000, &result);
        free(result.blocks);
        assert_int_equal(pread(fd, header, sizeof header, 0), sizeof header);
        assert_int_equal((header[5] >> 3) + 10U, cases[i].window_log);
    }
}

static void write_to_a_full_disk_is_no_space(void **state)
{
    sf_autoclose int full = open("/dev/full", O_WRONLY | O_CLOEXEC);
    sf_auto(zstd_encoder) struct sf_zstd_encoder *encoder = NULL;
    char(*blocks)[65] = NULL;
    uint64_t size = 0;
    size_t count = 0;
    char sha256[65];
    struct sf_error err = {0};

    (void)state;
    assert_sf_ok(sf_zstd_encoder_open(full, 1, &encoder, &err), &err);
    assert_sf_ok(sf_zstd_encoder_write(encoder, "x", 1, &err), &err);
    assert_sf_fails(sf_zstd_encoder_finish(encoder, &size, &blocks, &count, sha256, &err), &err,
                    SF_E_NO_SPACE, "write the artifact");
    assert_null(blocks);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(output_of_several_blocks_has_the_digest_of_each),
        cmocka_unit_test(same_input_gives_the_same_bytes),
        cmocka_unit_test(window_grows_with_the_level),
        cmocka_unit_test(highest_level_keeps_the_window_that_readers_accept),
        cmocka_unit_test(write_to_a_full_disk_is_no_space),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
