/* Tests of which release the options mean. */
#include "tests/unit/sf_test.h"

#include "builder/release_options.h"
#include "common/format/release.h"
#include "common/host/cpu.h"

static void options_that_are_left_out_have_defaults(void **state)
{
    struct sf_error err;
    struct sf_release_options options = {.version = "25.11.6", .toolchain = "noble"};
    struct sf_release release;

    (void)state;
    assert_sf_ok(sf_release_options_read(&options, &release, &err), &err);
    assert_string_equal(release.version, "25.11.6");
    assert_int_equal(release.build, 1);
    assert_string_equal(release.toolchain, "noble");
    assert_string_equal(release.arch, sf_cpu_arch());
    assert_string_equal(release.variant, "cpu");
}

static void options_that_are_given_are_used(void **state)
{
    struct sf_error err;
    struct sf_release_options options = {.version = "26.05.0rc1",
                                         .build = 12,
                                         .toolchain = "rockylinux9",
                                         .arch = "arm64",
                                         .variant = "gpu"};
    struct sf_release release;
    char id[SF_RELEASE_ID_SIZE];

    (void)state;
    assert_sf_ok(sf_release_options_read(&options, &release, &err), &err);
    sf_release_format(&release, id);
    assert_string_equal(id, "26.05.0rc1-12-rockylinux9-arm64-gpu");
}

static void options_that_are_missing_or_wrong_are_named(void **state)
{
    static const struct {
        struct sf_release_options options;
        const char *fragment;
    } cases[] = {
        {{.toolchain = "noble"}, "--version is missing"},
        {{.version = "25.11.6"}, "--toolchain is missing"},
        {{.version = "25.11", .toolchain = "noble"}, "25.11"},
        {{.version = "25.11.6", .toolchain = "no/ble"}, "no/ble"},
        {{.version = "25.11.6", .toolchain = "noble", .arch = "m/68k"}, "m/68k"},
        {{.version = "25.11.6", .toolchain = "noble", .variant = "a-variant-with-a-long-name"},
         "--variant=a-variant-with-a-long-name is too long"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct sf_error err;
        struct sf_release release = {.build = 77};

        assert_sf_fails(sf_release_options_read(&cases[i].options, &release, &err), &err,
                        SF_E_USAGE, cases[i].fragment);
        assert_int_equal(release.build, 77);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(options_that_are_left_out_have_defaults),
        cmocka_unit_test(options_that_are_given_are_used),
        cmocka_unit_test(options_that_are_missing_or_wrong_are_named),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
