/* Checks the values of options that would only fail, or mislead, at the end of a pack. */
#include "builder/pack/pack_check.h"

#include <string.h>

#include "common/base/error.h"
#include "common/host/cpu.h"

#define DIGITS       "0123456789"
#define GLIBC_SIZE   16
#define SHA256_CHARS 64

int sf_pack_check_glibc(const char *text, struct sf_error *err)
{
    size_t major = strspn(text, DIGITS);
    size_t minor = text[major] == '.' ? strspn(text + major + 1, DIGITS) : 0;

    if (major == 0 || minor == 0 || text[major + 1 + minor] != '\0' || strlen(text) >= GLIBC_SIZE) {
        return sf_error_set(err, SF_E_USAGE,
                            "--glibc=%s is not a version of glibc, it takes one such as 2.34",
                            text);
    }
    return 0;
}

int sf_pack_check_cpu_level(const char *text, struct sf_error *err)
{
    if (!sf_cpu_level_is_enough(text, text)) {
        return sf_error_set(err, SF_E_USAGE,
                            "--cpu-level=%s is no level that a node can have, those are x86-64-v1 "
                            "to x86-64-v4 and aarch64",
                            text);
    }
    return 0;
}

int sf_pack_check_source(const char *text, struct sf_error *err)
{
    const char *space = strchr(text, ' ');

    if (space == NULL || space == text || strspn(space + 1, DIGITS "abcdef") != SHA256_CHARS ||
        space[1 + SHA256_CHARS] != '\0') {
        return sf_error_set(err, SF_E_USAGE,
                            "--source=%s is not a name, a space and a SHA-256 in lower-case "
                            "hexadecimal",
                            text);
    }
    return 0;
}
