#include "tests/unit/sf_test.h"

#include <sys/utsname.h>

#include "common/base/str.h"
#include "common/host/cpu.h"

#define BIT(n) (UINT32_C(1) << (n))

/* The words of a CPU with everything, and of real ones. */
static const struct sf_cpu_features full = {UINT32_MAX, UINT32_MAX, UINT32_MAX, UINT64_MAX};
static const struct sf_cpu_features skylake_server = {0x7ffefbff, 0xd39ffffb, 0x00000121, 0x2e7};
static const struct sf_cpu_features haswell = {0x7ffefbff, 0x000037ab, 0x00000021, 0x7};
static const struct sf_cpu_features zen4 = {0x7ef8320b, 0xf1bf97a9, 0x75c237ff, 0x2e7};
static const struct sf_cpu_features nehalem = {0x009ce3bd, 0, 0x00000001, 0};
static const struct sf_cpu_features opteron = {0x00002001, 0, 0x0000001f, 0};

static void assert_level_without(uint32_t leaf1, uint32_t leaf7, uint32_t extended, uint64_t xcr0,
                                 const char *expected)
{
    const struct sf_cpu_features features = {
        .leaf1_ecx = full.leaf1_ecx & ~leaf1,
        .leaf7_ebx = full.leaf7_ebx & ~leaf7,
        .extended_ecx = full.extended_ecx & ~extended,
        .xcr0 = full.xcr0 & ~xcr0,
    };

    assert_string_equal(sf_cpu_level_of(&features), expected);
}

static void level_of_real_cpus_is_known(void **state)
{
    (void)state;
    assert_string_equal(sf_cpu_level_of(&opteron), "x86-64-v1");
    assert_string_equal(sf_cpu_level_of(&nehalem), "x86-64-v2");
    assert_string_equal(sf_cpu_level_of(&haswell), "x86-64-v3");
    assert_string_equal(sf_cpu_level_of(&skylake_server), "x86-64-v4");
    assert_string_equal(sf_cpu_level_of(&zen4), "x86-64-v4");
    assert_string_equal(sf_cpu_level_of(&full), "x86-64-v4");
}

static void level_without_one_feature_is_lower(void **state)
{
    static const int v2_leaf1[] = {0, 9, 13, 19, 20, 23};
    static const int v3_leaf1[] = {12, 22, 27, 28, 29};
    static const int v3_leaf7[] = {3, 5, 8};
    static const int v4_leaf7[] = {16, 17, 28, 30, 31};

    (void)state;
    for (size_t i = 0; i < sizeof v2_leaf1 / sizeof v2_leaf1[0]; i++) {
        assert_level_without(BIT(v2_leaf1[i]), 0, 0, 0, "x86-64-v1");
    }
    assert_level_without(0, 0, BIT(0), 0, "x86-64-v1");
    for (size_t i = 0; i < sizeof v3_leaf1 / sizeof v3_leaf1[0]; i++) {
        assert_level_without(BIT(v3_leaf1[i]), 0, 0, 0, "x86-64-v2");
    }
    for (size_t i = 0; i < sizeof v3_leaf7 / sizeof v3_leaf7[0]; i++) {
        assert_level_without(0, BIT(v3_leaf7[i]), 0, 0, "x86-64-v2");
    }
    assert_level_without(0, 0, BIT(5), 0, "x86-64-v2");
    for (size_t i = 0; i < sizeof v4_leaf7 / sizeof v4_leaf7[0]; i++) {
        assert_level_without(0, BIT(v4_leaf7[i]), 0, 0, "x86-64-v3");
    }
}

static void level_counts_what_the_system_saves(void **state)
{
    (void)state;
    assert_level_without(0, 0, 0, 0x2, "x86-64-v2");
    assert_level_without(0, 0, 0, 0x4, "x86-64-v2");
    assert_level_without(0, 0, 0, 0x20, "x86-64-v3");
    assert_level_without(0, 0, 0, 0x40, "x86-64-v3");
    assert_level_without(0, 0, 0, 0x80, "x86-64-v3");
}

static void level_of_this_cpu_agrees_with_the_compiler(void **state)
{
#ifdef __x86_64__
    (void)state;
    __builtin_cpu_init();
    assert_int_equal(sf_cpu_level_is_enough(sf_cpu_level(), "x86-64-v3"),
                     __builtin_cpu_supports("avx2") != 0 && __builtin_cpu_supports("bmi2") != 0);
    assert_int_equal(sf_cpu_level_is_enough(sf_cpu_level(), "x86-64-v4"),
                     __builtin_cpu_supports("avx512vl") != 0);
#else
    (void)state;
    skip();
#endif
}

static void level_is_enough_for_itself_and_lower(void **state)
{
    (void)state;
    assert_true(sf_cpu_level_is_enough("x86-64-v3", "x86-64-v3"));
    assert_true(sf_cpu_level_is_enough("x86-64-v3", "x86-64-v1"));
    assert_false(sf_cpu_level_is_enough("x86-64-v3", "x86-64-v4"));
    assert_true(sf_cpu_level_is_enough("aarch64", "aarch64"));
    assert_false(sf_cpu_level_is_enough("aarch64", "x86-64-v1"));
    assert_false(sf_cpu_level_is_enough("x86-64-v4", "aarch64"));
    assert_false(sf_cpu_level_is_enough("x86-64-v4", "x86-64-v5"));
    assert_false(sf_cpu_level_is_enough("riscv64", "riscv64"));
    assert_false(sf_cpu_level_is_enough("x86-64-v4", ""));
}

static void arch_is_that_of_the_kernel(void **state)
{
    struct utsname name;

    (void)state;
    assert_int_equal(uname(&name), 0);
    if (sf_str_is_equal(name.machine, "x86_64")) {
        assert_string_equal(sf_cpu_arch(), "amd64");
    } else if (sf_str_is_equal(name.machine, "aarch64")) {
        assert_string_equal(sf_cpu_arch(), "arm64");
    } else {
        assert_string_equal(sf_cpu_arch(), name.machine);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(level_of_real_cpus_is_known),
        cmocka_unit_test(level_without_one_feature_is_lower),
        cmocka_unit_test(level_counts_what_the_system_saves),
        cmocka_unit_test(level_of_this_cpu_agrees_with_the_compiler),
        cmocka_unit_test(level_is_enough_for_itself_and_lower),
        cmocka_unit_test(arch_is_that_of_the_kernel),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
