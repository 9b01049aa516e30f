/* Tests of comparing an artifact's bytes with its manifest. */
#include "tests/unit/sf_test.h"

#include "builder/repository/block_check.h"
#include "common/format/manifest.h"
#include "common/host/digest.h"

#define BLOCK_BYTES 8

/* Ten bytes: a whole block and a rest. */
static const char bytes[] = "0123456789";
#define SIZE (sizeof bytes - 1)

static char blocks[2][65];

static struct sf_manifest manifest_of(size_t size)
{
    struct sf_error err;

    assert_sf_ok(sf_digest_bytes(bytes, BLOCK_BYTES, blocks[0], &err), &err);
    assert_sf_ok(sf_digest_bytes(bytes + BLOCK_BYTES, SIZE - BLOCK_BYTES, blocks[1], &err), &err);
    return (struct sf_manifest){.artifact_size_bytes = size,
                                .block_size_bytes = BLOCK_BYTES,
                                .blocks = blocks,
                                .block_count = (size + BLOCK_BYTES - 1) / BLOCK_BYTES};
}

static void bytes_in_pieces_of_any_size_are_good(void **state)
{
    struct sf_error err;
    struct sf_manifest manifest = manifest_of(SIZE);
    char expected[SF_DIGEST_HEX];

    (void)state;
    assert_sf_ok(sf_digest_bytes(bytes, SIZE, expected, &err), &err);
    for (size_t piece = 1; piece <= SIZE; piece++) {
        sf_auto(block_check) struct sf_block_check *check = NULL;
        char sha256[SF_DIGEST_HEX];

        assert_sf_ok(sf_block_check_new(&manifest, &check, &err), &err);
        for (size_t i = 0; i < SIZE; i += piece) {
            size_t size = SIZE - i < piece ? SIZE - i : piece;

            assert_sf_ok(sf_block_check_feed(check, bytes + i, size, &err), &err);
        }
        assert_sf_ok(sf_block_check_finish(check, sha256, &err), &err);
        assert_string_equal(sha256, expected);
    }
}

static void bytes_of_whole_blocks_have_no_rest(void **state)
{
    struct sf_error err;
    struct sf_manifest manifest = manifest_of(BLOCK_BYTES);
    sf_auto(block_check) struct sf_block_check *check = NULL;
    char sha256[SF_DIGEST_HEX];

    (void)state;
    assert_sf_ok(sf_block_check_new(&manifest, &check, &err), &err);
    assert_sf_ok(sf_block_check_feed(check, bytes, BLOCK_BYTES, &err), &err);
    assert_sf_ok(sf_block_check_finish(check, sha256, &err), &err);
    assert_string_equal(sha256, blocks[0]);
}

static void block_that_differs_is_refused_when_it_ends(void **state)
{
    struct sf_error err;
    struct sf_manifest manifest = manifest_of(SIZE);
    sf_auto(block_check) struct sf_block_check *check = NULL;

    (void)state;
    assert_sf_ok(sf_block_check_new(&manifest, &check, &err), &err);
    assert_sf_ok(sf_block_check_feed(check, "012345X", 7, &err), &err);
    assert_sf_fails(sf_block_check_feed(check, "7", 1, &err), &err, SF_E_INTEGRITY, "block 0");
}

static void last_block_that_differs_is_refused(void **state)
{
    struct sf_error err;
    struct sf_manifest manifest = manifest_of(SIZE);
    sf_auto(block_check) struct sf_block_check *check = NULL;
    char sha256[SF_DIGEST_HEX];

    (void)state;
    assert_sf_ok(sf_block_check_new(&manifest, &check, &err), &err);
    assert_sf_ok(sf_block_check_feed(check, "01234567XX", SIZE, &err), &err);
    assert_sf_fails(sf_block_check_finish(check, sha256, &err), &err, SF_E_INTEGRITY, "block 1");
}

static void bytes_too_many_or_too_few_are_refused(void **state)
{
    struct sf_error err;
    struct sf_manifest manifest = manifest_of(SIZE);
    sf_auto(block_check) struct sf_block_check *check = NULL;
    char sha256[SF_DIGEST_HEX];

    (void)state;
    assert_sf_ok(sf_block_check_new(&manifest, &check, &err), &err);
    assert_sf_ok(sf_block_check_feed(check, bytes, SIZE - 1, &err), &err);
    assert_sf_fails(sf_block_check_finish(check, sha256, &err), &err, SF_E_INTEGRITY,
                    "ends after 9 of the 10 bytes");
    assert_sf_fails(sf_block_check_feed(check, bytes, 2, &err), &err, SF_E_INTEGRITY,
                    "longer than the 10 bytes");
}

static void file_with_the_bytes_is_good(void **state)
{
    struct sf_error err;
    struct sf_manifest manifest = manifest_of(SIZE);
    sf_autofree char *path = NULL;
    char expected[SF_DIGEST_HEX];
    char sha256[SF_DIGEST_HEX];

    sf_test_write_file(*state, "artifact", bytes);
    assert_true(asprintf(&path, "%s/artifact", (const char *)*state) > 0);
    sf_autoclose int fd = open(path, O_RDONLY | O_CLOEXEC);

    assert_true(fd >= 0);
    assert_sf_ok(sf_block_check_file(fd, &manifest, sha256, &err), &err);
    assert_sf_ok(sf_digest_bytes(bytes, SIZE, expected, &err), &err);
    assert_string_equal(sha256, expected);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(bytes_in_pieces_of_any_size_are_good),
        cmocka_unit_test(bytes_of_whole_blocks_have_no_rest),
        cmocka_unit_test(block_that_differs_is_refused_when_it_ends),
        cmocka_unit_test(last_block_that_differs_is_refused),
        cmocka_unit_test(bytes_too_many_or_too_few_are_refused),
        cmocka_unit_test_setup_teardown(file_with_the_bytes_is_good, sf_test_make_directory,
                                        sf_test_remove_directory),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
