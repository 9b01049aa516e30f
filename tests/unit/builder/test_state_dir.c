/* Tests of the state directory: who says where it is, and that it is made. */
#include "tests/unit/sf_test.h"

#include <sys/stat.h>

#include "builder/state_dir.h"
#include "common/base/str.h"

static void assert_state(const char *option, const char *expected)
{
    sf_autofree char *found = NULL;
    struct sf_error err = {0};

    assert_sf_ok(sf_state_dir(option, &found, &err), &err);
    assert_string_equal(found, expected);
}

static void place_is_the_options_the_caches_or_the_homes(void **state)
{
    char *found = NULL;
    sf_autofree char *here = getcwd(NULL, 0);
    sf_autofree char *below = sf_str_format("%s/x", here);
    struct sf_error err = {0};

    (void)state;
    assert_int_equal(setenv("HOME", "/srv/home", 1), 0);
    assert_int_equal(setenv("XDG_CACHE_HOME", "/var/tmp/x", 1), 0);
    assert_state("/srv/state", "/srv/state");
    assert_state("x", below);
    assert_state(NULL, "/var/tmp/x/sf-builder");
    assert_int_equal(setenv("XDG_CACHE_HOME", "relative", 1), 0);
    assert_state(NULL, "/srv/home/.cache/sf-builder");
    assert_int_equal(unsetenv("XDG_CACHE_HOME"), 0);
    assert_int_equal(unsetenv("HOME"), 0);
    assert_sf_fails(sf_state_dir(NULL, &found, &err), &err, SF_E_USAGE, "--state");
    assert_null(found);
}

static void path_relative_to_a_directory_that_is_gone_is_told(void **state)
{
    sf_autofree char *path = NULL;
    struct sf_error err;
    sf_autoclose int here_fd = open(".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);

    assert_int_equal(chdir(*state), 0);
    assert_int_equal(mkdir("gone", 0755), 0);
    assert_int_equal(chdir("gone"), 0);
    assert_int_equal(rmdir("../gone"), 0);

    int r = sf_absolute_path("x", &path, &err);

    assert_int_equal(fchdir(here_fd), 0);
    assert_sf_fails(r, &err, SF_E_NOT_FOUND, "find the current directory");
    assert_null(path);
}

static void directory_in_it_is_made_and_opened(void **state)
{
    sf_autofree char *path = sf_str_format("%s/new", (char *)*state);
    sf_autofree char *made = sf_str_format("%s/new/matrix", (char *)*state);
    sf_autoclose int fd = -1;
    struct sf_error err = {0};

    assert_sf_ok(sf_state_dir_open(path, "matrix", &fd, &err), &err);
    assert_true(fd >= 0);
    assert_int_equal(access(made, X_OK), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(place_is_the_options_the_caches_or_the_homes),
        cmocka_unit_test_setup_teardown(path_relative_to_a_directory_that_is_gone_is_told,
                                        sf_test_make_directory, sf_test_remove_directory),
        cmocka_unit_test_setup_teardown(directory_in_it_is_made_and_opened, sf_test_make_directory,
                                        sf_test_remove_directory),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
