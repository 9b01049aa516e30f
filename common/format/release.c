/* The identity of a release, and how people and files name it. */
#include "common/format/release.h"

#include "common/base/error.h"
#include "common/base/number.h"
#include "common/base/str.h"
#include "common/format/version.h"

#include <stdio.h>
#include <string.h>

#define ARTIFACT_PREFIX "slurm-"
#define ARTIFACT_SUFFIX "-software.tar.zst"
#define BUILD_MAX       999999
#define ID_FIELDS_MIN   4
#define ID_FIELDS_MAX   5
#define DEFAULT_VARIANT "cpu"

/* Lower-case letters and digits. Names that this program does not know are valid: an index may
 * hold artifacts for architectures and variants that come later. */
static bool is_word(const char *text)
{
    return text[0] != '\0' && text[strspn(text, "abcdefghijklmnopqrstuvwxyz0123456789")] == '\0';
}

static bool parse_build(const char *text, uint32_t *ret)
{
    uint64_t build = 0;

    if (!sf_number_parse(text, BUILD_MAX, &build) || build == 0) {
        return false;
    }
    *ret = (uint32_t)build;
    return true;
}

/* Copies a field when it fits. */
static bool copy_field(char *field, size_t size, const char *text)
{
    size_t length = strlen(text);

    if (length >= size) {
        return false;
    }
    memcpy(field, text, length + 1);
    return true;
}

/* Cuts `id` at its hyphens; more fields than there may be count as one too many. */
static size_t split(char *id, char *fields[ID_FIELDS_MAX])
{
    size_t count = 0;

    for (char *rest = id; rest != NULL; count++) {
        char *field = strsep(&rest, "-");

        if (count < ID_FIELDS_MAX) {
            fields[count] = field;
        }
    }
    return count;
}

static bool parse_id(const char *id, struct sf_release *ret)
{
    struct sf_release release = {.variant = DEFAULT_VARIANT};
    char copy[SF_RELEASE_ID_SIZE];
    char *fields[ID_FIELDS_MAX] = {0};
    struct sf_error ignored;

    if (!copy_field(copy, sizeof copy, id)) {
        return false;
    }
    size_t count = split(copy, fields);

    if (count < ID_FIELDS_MIN || count > ID_FIELDS_MAX) {
        return false;
    }
    /* "-cpu" is never written, so that every release has one id. */
    bool has_variant = count == ID_FIELDS_MAX;

    if (has_variant && sf_str_is_equal(fields[4], DEFAULT_VARIANT)) {
        return false;
    }
    if (!copy_field(release.version, sizeof release.version, fields[0]) ||
        !parse_build(fields[1], &release.build) ||
        !copy_field(release.toolchain, sizeof release.toolchain, fields[2]) ||
        !copy_field(release.arch, sizeof release.arch, fields[3]) ||
        (has_variant && !copy_field(release.variant, sizeof release.variant, fields[4])) ||
        sf_release_check(&release, &ignored) < 0) {
        return false;
    }
    *ret = release;
    return true;
}

int sf_release_parse(const char *id, struct sf_release *ret, struct sf_error *err)
{
    if (!parse_id(id, ret)) {
        return sf_error_set(err, SF_E_FORMAT,
                            "'%.80s' is not a release id such as 25.11.6-1-noble-amd64", id);
    }
    return 0;
}

void sf_release_format(const struct sf_release *release, char id[static SF_RELEASE_ID_SIZE])
{
    bool has_variant = !sf_str_is_equal(release->variant, DEFAULT_VARIANT);

    (void)snprintf(id, SF_RELEASE_ID_SIZE, "%s-%u-%s-%s%s%s", release->version, release->build,
                   release->toolchain, release->arch, has_variant ? "-" : "",
                   has_variant ? release->variant : "");
}

int sf_release_check(const struct sf_release *release, struct sf_error *err)
{
    if (!sf_version_is_valid(release->version)) {
        return sf_error_set(err, SF_E_FORMAT, "version '%s' is not of the form 25.11.6",
                            release->version);
    }
    if (release->build == 0 || release->build > BUILD_MAX) {
        return sf_error_set(err, SF_E_FORMAT, "build %u is not between 1 and %d", release->build,
                            BUILD_MAX);
    }
    const struct {
        const char *name;
        const char *value;
    } words[] = {
        {"toolchain", release->toolchain}, {"arch", release->arch}, {"variant", release->variant}};

    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        if (!is_word(words[i].value)) {
            return sf_error_set(err, SF_E_FORMAT,
                                "%s '%s' is not made of lower-case letters and digits",
                                words[i].name, words[i].value);
        }
    }
    return 0;
}

char *sf_release_artifact_name(const struct sf_release *release)
{
    char id[SF_RELEASE_ID_SIZE];

    sf_release_format(release, id);
    return sf_str_format(ARTIFACT_PREFIX "%s" ARTIFACT_SUFFIX, id);
}

int sf_release_parse_artifact_name(const char *name, struct sf_release *ret, struct sf_error *err)
{
    char id[SF_RELEASE_ID_SIZE] = "";
    size_t affixes = strlen(ARTIFACT_PREFIX ARTIFACT_SUFFIX);
    size_t length = strlen(name);

    if (length > affixes && length - affixes < sizeof id &&
        sf_str_has_prefix(name, ARTIFACT_PREFIX) && sf_str_has_suffix(name, ARTIFACT_SUFFIX)) {
        memcpy(id, name + strlen(ARTIFACT_PREFIX), length - affixes);
    }
    if (!parse_id(id, ret)) {
        return sf_error_set(err, SF_E_FORMAT,
                            "'%.120s' is not an artifact's name such as "
                            "slurm-25.11.6-1-noble-amd64-software.tar.zst",
                            name);
    }
    return 0;
}

char *sf_release_artifact_path(const struct sf_release *release)
{
    sf_autofree char *name = sf_release_artifact_name(release);

    if (name == NULL) {
        return NULL;
    }
    return sf_str_format("%s/%s-%u/%s/%s", release->toolchain, release->version, release->build,
                         release->arch, name);
}

void sf_release_short(const struct sf_release *release, char text[static SF_RELEASE_ID_SIZE])
{
    (void)snprintf(text, SF_RELEASE_ID_SIZE, "%s-%u", release->version, release->build);
}

void sf_release_series(const char *version, char series[static 16])
{
    const char *dot = strchr(version, '.');
    size_t length = dot == NULL ? strlen(version) : (size_t)(dot - version) + 1;

    length += dot == NULL ? 0 : strcspn(dot + 1, ".");
    (void)snprintf(series, 16, "%.*s", (int)(length < 15 ? length : 15), version);
}

int sf_release_compare(const struct sf_release *a, const struct sf_release *b)
{
    int order = sf_version_compare(a->version, b->version);

    return order != 0 ? order : (a->build > b->build) - (a->build < b->build);
}

/* "25.11.6-1" */
static bool parse_version_build(const char *text, struct sf_release *ret)
{
    const char *hyphen = strchr(text, '-');
    struct sf_release release = {0};

    if (hyphen == NULL || (size_t)(hyphen - text) >= sizeof release.version ||
        !parse_build(hyphen + 1, &release.build)) {
        return false;
    }
    memcpy(release.version, text, (size_t)(hyphen - text));
    if (!sf_version_is_valid(release.version)) {
        return false;
    }
    *ret = release;
    return true;
}

int sf_wanted_parse(const char *text, struct sf_wanted *ret, struct sf_error *err)
{
    struct sf_wanted wanted = {.kind = SF_WANTED_LATEST};

    if (sf_version_is_series(text)) {
        wanted.kind = SF_WANTED_SERIES;
    } else if (sf_version_is_valid(text)) {
        wanted.kind = SF_WANTED_VERSION;
    } else if (parse_version_build(text, &wanted.release)) {
        wanted.kind = SF_WANTED_BUILD;
    } else if (parse_id(text, &wanted.release)) {
        wanted.kind = SF_WANTED_ID;
    } else if (!sf_str_is_equal(text, "latest")) {
        return sf_error_set(err, SF_E_USAGE,
                            "'%.80s' names no release: give a series (25.11), a version (25.11.6), "
                            "a version and build (25.11.6-1), a release id "
                            "(25.11.6-1-noble-amd64) or 'latest'",
                            text);
    }
    if (wanted.kind == SF_WANTED_SERIES || wanted.kind == SF_WANTED_VERSION) {
        (void)copy_field(wanted.release.version, sizeof wanted.release.version, text);
    }
    *ret = wanted;
    return 0;
}

bool sf_wanted_matches(const struct sf_wanted *wanted, const struct sf_release *release)
{
    const struct sf_release *want = &wanted->release;
    char series[16];

    switch (wanted->kind) {
    case SF_WANTED_LATEST:
        return true;
    case SF_WANTED_SERIES:
        sf_release_series(release->version, series);
        return sf_str_is_equal(series, want->version);
    case SF_WANTED_VERSION:
        return sf_str_is_equal(release->version, want->version);
    case SF_WANTED_BUILD:
        return sf_release_compare(want, release) == 0;
    case SF_WANTED_ID:
        return sf_release_compare(want, release) == 0 &&
               sf_str_is_equal(want->toolchain, release->toolchain) &&
               sf_str_is_equal(want->arch, release->arch) &&
               sf_str_is_equal(want->variant, release->variant);
    }
    return false;
}
