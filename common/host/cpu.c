/* The CPU's architecture and level. */
#include "common/host/cpu.h"

#include <stddef.h>
#include <string.h>
#include <sys/utsname.h>
#ifdef __x86_64__
#include <cpuid.h>
#endif

#include "common/base/str.h"

#define BIT(n) (UINT32_C(1) << (n))

/* Names of the bits: Intel SDM vol. 2, CPUID; the levels: x86-64 psABI, table 3.1. */
#define LEAF1_ECX_V2                                                                               \
    (BIT(0) /* sse3 */ | BIT(9) /* ssse3 */ | BIT(13) /* cx16 */ | BIT(19) /* sse4.1 */ |          \
     BIT(20) /* sse4.2 */ | BIT(23) /* popcnt */)
#define EXTENDED_ECX_V2 BIT(0) /* lahf */
#define LEAF1_ECX_V3                                                                               \
    (BIT(12) /* fma */ | BIT(22) /* movbe */ | BIT(27) /* osxsave */ | BIT(28) /* avx */ |         \
     BIT(29) /* f16c */)
#define LEAF7_EBX_V3    (BIT(3) /* bmi1 */ | BIT(5) /* avx2 */ | BIT(8) /* bmi2 */)
#define EXTENDED_ECX_V3 BIT(5) /* lzcnt */
#define LEAF7_EBX_V4                                                                               \
    (BIT(16) /* f */ | BIT(17) /* dq */ | BIT(28) /* cd */ | BIT(30) /* bw */ | BIT(31) /* vl */)

/* What the operating system saves on a switch: without it the registers cannot be used. */
#define XCR0_AVX    UINT64_C(0x06)
#define XCR0_AVX512 UINT64_C(0xe6)

static const char *const x86_levels[] = {"x86-64-v1", "x86-64-v2", "x86-64-v3", "x86-64-v4"};

const char *sf_cpu_arch(void)
{
#if defined(__x86_64__)
    return "amd64";
#elif defined(__aarch64__)
    return "arm64";
#else
    static struct utsname name;

    return uname(&name) == 0 ? name.machine : "unknown";
#endif
}

static bool has_all(uint64_t present, uint64_t needed)
{
    return (present & needed) == needed;
}

const char *sf_cpu_level_of(const struct sf_cpu_features *features)
{
    if (!has_all(features->leaf1_ecx, LEAF1_ECX_V2) ||
        !has_all(features->extended_ecx, EXTENDED_ECX_V2)) {
        return x86_levels[0];
    }
    if (!has_all(features->leaf1_ecx, LEAF1_ECX_V3) ||
        !has_all(features->leaf7_ebx, LEAF7_EBX_V3) ||
        !has_all(features->extended_ecx, EXTENDED_ECX_V3) || !has_all(features->xcr0, XCR0_AVX)) {
        return x86_levels[1];
    }
    if (!has_all(features->leaf7_ebx, LEAF7_EBX_V4) || !has_all(features->xcr0, XCR0_AVX512)) {
        return x86_levels[2];
    }
    return x86_levels[3];
}

#ifdef __x86_64__
static uint64_t read_xcr0(void)
{
    uint32_t low = 0;
    uint32_t high = 0;

    __asm__ volatile("xgetbv" : "=a"(low), "=d"(high) : "c"(0));
    return (uint64_t)high << 32 | low;
}

static struct sf_cpu_features read_features(void)
{
    struct sf_cpu_features features = {0};
    unsigned a = 0;
    unsigned b = 0;
    unsigned c = 0;
    unsigned d = 0;

    if (__get_cpuid(1, &a, &b, &c, &d) != 0) {
        features.leaf1_ecx = c;
    }
    if (__get_cpuid_count(7, 0, &a, &b, &c, &d) != 0) {
        features.leaf7_ebx = b;
    }
    if (__get_cpuid(0x80000001, &a, &b, &c, &d) != 0) {
        features.extended_ecx = c;
    }
    if (has_all(features.leaf1_ecx, BIT(27))) {
        features.xcr0 = read_xcr0();
    }
    return features;
}
#endif

const char *sf_cpu_level(void)
{
#if defined(__x86_64__)
    const struct sf_cpu_features features = read_features();

    return sf_cpu_level_of(&features);
#elif defined(__aarch64__)
    return "aarch64";
#else
    return sf_cpu_arch();
#endif
}

/* 1 to 4, 0 for a name that is none of them. */
static size_t x86_level_number(const char *name)
{
    for (size_t i = 0; i < sizeof x86_levels / sizeof x86_levels[0]; i++) {
        if (sf_str_is_equal(name, x86_levels[i])) {
            return i + 1;
        }
    }
    return 0;
}

bool sf_cpu_level_is_enough(const char *have, const char *need)
{
    size_t need_number = x86_level_number(need);

    if (need_number == 0) {
        return sf_str_is_equal(need, "aarch64") && sf_str_is_equal(have, need);
    }
    return x86_level_number(have) >= need_number;
}
