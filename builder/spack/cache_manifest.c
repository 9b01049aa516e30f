/* The manifest of a package in a Spack build cache. */
#include "builder/spack/cache_manifest.h"

#include <jansson.h>

#include "common/base/error.h"
#include "common/base/str.h"
#include "common/format/json.h"

#define VERSION      3
#define MAX_BLOBS    16
#define SPEC_TYPE    "application/vnd.spack.spec.v5+json"
#define PACKAGE_TYPE "application/vnd.spack.install.v2.tar+gzip"

/* What is not known is not guessed: a later version may mean other bytes by it. */
static int expect(const json_t *blob, const char *key, const char *expected, struct sf_error *err)
{
    const char *value = NULL;
    int r = sf_json_string(blob, key, &value, err);

    if (r == 0 && !sf_str_is_equal(value, expected)) {
        sf_autofree char *shown = sf_str_printable(value);

        return sf_error_set(err, SF_E_FORMAT, "%s '%s' is not known, only '%s' is", key,
                            shown == NULL ? "" : shown, expected);
    }
    return r;
}

static int read_blob(const json_t *blob, uint64_t max_bytes, struct sf_cache_blob *ret,
                     struct sf_error *err)
{
    int r = expect(blob, "compression", "gzip", err);

    if (r == 0) {
        r = expect(blob, "checksumAlgorithm", "sha256", err);
    }
    if (r == 0 && ret->sha256[0] != '\0') {
        r = sf_error_set(err, SF_E_FORMAT, "two blobs are of the same kind");
    }
    if (r == 0) {
        r = sf_json_u64(blob, "contentLength", max_bytes, &ret->size_bytes, err);
    }
    return r < 0 ? r : sf_json_sha256(blob, "checksum", ret->sha256, err);
}

static int read_entry(const json_t *blob, struct sf_cache_manifest *manifest, struct sf_error *err)
{
    const char *type = NULL;

    if (!json_is_object(blob)) {
        return sf_error_set(err, SF_E_FORMAT, "'data' has something in it that is no object");
    }

    int r = sf_json_string(blob, "mediaType", &type, err);

    if (r < 0) {
        return r;
    }
    if (sf_str_is_equal(type, SPEC_TYPE)) {
        return read_blob(blob, SF_CACHE_SPEC_MAX_BYTES, &manifest->spec, err);
    }
    if (sf_str_is_equal(type, PACKAGE_TYPE)) {
        return read_blob(blob, SF_CACHE_PACKAGE_MAX_BYTES, &manifest->package, err);
    }

    sf_autofree char *shown = sf_str_printable(type);

    return sf_error_set(err, SF_E_FORMAT, "blobs of type '%s' are not known",
                        shown == NULL ? "" : shown);
}

int sf_cache_manifest_parse(const char *text, size_t size, struct sf_cache_manifest *ret,
                            struct sf_error *err)
{
    sf_auto(json) json_t *manifest = NULL;
    struct sf_cache_manifest found = {0};
    const json_t *data = NULL;
    uint64_t version = 0;
    int r = sf_json_parse(text, size, &manifest, err);

    if (r == 0) {
        r = sf_json_u64(manifest, "version", INT32_MAX, &version, err);
    }
    if (r == 0 && version != VERSION) {
        return sf_error_set(err, SF_E_FORMAT, "version %d of build caches is not known, only %d is",
                            (int)version, VERSION);
    }
    if (r == 0) {
        r = sf_json_array(manifest, "data", MAX_BLOBS, &data, err);
    }
    for (size_t i = 0; r == 0 && i < json_array_size(data); i++) {
        r = read_entry(json_array_get(data, i), &found, err);
    }
    if (r < 0) {
        return r;
    }
    if (found.spec.sha256[0] == '\0' || found.package.sha256[0] == '\0') {
        return sf_error_set(err, SF_E_FORMAT, "no blob of type '%s'",
                            found.spec.sha256[0] == '\0' ? SPEC_TYPE : PACKAGE_TYPE);
    }
    *ret = found;
    return 0;
}
