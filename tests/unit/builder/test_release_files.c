/* Tests of which files belong to a release. */
#include "tests/unit/sf_test.h"

#include "builder/repository/release_files.h"
#include "common/base/strlist.h"

#define STEM "noble/25.11.6-1/amd64/slurm-25.11.6-1-noble-amd64"

static void file_of_another_release_is_not_of_this(void **state)
{
    static const struct {
        const char *path;
        bool is_of_it;
    } cases[] = {
        {STEM "-software.tar.zst", true},
        {STEM "-software.tar.zst.asc", true},
        {STEM "-software.tar.zst.manifest.json", true},
        {STEM "-debug.tar.zst", true},
        {STEM "-gpu-software.tar.zst", false},
        {STEM "-gpu-debug.tar.zst", false},
        {STEM "-software.d/file", false},
        {"noble/25.11.6-1/amd64/README", false},
        {"noble/25.11.6-10/amd64/slurm-25.11.6-10-noble-amd64-software.tar.zst", false},
        {"index.json.asc", false},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        assert_int_equal(sf_release_files_has(STEM "-software.tar.zst", cases[i].path),
                         cases[i].is_of_it);
    }
}

static void artifact_of_another_name_is_alone(void **state)
{
    (void)state;
    assert_true(sf_release_files_has("a/x", "a/x"));
    assert_false(sf_release_files_has("a/x", "a/x.asc"));
    assert_false(sf_release_files_has("a", "a/x"));
}

static void artifact_is_first_and_manifest_last(void **state)
{
    static const char *const names[] = {
        "-debug.tar.zst",        "-gpu-software.tar.zst",           "-software.tar.zst",
        "-software.tar.zst.asc", "-software.tar.zst.manifest.json", "-software.tar.zst.spdx.json"};
    static const char *const expected[] = {
        STEM "-software.tar.zst", STEM "-debug.tar.zst", STEM "-software.tar.zst.asc",
        STEM "-software.tar.zst.spdx.json", STEM "-software.tar.zst.manifest.json"};
    sf_auto(strlist) struct sf_strlist paths = {0};
    sf_auto(strlist) struct sf_strlist files = {0};
    struct sf_error err;

    (void)state;
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        char path[256];

        (void)snprintf(path, sizeof path, "%s%s", STEM, names[i]);
        assert_sf_ok(sf_strlist_add(&paths, path, &err), &err);
    }
    assert_sf_ok(sf_release_files_pick(STEM "-software.tar.zst", &paths, &files, &err), &err);
    assert_int_equal(files.count, sizeof expected / sizeof *expected);
    for (size_t i = 0; i < files.count; i++) {
        assert_string_equal(files.items[i], expected[i]);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(file_of_another_release_is_not_of_this),
        cmocka_unit_test(artifact_of_another_name_is_alone),
        cmocka_unit_test(artifact_is_first_and_manifest_last),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
