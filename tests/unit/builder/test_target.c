/* Tests of finding the kind of place to publish to. */
#include "tests/unit/sf_test.h"

#include "builder/repository/target.h"
#include "common/base/buffer.h"

static void place_of_no_kind_is_refused(void **state)
{
    static const char *const cases[] = {"", "ftp://host/path", "http://host/path"};
    struct sf_target *target = NULL;
    struct sf_error err;

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        assert_sf_fails(sf_target_open(cases[i], &target, &err), &err, SF_E_USAGE,
                        "no place to publish to: give a directory, host:/path (rsync over ssh), "
                        "rsync://host/module/path or s3://bucket/prefix");
        assert_null(target);
    }
}

static void failure_names_the_target(void **state)
{
    sf_auto(target) struct sf_target *target = NULL;
    sf_auto(strlist) struct sf_strlist paths = {0};
    struct sf_error err;

    (void)state;
    assert_sf_ok(sf_target_open("/proc/self/cmdline", &target, &err), &err);
    assert_string_equal(target->name, "/proc/self/cmdline");
    assert_true(sf_target_list(target, &paths, &err) < 0);
    assert_non_null(strstr(err.message, "/proc/self/cmdline: "));
}

static void file_above_the_ceiling_is_not_read(void **state)
{
    sf_auto(target) struct sf_target *target = NULL;
    sf_auto(buffer) struct sf_buffer text = {.limit_bytes = 4};
    bool is_there = false;
    struct sf_error err;

    sf_test_write_file(*state, "file", "bytes");
    assert_sf_ok(sf_target_open(*state, &target, &err), &err);
    assert_sf_fails(sf_target_read(target, "file", &text, &is_there, &err), &err, SF_E_FORMAT,
                    "4 bytes");
    assert_false(is_there);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(place_of_no_kind_is_refused),
        cmocka_unit_test(failure_names_the_target),
        cmocka_unit_test_setup_teardown(file_above_the_ceiling_is_not_read, sf_test_make_directory,
                                        sf_test_remove_directory),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
