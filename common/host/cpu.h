/* The CPU's level of the x86-64 psABI, v1 to v4, by cpuid; "aarch64" elsewhere. */
#ifndef SF_HOST_CPU_H
#define SF_HOST_CPU_H

#include <stdbool.h>
#include <stdint.h>

/* "amd64", "arm64", or uname's machine for anything else; static. */
const char *sf_cpu_arch(void);

/* "x86-64-v1" … "x86-64-v4" or "aarch64"; static. */
const char *sf_cpu_level(void);

/* The registers of CPUID that the levels are made of, and XCR0 (0 without osxsave). */
struct sf_cpu_features {
    uint32_t leaf1_ecx;
    uint32_t leaf7_ebx;
    uint32_t extended_ecx; /* leaf 0x80000001 */
    uint64_t xcr0;
};

/* The level of an x86-64 CPU with these features; static. */
const char *sf_cpu_level_of(const struct sf_cpu_features *features);

/* True when code for `need` runs on a CPU of level `have`; unknown levels never run. */
bool sf_cpu_level_is_enough(const char *have, const char *need);

#endif
