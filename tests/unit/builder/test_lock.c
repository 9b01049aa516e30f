/* Tests of reading spack.lock. */
#include "tests/unit/sf_test.h"

#include "builder/spack/lock.h"
#include "common/base/strlist.h"

#define DEPENDENCY(hash, type)                                                                     \
    "{\"hash\":\"" hash "\",\"name\":\"x\",\"parameters\":{\"deptypes\":[\"" type "\"]}}"

static const char lock[] =
    "{\"_meta\":{\"lockfile-version\":6},\"roots\":[{\"hash\":\"h1\",\"spec\":\"slurm\"}],"
    "\"concrete_specs\":{"
    "\"h1\":{\"name\":\"slurm\",\"version\":\"24-11-5-1\",\"dependencies\":[" DEPENDENCY(
        "h2",
        "link") "," DEPENDENCY("h3",
                               "build") "," DEPENDENCY("h5",
                                                       "run") "]},"
                                                              "\"h2\":{\"name\":\"zlib\","
                                                              "\"version\":\"1.3.1\","
                                                              "\"dependencies\":[" DEPENDENCY(
                                                                  "h4",
                                                                  "link") "," DEPENDENCY("h1",
                                                                                         "run") "]}"
                                                                                                ","
                                                                                                "\""
                                                                                                "h3"
                                                                                                "\""
                                                                                                ":{"
                                                                                                "\""
                                                                                                "na"
                                                                                                "me"
                                                                                                "\""
                                                                                                ":"
                                                                                                "\""
                                                                                                "cm"
                                                                                                "ak"
                                                                                                "e"
                                                                                                "\""
                                                                                                ","
                                                                                                "\""
                                                                                                "ve"
                                                                                                "rs"
                                                                                                "io"
                                                                                                "n"
                                                                                                "\""
                                                                                                ":"
                                                                                                "\""
                                                                                                "3."
                                                                                                "31"
                                                                                                "\""
                                                                                                "},"
                                                                                                "\""
                                                                                                "h4"
                                                                                                "\""
                                                                                                ":{"
                                                                                                "\""
                                                                                                "na"
                                                                                                "me"
                                                                                                "\""
                                                                                                ":"
                                                                                                "\""
                                                                                                "gl"
                                                                                                "ib"
                                                                                                "c"
                                                                                                "\""
                                                                                                ","
                                                                                                "\""
                                                                                                "ve"
                                                                                                "rs"
                                                                                                "io"
                                                                                                "n"
                                                                                                "\""
                                                                                                ":"
                                                                                                "\""
                                                                                                "2."
                                                                                                "36"
                                                                                                "\""
                                                                                                ","
                                                                                                "\""
                                                                                                "ex"
                                                                                                "te"
                                                                                                "rn"
                                                                                                "al"
                                                                                                "\""
                                                                                                ":{"
                                                                                                "\""
                                                                                                "pa"
                                                                                                "th"
                                                                                                "\""
                                                                                                ":"
                                                                                                "\""
                                                                                                "/u"
                                                                                                "sr"
                                                                                                "\""
                                                                                                "}}"
                                                                                                ","
                                                                                                "\""
                                                                                                "h5"
                                                                                                "\""
                                                                                                ":{"
                                                                                                "\""
                                                                                                "na"
                                                                                                "me"
                                                                                                "\""
                                                                                                ":"
                                                                                                "\""
                                                                                                "hw"
                                                                                                "lo"
                                                                                                "c"
                                                                                                "\""
                                                                                                ","
                                                                                                "\""
                                                                                                "ve"
                                                                                                "rs"
                                                                                                "io"
                                                                                                "n"
                                                                                                "\""
                                                                                                ":"
                                                                                                "\""
                                                                                                "2."
                                                                                                "12"
                                                                                                ".0"
                                                                                                "\""
                                                                                                "}}"
                                                                                                "}";

static void parts_are_what_is_needed_at_run_time(void **state)
{
    struct sf_error err;
    sf_auto(strlist) struct sf_strlist parts = {0};

    (void)state;
    assert_sf_ok(sf_spack_lock_parts(lock, sizeof lock - 1, "slurm", &parts, &err), &err);
    assert_int_equal(parts.count, 2);
    assert_string_equal(parts.items[0], "hwloc 2.12.0");
    assert_string_equal(parts.items[1], "zlib 1.3.1");
}

static void lock_that_is_none_is_refused(void **state)
{
    static const char *const cases[][2] = {
        {"", "spack.lock: "},
        {"{}", "roots"},
        {"{\"roots\":[]}", "concrete_specs"},
        {"{\"roots\":[{}],\"concrete_specs\":{}}", "hash"},
        {"{\"roots\":[{\"hash\":\"h\"}],\"concrete_specs\":{}}", "'h'"},
        {"{\"roots\":[{\"hash\":\"h\"}],\"concrete_specs\":{\"h\":{\"name\":\"x\"}}}", "version"},
    };
    struct sf_error err;

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        sf_auto(strlist) struct sf_strlist parts = {0};

        assert_sf_fails(
            sf_spack_lock_parts(cases[i][0], strlen(cases[i][0]), "slurm", &parts, &err), &err,
            SF_E_FORMAT, cases[i][1]);
        assert_int_equal(parts.count, 0);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(parts_are_what_is_needed_at_run_time),
        cmocka_unit_test(lock_that_is_none_is_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
