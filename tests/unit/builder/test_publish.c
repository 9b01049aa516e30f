/* Tests of giving a finished file its name in the repository. */
#include "tests/unit/sf_test.h"

#include "builder/repository/publish.h"
#include "common/base/buffer.h"
#include "common/host/dir.h"

static int open_directory(const char *path)
{
    int fd = -1;
    struct sf_error err;

    assert_sf_ok(sf_dir_open_follow(path, &fd, &err), &err);
    return fd;
}

static void assert_content(int dir_fd, const char *path, const char *expected)
{
    struct sf_error err;
    sf_auto(buffer) struct sf_buffer text = {.limit_bytes = 64};

    assert_sf_ok(sf_dir_read_file(dir_fd, path, &text, &err), &err);
    assert_string_equal(text.data, expected);
}

static void file_gets_its_name_and_directories(void **state)
{
    struct sf_error err;
    sf_autoclose int fd = open_directory(*state);
    struct stat status;

    sf_test_write_file(*state, "work", "bytes");
    assert_int_equal(fchmodat(fd, "work", 0600, 0), 0);
    assert_sf_ok(sf_publish_file(fd, "work", fd, "noble/25.11.6-1/artifact", &err), &err);
    assert_content(fd, "noble/25.11.6-1/artifact", "bytes");
    assert_int_equal(fstatat(fd, "noble/25.11.6-1/artifact", &status, 0), 0);
    assert_int_equal(status.st_mode & 0777, 0644);
}

static void file_with_the_same_bytes_is_published_already(void **state)
{
    struct sf_error err;
    sf_autoclose int fd = open_directory(*state);

    sf_test_write_file(*state, "work", "bytes");
    sf_test_write_file(*state, "artifact", "bytes");
    assert_sf_ok(sf_publish_file(fd, "work", fd, "artifact", &err), &err);
    assert_content(fd, "artifact", "bytes");
}

static void file_with_other_bytes_is_refused(void **state)
{
    struct sf_error err;
    sf_autoclose int fd = open_directory(*state);

    sf_test_write_file(*state, "work", "other");
    sf_test_write_file(*state, "artifact", "bytes");
    assert_sf_fails(sf_publish_file(fd, "work", fd, "artifact", &err), &err, SF_E_USAGE,
                    "raise --build");
    assert_content(fd, "artifact", "bytes");
}

static void name_that_is_a_link_is_not_followed(void **state)
{
    struct sf_error err;
    sf_autoclose int fd = open_directory(*state);

    sf_test_write_file(*state, "work", "bytes");
    sf_test_write_file(*state, "elsewhere", "bytes");
    assert_int_equal(symlinkat("elsewhere", fd, "artifact"), 0);
    assert_true(sf_publish_file(fd, "work", fd, "artifact", &err) < 0);
    assert_content(fd, "elsewhere", "bytes");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(file_gets_its_name_and_directories, sf_test_make_directory,
                                        sf_test_remove_directory),
        cmocka_unit_test_setup_teardown(file_with_the_same_bytes_is_published_already,
                                        sf_test_make_directory, sf_test_remove_directory),
        cmocka_unit_test_setup_teardown(file_with_other_bytes_is_refused, sf_test_make_directory,
                                        sf_test_remove_directory),
        cmocka_unit_test_setup_teardown(name_that_is_a_link_is_not_followed, sf_test_make_directory,
                                        sf_test_remove_directory),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
