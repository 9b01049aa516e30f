/* Tests of copies of files. */
#include "tests/unit/sf_test.h"

#include "builder/pack/copy_file.h"
#include "common/host/dir.h"

static void copy_has_the_bytes_and_the_mode(void **state)
{
    struct sf_error err;
    struct stat status;
    char path[512];
    sf_autoclose int dir_fd = -1;
    sf_autoclose int from_fd = -1;
    mode_t mask = umask(077);

    sf_test_write_file(*state, "from", "bytes");
    assert_sf_ok(sf_dir_open_follow(*state, &dir_fd, &err), &err);
    assert_sf_ok(sf_dir_open_file(dir_fd, "from", O_RDONLY, 0, &from_fd, &err), &err);
    assert_sf_ok(sf_copy_file(from_fd, dir_fd, "to", 0755, &err), &err);
    (void)umask(mask);

    (void)snprintf(path, sizeof path, "%s/to", (const char *)*state);
    assert_int_equal(stat(path, &status), 0);
    assert_int_equal(status.st_mode & 07777, 0755);
    assert_int_equal(status.st_size, 5);
}

static void copy_never_replaces_a_file(void **state)
{
    struct sf_error err;
    sf_autoclose int dir_fd = -1;
    sf_autoclose int from_fd = -1;

    sf_test_write_file(*state, "from", "bytes");
    sf_test_write_file(*state, "to", "other");
    assert_sf_ok(sf_dir_open_follow(*state, &dir_fd, &err), &err);
    assert_sf_ok(sf_dir_open_file(dir_fd, "from", O_RDONLY, 0, &from_fd, &err), &err);
    assert_true(sf_copy_file(from_fd, dir_fd, "to", 0644, &err) < 0);
    assert_non_null(strstr(err.message, "to"));
}

static void copy_to_a_place_that_is_absent_is_not_found(void **state)
{
    struct sf_error err;
    sf_autoclose int dir_fd = -1;
    sf_autoclose int from_fd = -1;

    sf_test_write_file(*state, "from", "bytes");
    assert_sf_ok(sf_dir_open_follow(*state, &dir_fd, &err), &err);
    assert_sf_ok(sf_dir_open_file(dir_fd, "from", O_RDONLY, 0, &from_fd, &err), &err);
    assert_sf_fails(sf_copy_file(from_fd, dir_fd, "absent/to", 0644, &err), &err, SF_E_NOT_FOUND,
                    "absent");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(copy_has_the_bytes_and_the_mode, sf_test_make_directory,
                                        sf_test_remove_directory),
        cmocka_unit_test_setup_teardown(copy_never_replaces_a_file, sf_test_make_directory,
                                        sf_test_remove_directory),
        cmocka_unit_test_setup_teardown(copy_to_a_place_that_is_absent_is_not_found,
                                        sf_test_make_directory, sf_test_remove_directory),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
