/* Tests of the system that libraries are taken from. */
#include "tests/unit/sf_test.h"

#include "builder/pack/sysroot.h"

static void open_file_in_a_root_resolves_links_within(void **state)
{
    struct sf_error err;
    sf_auto(sysroot) struct sf_sysroot root = {0};
    sf_autofree char *real = NULL;
    sf_autofree char *outside = NULL;
    sf_autofree char *link = NULL;
    sf_autoclose int fd = -1;

    sf_test_write_file(*state, "libx.so.1.2", "x");
    assert_true(asprintf(&link, "%s/libx.so.1", (const char *)*state) > 0);
    /* Absolute, as alternatives are: outside of the root it would be another file, or none. */
    assert_int_equal(symlink("/../libx.so.1.2", link), 0);

    assert_sf_ok(sf_sysroot_open(*state, &root, &err), &err);
    assert_false(sf_sysroot_is_machine(&root));
    assert_sf_ok(sf_sysroot_open_file(&root, "/libx.so.1", &real, &fd, &err), &err);
    assert_string_equal(real, "/libx.so.1.2");
    assert_true(fd >= 0);

    outside = sf_sysroot_outside(&root, real);
    assert_int_equal(access(outside, F_OK), 0);
}

static void open_file_of_this_machine_gives_its_real_path(void **state)
{
    struct sf_error err;
    sf_auto(sysroot) struct sf_sysroot machine = {0};
    sf_autofree char *real = NULL;
    sf_autofree char *outside = NULL;
    sf_autoclose int fd = -1;

    (void)state;
    assert_sf_ok(sf_sysroot_open(NULL, &machine, &err), &err);
    assert_true(sf_sysroot_is_machine(&machine));
    assert_sf_ok(sf_sysroot_open_file(&machine, "/usr/../etc/passwd", &real, &fd, &err), &err);
    assert_string_equal(real, "/etc/passwd");
    outside = sf_sysroot_outside(&machine, real);
    assert_string_equal(outside, "/etc/passwd");
}

static void open_file_that_is_absent_is_not_found(void **state)
{
    struct sf_error err;
    sf_auto(sysroot) struct sf_sysroot root = {0};
    sf_autofree char *real = NULL;
    int fd = -1;

    assert_sf_ok(sf_sysroot_open(*state, &root, &err), &err);
    assert_sf_fails(sf_sysroot_open_file(&root, "/etc/passwd", &real, &fd, &err), &err,
                    SF_E_NOT_FOUND, "etc/passwd");
    assert_null(real);
    assert_int_equal(fd, -1);
}

static void sysroot_that_is_absent_is_not_found(void **state)
{
    struct sf_error err;
    sf_auto(sysroot) struct sf_sysroot root = {0};

    (void)state;
    assert_sf_fails(sf_sysroot_open("/nonexistent/root", &root, &err), &err, SF_E_NOT_FOUND,
                    "/nonexistent/root");
    assert_null(root.path);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(open_file_in_a_root_resolves_links_within,
                                        sf_test_make_directory, sf_test_remove_directory),
        cmocka_unit_test(open_file_of_this_machine_gives_its_real_path),
        cmocka_unit_test_setup_teardown(open_file_that_is_absent_is_not_found,
                                        sf_test_make_directory, sf_test_remove_directory),
        cmocka_unit_test(sysroot_that_is_absent_is_not_found),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
