/* Tests of the manifests of build caches. */
#include "tests/unit/sf_test.h"

#include "builder/spack/cache_manifest.h"

#define DIGEST  "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
#define PACKAGE "application/vnd.spack.install.v2.tar+gzip"
#define SPEC    "application/vnd.spack.spec.v5+json"
#define BLOB(type, size, compression, algorithm, digest)                                           \
    "{\"contentLength\":" size ",\"mediaType\":\"" type "\",\"compression\":\"" compression        \
    "\",\"checksumAlgorithm\":\"" algorithm "\",\"checksum\":\"" digest "\"}"
#define GOOD(type)     BLOB(type, "10", "gzip", "sha256", DIGEST)
#define MANIFEST(data) "{\"version\":3,\"data\":[" data "]}"

static int parse(const char *text, struct sf_cache_manifest *ret, struct sf_error *err)
{
    return sf_cache_manifest_parse(text, strlen(text), ret, err);
}

static void manifest_with_both_blobs_is_read(void **state)
{
    struct sf_cache_manifest manifest = {0};
    struct sf_error err;

    (void)state;
    assert_sf_ok(
        parse(MANIFEST(GOOD(SPEC) "," BLOB(PACKAGE, "5000000000", "gzip", "sha256", DIGEST)),
              &manifest, &err),
        &err);
    assert_string_equal(manifest.spec.sha256, DIGEST);
    assert_int_equal(manifest.spec.size_bytes, 10);
    assert_true(manifest.package.size_bytes == 5000000000ULL);
}

static void manifest_that_is_not_understood_is_refused(void **state)
{
    static const char *const cases[][2] = {
        {"[]", "not valid JSON"},
        {"{\"data\":[]}", "version"},
        {"{\"version\":2,\"data\":[]}", "version 2 of build caches is not known"},
        {"{\"version\":3}", "data"},
        {MANIFEST("1"), "'data' has something in it that is no object"},
        {MANIFEST(""), "no blob of type '" SPEC "'"},
        {MANIFEST(GOOD(SPEC)), "no blob of type '" PACKAGE "'"},
        {MANIFEST(GOOD(SPEC) "," GOOD(SPEC)), "two blobs are of the same kind"},
        {MANIFEST(GOOD("text/html")), "blobs of type 'text/html' are not known"},
        {MANIFEST(BLOB(SPEC, "1", "none", "sha256", DIGEST)), "compression 'none' is not known"},
        {MANIFEST(BLOB(SPEC, "1", "gzip", "md5", DIGEST)), "checksumAlgorithm 'md5'"},
        {MANIFEST(BLOB(SPEC, "1", "gzip", "sha256", "../../etc")), "checksum"},
        {MANIFEST(BLOB(SPEC, "16777217", "gzip", "sha256", DIGEST)), "contentLength"},
        {MANIFEST(BLOB(PACKAGE, "-1", "gzip", "sha256", DIGEST)), "contentLength"},
    };
    struct sf_cache_manifest manifest = {0};
    struct sf_error err;

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        assert_sf_fails(parse(cases[i][0], &manifest, &err), &err, SF_E_FORMAT, cases[i][1]);
    }
    assert_int_equal(manifest.spec.size_bytes, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(manifest_with_both_blobs_is_read),
        cmocka_unit_test(manifest_that_is_not_understood_is_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
