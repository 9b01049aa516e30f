#include "tests/unit/sf_test.h"

#include "common/host/digest.h"

#define OF_NOTHING "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
#define OF_ABC     "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
#define OF_MILLION "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0"

static struct sf_error err;

static void digest_of_bytes_is_sha256(void **state)
{
    char hex[SF_DIGEST_HEX];

    (void)state;
    assert_sf_ok(sf_digest_bytes("abc", 3, hex, &err), &err);
    assert_string_equal(hex, OF_ABC);
    assert_sf_ok(sf_digest_bytes("", 0, hex, &err), &err);
    assert_string_equal(hex, OF_NOTHING);
}

static void digest_in_pieces_and_rounds_starts_over(void **state)
{
    sf_auto(digest) struct sf_digest *digest = NULL;
    char hex[SF_DIGEST_HEX];

    (void)state;
    assert_sf_ok(sf_digest_new(&digest, &err), &err);
    for (int round = 0; round < 2; round++) {
        sf_digest_update(digest, "a", 1);
        sf_digest_update(digest, "", 0);
        sf_digest_update(digest, "bc", 2);
        assert_sf_ok(sf_digest_finish(digest, hex, &err), &err);
        assert_string_equal(hex, OF_ABC);
    }
    assert_sf_ok(sf_digest_finish(digest, hex, &err), &err);
    assert_string_equal(hex, OF_NOTHING);
}

static void digest_of_file_keeps_the_position(void **state)
{
    char line[1001];
    char path[4096];
    char hex[SF_DIGEST_HEX];
    uint64_t size = 0;

    memset(line, 'a', 1000);
    (void)snprintf(path, sizeof path, "%s/file", (const char *)*state);

    sf_autoclose int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);

    for (int i = 0; i < 1000; i++) {
        assert_int_equal(write(fd, line, 1000), 1000);
    }
    assert_int_equal(lseek(fd, 7, SEEK_SET), 7);
    assert_sf_ok(sf_digest_fd(fd, hex, &size, &err), &err);
    assert_string_equal(hex, OF_MILLION);
    assert_int_equal(size, 1000000);
    assert_int_equal(lseek(fd, 0, SEEK_CUR), 7);
}

static void digest_of_directory_is_an_io_error(void **state)
{
    char hex[SF_DIGEST_HEX] = "untouched";
    uint64_t size = 77;
    sf_autoclose int fd = open(*state, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

    assert_sf_fails(sf_digest_fd(fd, hex, &size, &err), &err, SF_E_IO, "digest");
    assert_string_equal(hex, "untouched");
    assert_int_equal(size, 77);
}

#define TEST(name)                                                                                 \
    cmocka_unit_test_setup_teardown(name, sf_test_make_directory, sf_test_remove_directory)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(digest_of_bytes_is_sha256),
        TEST(digest_in_pieces_and_rounds_starts_over),
        TEST(digest_of_file_keeps_the_position),
        TEST(digest_of_directory_is_an_io_error),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
