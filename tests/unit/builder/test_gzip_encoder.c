/* Tests of the gzip stream: what gzip reads of it, that no time is in it, a full disk. */
#include "tests/unit/sf_test.h"

#include "builder/export/gzip_encoder.h"
#include "common/base/buffer.h"
#include "common/base/str.h"
#include "common/host/digest.h"
#include "common/host/process.h"

/* Writes "hello" in two parts. */
static void write_hello(int fd, char sha256[static 65])
{
    sf_auto(gzip_encoder) struct sf_gzip_encoder *encoder = NULL;
    uint64_t size = 0;
    struct sf_error err = {0};

    assert_sf_ok(sf_gzip_encoder_open(fd, 9, &encoder, &err), &err);
    assert_sf_ok(sf_gzip_encoder_write(encoder, "hel", 3, &err), &err);
    assert_sf_ok(sf_gzip_encoder_write(encoder, "", 0, &err), &err);
    assert_sf_ok(sf_gzip_encoder_write(encoder, "lo\n", 3, &err), &err);
    assert_sf_ok(sf_gzip_encoder_finish(encoder, &size, sha256, &err), &err);
    assert_int_equal(size, lseek(fd, 0, SEEK_CUR));
}

static void stream_written_is_what_gzip_reads(void **state)
{
    sf_autofree char *path = sf_str_format("%s/hello.gz", (char *)*state);
    sf_autoclose int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    const char *const argv[] = {"gzip", "-dc", path, NULL};
    sf_auto(buffer) struct sf_buffer output = {.limit_bytes = 64};
    struct sf_process_options gzip = {.argv = argv, .output = &output};
    char sha256[65];
    char found[SF_DIGEST_HEX];
    uint64_t size = 0;
    struct sf_error err = {0};

    assert_true(fd >= 0);
    write_hello(fd, sha256);
    assert_sf_ok(sf_process_check(&gzip, &err), &err);
    assert_string_equal(output.data, "hello\n");
    assert_sf_ok(sf_digest_fd(fd, found, &size, &err), &err);
    assert_string_equal(found, sha256);
}

static void header_written_has_neither_time_nor_name(void **state)
{
    sf_autofree char *path = sf_str_format("%s/hello.gz", (char *)*state);
    sf_autoclose int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    unsigned char header[8];
    char sha256[65];

    assert_true(fd >= 0);
    write_hello(fd, sha256);
    assert_int_equal(pread(fd, header, sizeof header, 0), sizeof header);
    assert_memory_equal(header, "\x1f\x8b\x08\0\0\0\0\0", sizeof header);
}

static void full_disk_is_no_space(void **state)
{
    sf_auto(gzip_encoder) struct sf_gzip_encoder *encoder = NULL;
    sf_autoclose int fd = open("/dev/full", O_WRONLY | O_CLOEXEC);
    char sha256[65];
    uint64_t size = 0;
    struct sf_error err = {0};

    (void)state;
    assert_sf_ok(sf_gzip_encoder_open(fd, 1, &encoder, &err), &err);
    assert_sf_ok(sf_gzip_encoder_write(encoder, "hello", 5, &err), &err);
    assert_sf_fails(sf_gzip_encoder_finish(encoder, &size, sha256, &err), &err, SF_E_NO_SPACE,
                    "write the archive");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(stream_written_is_what_gzip_reads, sf_test_make_directory,
                                        sf_test_remove_directory),
        cmocka_unit_test_setup_teardown(header_written_has_neither_time_nor_name,
                                        sf_test_make_directory, sf_test_remove_directory),
        cmocka_unit_test(full_disk_is_no_space),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
