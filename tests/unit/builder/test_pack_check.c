/* Values of options that are refused before the work begins. */
#include "tests/unit/sf_test.h"

#include "builder/pack/pack_check.h"

#define SHA256 "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"

static void good_values_are_taken(void **state)
{
    struct sf_error err;

    (void)state;
    assert_sf_ok(sf_pack_check_glibc("2.34", &err), &err);
    assert_sf_ok(sf_pack_check_cpu_level("x86-64-v3", &err), &err);
    assert_sf_ok(sf_pack_check_cpu_level("aarch64", &err), &err);
    assert_sf_ok(sf_pack_check_source("slurm-24.11.5.tar.bz2 " SHA256, &err), &err);
}

static void other_glibc_versions_are_refused(void **state)
{
    static const char *const texts[] = {"",      "2",    "2.",      ".34",
                                        "2.34a", "v2.3", "2.34.1.", "2.12345678901234"};
    struct sf_error err;

    (void)state;
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        assert_sf_fails(sf_pack_check_glibc(texts[i], &err), &err, SF_E_USAGE,
                        "is not a version of glibc");
    }
}

static void unknown_cpu_levels_are_refused(void **state)
{
    static const char *const texts[] = {"", "x86-64", "x86-64-v5", "x86-64-v1 ", "haswell"};
    struct sf_error err;

    (void)state;
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        assert_sf_fails(sf_pack_check_cpu_level(texts[i], &err), &err, SF_E_USAGE,
                        "is no level that a node can have");
    }
}

static void source_without_name_or_digest_is_refused(void **state)
{
    static const char *const texts[] = {"",           "slurm",         "slurm " SHA256 "0",
                                        "slurm 0123", " " SHA256,      "slurm  " SHA256,
                                        SHA256,       "slurm\t" SHA256};
    struct sf_error err;

    (void)state;
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        assert_sf_fails(sf_pack_check_source(texts[i], &err), &err, SF_E_USAGE,
                        "is not a name, a space and a SHA-256");
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(good_values_are_taken),
        cmocka_unit_test(other_glibc_versions_are_refused),
        cmocka_unit_test(unknown_cpu_levels_are_refused),
        cmocka_unit_test(source_without_name_or_digest_is_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
