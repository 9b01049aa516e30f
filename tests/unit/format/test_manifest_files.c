/* Files and relocations of a manifest: each entry as it is written. */
#include "common/format/manifest_files.h"

#include "tests/unit/format/manifest_text.h"

static void files_of_each_type_have_their_fields(void **state)
{
    sf_auto(manifest) struct sf_manifest *m = manifest_parsed();
    const struct sf_manifest_file *unit = sf_manifest_find(m, "meta/units/slurmd.service");
    const struct sf_manifest_file *binary = sf_manifest_find(m, "view/bin/sinfo");
    const struct sf_manifest_file *link = sf_manifest_find(m, "view/lib64");
    const struct sf_manifest_file *directory = sf_manifest_find(m, "view");

    (void)state;
    assert_int_equal(unit->type, SF_FILE_REGULAR);
    assert_int_equal(unit->mode, 0644);
    assert_true(unit->is_rendered);
    assert_false(binary->is_rendered);
    assert_int_equal(binary->size_bytes, 400);
    assert_string_equal(binary->sha256, MANIFEST_SHA);
    assert_int_equal(binary->offset_count, 2);
    assert_int_equal(binary->offsets[0], 10);
    assert_int_equal(binary->offsets[1], 200);
    assert_int_equal(link->type, SF_FILE_LINK);
    assert_string_equal(link->target, "lib");
    assert_int_equal(link->mode, 0);
    assert_int_equal(directory->type, SF_FILE_DIRECTORY);
    assert_int_equal(directory->mode, 0755);
}

static void files_malformed_entry_is_named(void **state)
{
    static const struct {
        const char *from;
        const char *to;
        const char *fragment;
    } cases[] = {
        {"{\"path\":\"view\",", "{", "'path' is missing"},
        {"{\"path\":\"view\",", "7,{\"path\":\"view\",", "'path' is missing"},
        {"\"path\":\"view\"", "\"path\":\"vi\\u0000ew\"", "line 1"},
        {"\"path\":\"view\",\"type\":\"dir\"", "\"path\":\"view\",\"type\":\"fifo\"", "'fifo'"},
        {"\"size\":400", "\"size\":-1", "view/bin/sinfo': 'size'"},
        {"\"size\":400", "\"size\":4.0", "'size' is not an integer"},
        {"\"size\":400", "\"size\":17179869185", "'size' is 17179869185"},
        {"\"size\":400", "\"size\":99999999999999999999", "too big"},
        {"\"mode\":\"0644\"", "\"mode\":\"4755\"", "'mode'"},
        {"\"mode\":\"0644\"", "\"mode\":\"0984\"", "'mode'"},
        {"\"mode\":\"0644\"", "\"mode\":420", "'mode' is not a string"},
        {"\"render\":true", "\"render\":1", "'render'"},
        {"400,\"sha256\":\"e3", "400,\"sha256\":\"E3", "SHA-256"},
        {"400,\"sha256\":\"e3", "400,\"sha256\":\"e", "SHA-256"},
        {",\"target\":\"lib\"", "", "'target' is missing"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        assert_manifest_fails(cases[i].from, cases[i].to, SF_E_FORMAT, cases[i].fragment);
    }
}

static void files_twice_or_out_of_order_are_refused(void **state)
{
    (void)state;
    assert_manifest_fails("{\"path\":\"view\",\"type\":\"dir\",\"mode\":\"0755\"},",
                          "{\"path\":\"view\",\"type\":\"dir\",\"mode\":\"0755\"},"
                          "{\"path\":\"view\",\"type\":\"dir\",\"mode\":\"0755\"},",
                          SF_E_FORMAT, "'view' is listed twice");
    assert_manifest_fails("\"path\":\"view/lib64\"", "\"path\":\"a\"", SF_E_FORMAT,
                          "'a' is listed twice or out of ascending order");
}

static void relocations_malformed_are_refused(void **state)
{
    static const struct {
        const char *to;
        const char *fragment;
    } cases[] = {
        {"{}", "'relocations': 'offsets' is missing"},
        {"7", "'relocations': 'offsets' is missing"},
        {"{\"offsets\":[]}", "'relocations': 'path' is missing"},
        {"{\"path\":\"view/bin/none\",\"offsets\":[]}", "no such regular file"},
        {"{\"path\":\"view/bin\",\"offsets\":[]}", "no such regular file"},
        {"{\"path\":\"view/bin/sinfo\",\"offsets\":[1]},"
         "{\"path\":\"view/bin/sinfo\",\"offsets\":[1]}",
         "listed twice"},
        {"{\"path\":\"view/bin/sinfo\",\"offsets\":[-1]}", "not a positive integer"},
        {"{\"path\":\"view/bin/sinfo\",\"offsets\":[\"1\"]}", "not a positive integer"},
        {"{\"path\":\"view/bin/sinfo\",\"offsets\":{}}", "'offsets' is not an array"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        assert_manifest_fails("{\"path\":\"view/bin/sinfo\",\"offsets\":[10,200]}", cases[i].to,
                              SF_E_FORMAT, cases[i].fragment);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(files_of_each_type_have_their_fields),
        cmocka_unit_test(files_malformed_entry_is_named),
        cmocka_unit_test(files_twice_or_out_of_order_are_refused),
        cmocka_unit_test(relocations_malformed_are_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
