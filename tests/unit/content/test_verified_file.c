/* A file read once, with the digest of each block as it was read. */
#include "tests/unit/sf_test.h"

#include "common/content/verified_file.h"
#include "common/format/manifest.h"
#include "common/host/digest.h"

static int open_file(const char *directory, size_t size)
{
    char path[512];

    (void)snprintf(path, sizeof path, "%s/file", directory);
    int fd = open(path, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);

    assert_true(fd >= 0);
    assert_int_equal(ftruncate(fd, (off_t)size), 0);
    assert_int_equal(pwrite(fd, "end", size < 3 ? size : 3, size < 3 ? 0 : (off_t)size - 3),
                     size < 3 ? size : 3);
    return fd;
}

static void assert_blocks(const char *directory, size_t size, size_t expected_count)
{
    sf_auto(verified_file) struct sf_verified_file file = {.fd = -1};
    char hex[65];
    uint64_t digested = 0;
    struct sf_error error;
    int fd = open_file(directory, size);

    assert_sf_ok(sf_digest_fd(fd, hex, &digested, &error), &error);
    assert_sf_ok(sf_verified_file_by_digest(fd, hex, &file, &error), &error);
    assert_int_equal(file.fd, fd);
    assert_int_equal(file.size_bytes, size);
    assert_int_equal(file.block_count, expected_count);
    assert_int_equal(file.block_size_bytes, SF_MANIFEST_BLOCK_SIZE);
    assert_string_equal(file.sha256, hex);
    assert_string_equal(file.signer.fingerprint, "");
    for (size_t i = 0; i < expected_count; i++) {
        sf_autofree char *block = malloc(SF_MANIFEST_BLOCK_SIZE);
        ssize_t n = pread(fd, block, SF_MANIFEST_BLOCK_SIZE, (off_t)(i * SF_MANIFEST_BLOCK_SIZE));

        assert_true(n > 0);
        assert_sf_ok(sf_digest_bytes(block, (size_t)n, hex, &error), &error);
        assert_string_equal(file.blocks[i], hex);
    }
}

static void file_blocks_have_their_digests(void **state)
{
    assert_blocks(*state, 0, 0);
    assert_blocks(*state, 1, 1);
    assert_blocks(*state, SF_MANIFEST_BLOCK_SIZE - 1, 1);
    assert_blocks(*state, SF_MANIFEST_BLOCK_SIZE, 1);
    assert_blocks(*state, SF_MANIFEST_BLOCK_SIZE + 1, 2);
    assert_blocks(*state, 3 * SF_MANIFEST_BLOCK_SIZE + 7, 4);
}

static void file_with_another_digest_is_refused(void **state)
{
    struct sf_verified_file file = {.fd = -1};
    struct sf_error error;
    sf_autoclose int fd = open_file(*state, 10);

    assert_sf_fails(sf_verified_file_by_digest(fd, "00", &file, &error), &error, SF_E_INTEGRITY,
                    "expected 00");
    assert_int_equal(file.fd, -1);
    /* The fd is still the caller's. */
    assert_true(fcntl(fd, F_GETFD) >= 0);
}

static void file_that_is_none_is_refused(void **state)
{
    struct sf_verified_file file = {.fd = -1};
    struct sf_error error;
    sf_autoclose int fd = open(*state, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

    assert_sf_fails(sf_verified_file_by_digest(fd, "00", &file, &error), &error, SF_E_FORMAT,
                    "not a regular file");
}

static void file_that_grew_while_read_is_refused(void **state)
{
    sf_auto(file_reading) struct sf_file_reading reading = {.fd = -1};
    struct sf_verified_file file = {.fd = -1};
    char bytes[100];
    size_t size = 0;
    struct sf_error error;
    sf_autoclose int fd = open_file(*state, 50);

    assert_sf_ok(sf_file_reading_start(&reading, fd, &error), &error);
    assert_sf_ok(sf_file_reading_next(&reading, bytes, sizeof bytes, &size, &error), &error);
    assert_int_equal(size, 50);
    assert_int_equal(ftruncate(fd, 51), 0);
    assert_sf_fails(sf_file_reading_finish(&reading, &file, &error), &error, SF_E_INTEGRITY,
                    "50 of 51 bytes");
    assert_int_equal(file.fd, -1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(file_blocks_have_their_digests),
        cmocka_unit_test(file_with_another_digest_is_refused),
        cmocka_unit_test(file_that_is_none_is_refused),
        cmocka_unit_test(file_that_grew_while_read_is_refused),
    };

    return cmocka_run_group_tests(tests, sf_test_make_directory, sf_test_remove_directory);
}
