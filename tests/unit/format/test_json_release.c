/* The members that say what a release is. */
#include "common/format/json_release.h"

#include "common/format/json.h"
#include "tests/unit/sf_test.h"

static const struct sf_release example = {
    .version = "25.11.6", .build = 4000, .toolchain = "noble", .arch = "arm64", .variant = "gpu"};

static void release_written_is_read_again(void **state)
{
    sf_auto(json) struct json_t *object = sf_json_release_write(&example, "2.39", "aarch64");
    struct sf_release release;
    struct sf_release_needs needs;
    struct sf_error err = {0};

    (void)state;
    assert_non_null(object);
    assert_sf_ok(sf_json_release_read(object, &release, &needs, &err), &err);
    assert_memory_equal(&release, &example, sizeof release);
    assert_string_equal(needs.glibc, "2.39");
    assert_string_equal(needs.cpu_level, "aarch64");
}

static void release_with_unreadable_needs_is_refused(void **state)
{
    static const char *const glibcs[] = {"2", "2.", ".3", "2..3", "2.3x", "GLIBC_2.3", "x"};
    static const char *const levels[] = {"", "x86_64", "V2", "../x"};
    struct sf_release release = {.build = 77};
    struct sf_release_needs needs;
    struct sf_error err = {0};

    (void)state;
    for (size_t i = 0; i < sizeof glibcs / sizeof *glibcs; i++) {
        sf_auto(json) struct json_t *object = sf_json_release_write(&example, glibcs[i], "aarch64");

        assert_sf_fails(sf_json_release_read(object, &release, &needs, &err), &err, SF_E_FORMAT,
                        "'glibc'");
    }
    for (size_t i = 0; i < sizeof levels / sizeof *levels; i++) {
        sf_auto(json) struct json_t *object = sf_json_release_write(&example, "2.39", levels[i]);

        assert_sf_fails(sf_json_release_read(object, &release, &needs, &err), &err, SF_E_FORMAT,
                        "'cpu_level'");
    }
    assert_int_equal(release.build, 77);
}

static void release_without_versioned_symbols_is_accepted(void **state)
{
    sf_auto(json) struct json_t *object = sf_json_release_write(&example, "", "x86-64-v1");
    struct sf_release release;
    struct sf_release_needs needs;
    struct sf_error err = {0};

    (void)state;
    assert_sf_ok(sf_json_release_read(object, &release, &needs, &err), &err);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(release_written_is_read_again),
        cmocka_unit_test(release_with_unreadable_needs_is_refused),
        cmocka_unit_test(release_without_versioned_symbols_is_accepted),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
