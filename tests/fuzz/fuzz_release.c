/* Release ids, artifact names and what a person types: one spelling each. */
#include "tests/fuzz/fuzz_target.h"

#include "common/base/cleanup.h"
#include "common/base/error.h"
#include "common/base/path.h"
#include "common/format/prefix.h"
#include "common/format/release.h"
#include "common/format/version.h"

#include <string.h>

static void require_id(const char *text)
{
    struct sf_release release;
    struct sf_error err = {0};
    char id[SF_RELEASE_ID_SIZE];

    if (sf_release_parse(text, &release, &err) < 0) {
        fuzz_require(err.code == SF_E_FORMAT);
        return;
    }
    sf_release_format(&release, id);
    fuzz_require(strcmp(id, text) == 0);
    fuzz_require(sf_path_is_safe_relative(id) && strchr(id, '/') == NULL);
    sf_autofree char *name = sf_release_artifact_name(&release);
    sf_autofree char *path = sf_release_artifact_path(&release);
    struct sf_release again;

    fuzz_require(name != NULL && path != NULL && sf_path_is_safe_relative(path));
    fuzz_require(sf_release_parse_artifact_name(name, &again, &err) == 0);
    fuzz_require(sf_release_compare(&release, &again) == 0);
}

static void require_wanted(const char *text)
{
    struct sf_wanted wanted;
    struct sf_error err = {0};

    if (sf_wanted_parse(text, &wanted, &err) < 0) {
        fuzz_require(err.code == SF_E_USAGE);
        return;
    }
    fuzz_require(wanted.kind != SF_WANTED_ID || sf_wanted_matches(&wanted, &wanted.release));
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    sf_autofree char *text = strndup((const char *)bytes, size);
    char slot[SF_PREFIX_SLOT + 1];
    char series[16];
    struct sf_release ignored;
    struct sf_error err = {0};

    fuzz_require(text != NULL);
    require_id(text);
    require_wanted(text);
    (void)sf_release_parse_artifact_name(text, &ignored, &err);
    sf_release_series(text, series);
    sf_prefix_pad(text, slot);
    fuzz_require(strlen(slot) == SF_PREFIX_SLOT);
    /* Antisymmetric for any two texts: here the halves of the input. */
    sf_autofree char *half = strndup(text, strlen(text) / 2);
    const char *rest = text + strlen(text) / 2;

    fuzz_require(half != NULL);
    int order = sf_version_compare(half, rest);
    int reverse = sf_version_compare(rest, half);

    fuzz_require((order < 0) == (reverse > 0) && (order == 0) == (reverse == 0));
    fuzz_require((order == 0) == (strcmp(half, rest) == 0));
    return 0;
}
