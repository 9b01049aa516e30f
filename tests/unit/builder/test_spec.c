/* Tests of Spack's descriptions of packages. */
#include "tests/unit/sf_test.h"

#include "builder/spack/spec.h"

#define A           "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
#define B           "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb"
#define C           "cccccccccccccccccccccccccccccccc"
#define D           "dddddddddddddddddddddddddddddddd"
#define SPEC(nodes) "{\"spec\":{\"_meta\":{\"version\":5},\"nodes\":[" nodes "]}}"
#define NODE(name, version, hash, more)                                                            \
    "{\"name\":\"" name "\",\"version\":\"" version "\",\"hash\":\"" hash "\"" more "}"
#define NEEDS(hash, types)                                                                         \
    "{\"name\":\"x\",\"hash\":\"" hash "\",\"parameters\":{\"deptypes\":[" types                   \
    "],\"virtuals\":[]}}"

#define NEEDED                                                                                     \
    ",\"dependencies\":[" NEEDS(B, "\"build\",\"link\"") "," NEEDS(C, "\"build\"") "," NEEDS(      \
        D, "\"run\"") "]"
#define EXTERNAL ",\"external\":{\"path\":\"/usr\"}"

static int parse(const char *text, struct sf_spack_spec **ret, struct sf_error *err)
{
    return sf_spack_spec_parse(text, strlen(text), ret, err);
}

static void spec_tells_what_is_needed_from_what_built_it(void **state)
{
    static const char text[] =
        SPEC(NODE("slurm", "25-11-6-1", A, NEEDED) "," NODE("zlib-ng", "2.2.4", B, "") "," NODE(
            "cmake", "3.28", C, "") "," NODE("glibc", "2.39", D, EXTERNAL));
    sf_auto(spack_spec) struct sf_spack_spec *spec = NULL;
    struct sf_error err;

    (void)state;
    assert_sf_ok(parse(text, &spec, &err), &err);
    assert_int_equal(spec->count, 4);
    assert_string_equal(spec->nodes[0].identity.version, "25-11-6-1");
    assert_int_equal(spec->nodes[0].needed.count, 2);
    assert_string_equal(spec->nodes[0].needed.items[1], D);
    assert_true(sf_spack_spec_find(spec, D)->is_external);
    assert_string_equal(sf_spack_spec_find(spec, B)->identity.name, "zlib-ng");
    assert_null(sf_spack_spec_find(spec, "x"));
}

static void spec_that_is_not_understood_is_refused(void **state)
{
    static const char *const cases[][2] = {
        {"{\"spec\":{\"_meta\":{\"version\":4},\"nodes\":[]}}", "version 4 of specs is not known"},
        {"{\"spec\":{\"nodes\":[]}}", "_meta"},
        {SPEC(""), "it describes no package"},
        {SPEC("1"), "'nodes' has something in it that is no object"},
        {SPEC(NODE("../x", "1", A, "")), "name, version or hash of the package '../x'"},
        {SPEC(NODE("x", "../1", A, "")), "name, version or hash of the package 'x'"},
        {SPEC(NODE("x", "1/2", A, "")), "name, version or hash of the package 'x'"},
        {SPEC(NODE("x", "1", "abc", "")), "name, version or hash of the package 'x'"},
        {SPEC(NODE("x", "1", A B, "")), "hash"},
        {SPEC(NODE("x", "1", A, ",\"dependencies\":{}")), "dependencies"},
        {SPEC(NODE("x", "1", A, ",\"dependencies\":[" NEEDS(B, "\"link\"") "]")),
         "a dependency of x is not described"},
    };
    struct sf_spack_spec *spec = NULL;
    struct sf_error err;

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        assert_sf_fails(parse(cases[i][0], &spec, &err), &err, SF_E_FORMAT, cases[i][1]);
    }
    assert_null(spec);
}

static void identity_is_name_version_and_whole_hash(void **state)
{
    static const char *const wrong[] = {
        "slurm",      "slurm@25-11-6-1", "slurm/" A, "slurm@/" A,          "@1/" A,
        "x@1/" A "a", "x@1/aaaa",        "x/y@1/" A, "slurm@1/../" A,      "x@../" A,
        "x@.1/" A,    "-x@1/" A,         "x y@1/" A, "x@1/" A "/manifest",
    };
    struct sf_spack_identity identity = {0};
    struct sf_error err;

    (void)state;
    assert_sf_ok(sf_spack_identity_parse("json-c@0.18+x/" A, &identity, &err), &err);
    assert_string_equal(identity.name, "json-c");
    assert_string_equal(identity.version, "0.18+x");
    assert_string_equal(identity.hash, A);
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        assert_sf_fails(sf_spack_identity_parse(wrong[i], &identity, &err), &err, SF_E_USAGE,
                        "is not NAME@VERSION/HASH");
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(spec_tells_what_is_needed_from_what_built_it),
        cmocka_unit_test(spec_that_is_not_understood_is_refused),
        cmocka_unit_test(identity_is_name_version_and_whole_hash),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
