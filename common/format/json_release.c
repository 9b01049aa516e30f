/* The members of a JSON object that say what a release is and what it needs of a node. */
#include "common/format/json_release.h"

#include "common/base/error.h"
#include "common/format/json.h"

#include <jansson.h>
#include <string.h>

static int read_identity(const json_t *object, struct sf_release *ret, struct sf_error *err)
{
    struct sf_release release = {0};
    uint64_t build = 0;
    const struct {
        const char *key;
        char *field;
        size_t size;
    } texts[] = {{"version", release.version, sizeof release.version},
                 {"toolchain", release.toolchain, sizeof release.toolchain},
                 {"arch", release.arch, sizeof release.arch},
                 {"variant", release.variant, sizeof release.variant}};

    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        int r = sf_json_text(object, texts[i].key, texts[i].field, texts[i].size, err);

        if (r < 0) {
            return r;
        }
    }
    int r = sf_json_u64(object, "build", UINT32_MAX, &build, err);

    if (r < 0) {
        return r;
    }
    release.build = (uint32_t)build;
    r = sf_release_check(&release, err);
    if (r < 0) {
        return r;
    }
    *ret = release;
    return 0;
}

/* "2.34"; "" when nothing in the release needs a versioned symbol. */
static bool is_glibc_version(const char *text)
{
    const char *digits = "0123456789";

    if (text[0] == '\0') {
        return true;
    }
    size_t major = strspn(text, digits);

    return major > 0 && text[major] == '.' && text[major + 1] != '.' && text[major + 1] != '\0' &&
           text[major + 1 + strspn(text + major + 1, "0123456789.")] == '\0';
}

/* Levels that this program does not know are valid: they only ever mean "does not run here". */
static bool is_cpu_level(const char *text)
{
    return text[0] != '\0' && text[strspn(text, "abcdefghijklmnopqrstuvwxyz0123456789-")] == '\0';
}

static int read_needs(const json_t *object, struct sf_release_needs *ret, struct sf_error *err)
{
    struct sf_release_needs needs;
    int r = sf_json_text(object, "glibc", needs.glibc, sizeof needs.glibc, err);

    if (r < 0) {
        return r;
    }
    if (!is_glibc_version(needs.glibc)) {
        return sf_error_set(err, SF_E_FORMAT, "'glibc' is '%s', not a version such as 2.34",
                            needs.glibc);
    }
    r = sf_json_text(object, "cpu_level", needs.cpu_level, sizeof needs.cpu_level, err);
    if (r < 0) {
        return r;
    }
    if (!is_cpu_level(needs.cpu_level)) {
        return sf_error_set(err, SF_E_FORMAT, "'cpu_level' is '%s', not a level such as x86-64-v2",
                            needs.cpu_level);
    }
    *ret = needs;
    return 0;
}

int sf_json_release_read(const struct json_t *object, struct sf_release *ret_release,
                         struct sf_release_needs *ret_needs, struct sf_error *err)
{
    struct sf_release release;
    int r = read_identity(object, &release, err);

    if (r < 0) {
        return r;
    }
    r = read_needs(object, ret_needs, err);
    if (r < 0) {
        return r;
    }
    *ret_release = release;
    return 0;
}

struct json_t *sf_json_release_write(const struct sf_release *release, const char *glibc,
                                     const char *cpu_level)
{
    return json_pack("{s:s, s:I, s:s, s:s, s:s, s:s, s:s}", "version", release->version, "build",
                     (json_int_t)release->build, "toolchain", release->toolchain, "arch",
                     release->arch, "variant", release->variant, "glibc", glibc, "cpu_level",
                     cpu_level);
}
