/* The rules between a manifest's fields: what an attacker with a pen would try. */
#include "common/format/manifest_check.h"

#include "tests/unit/format/manifest_text.h"

static void path_unsafe_is_refused(void **state)
{
    /* Each sorts where the last file stands, behind "view/lib". */
    static const char *const paths[] = {"view/lib64/../x", "view/lib64//x", "view/lib64/",
                                        "view/z\\n",       "z/..",          "view/z\\u001b[2J"};

    (void)state;
    for (size_t i = 0; i < sizeof paths / sizeof *paths; i++) {
        sf_autofree char *to = sf_str_format("\"path\":\"%s\"", paths[i]);

        assert_manifest_fails("\"path\":\"view/lib64\"", to, SF_E_FORMAT, "not a safe relative");
    }
    assert_manifest_fails("\"path\":\"meta\"", "\"path\":\"/meta\"", SF_E_FORMAT,
                          "not a safe relative");
}

static void path_without_listed_parent_is_refused(void **state)
{
    (void)state;
    assert_manifest_fails("{\"path\":\"view/bin\",\"type\":\"dir\",\"mode\":\"0755\"},", "",
                          SF_E_FORMAT, "'view/bin/sinfo': the directory it is in is not listed");
}

static void path_below_a_link_is_refused(void **state)
{
    (void)state;
    assert_manifest_fails("{\"path\":\"view/bin\",\"type\":\"dir\",\"mode\":\"0755\"},",
                          "{\"path\":\"view/bin\",\"type\":\"link\",\"target\":\"lib\"},",
                          SF_E_FORMAT, "'view/bin/sinfo': the directory it is in is not listed");
}

static void path_below_a_file_is_refused(void **state)
{
    (void)state;
    assert_manifest_fails("\"path\":\"view/lib64\"", "\"path\":\"view/lib/slurm/auth_munge.so/x\"",
                          SF_E_FORMAT, "the directory it is in is not listed");
}

static void manifest_listing_itself_is_refused(void **state)
{
    (void)state;
    assert_manifest_fails("{\"path\":\"meta/units\",",
                          "{\"path\":\"meta/manifest.json\",\"type\":\"dir\",\"mode\":\"0755\"},"
                          "{\"path\":\"meta/units\",",
                          SF_E_FORMAT, "cannot list itself");
}

static void link_out_of_the_tree_is_refused(void **state)
{
    static const char *const targets[] = {"/etc/passwd", "../..", "", "lib/../../..", "a\\n"};

    (void)state;
    for (size_t i = 0; i < sizeof targets / sizeof *targets; i++) {
        sf_autofree char *to = sf_str_format("\"target\":\"%s\"", targets[i]);

        assert_manifest_fails("\"target\":\"lib\"", to, SF_E_FORMAT, "is not inside the tree");
    }
}

static void mode_that_others_can_write_is_refused(void **state)
{
    static const char *const modes[] = {"0777", "0666", "0664", "0646", "0000", "0044"};

    (void)state;
    for (size_t i = 0; i < sizeof modes / sizeof *modes; i++) {
        sf_autofree char *to = sf_str_format("\"mode\":\"%s\"", modes[i]);

        assert_manifest_fails("\"mode\":\"0644\"", to, SF_E_FORMAT, "the mode is not one");
    }
}

static void offsets_outside_or_overlapping_are_refused(void **state)
{
    static const struct {
        const char *offsets;
        const char *fragment;
    } cases[] = {
        {"[274]", "ends behind the file"},
        {"[9223372036854775807]", "ends behind the file"},
        {"[200,10]", "overlap or are not ascending"},
        {"[10,10]", "overlap or are not ascending"},
        {"[10,136]", "overlap or are not ascending"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        assert_manifest_fails("[10,200]", cases[i].offsets, SF_E_FORMAT, cases[i].fragment);
    }
    assert_manifest_fails("\"size\":400", "\"size\":126", SF_E_FORMAT, "ends behind the file");
}

static void offsets_at_both_ends_of_a_file_are_accepted(void **state)
{
    sf_autofree char *text = manifest_text("[10,200]", "[0,127,273]");
    sf_auto(manifest) struct sf_manifest *manifest = NULL;
    struct sf_error err = {0};

    (void)state;
    assert_sf_ok(sf_manifest_parse(text, strlen(text), &manifest, &err), &err);
    assert_int_equal(sf_manifest_find(manifest, "view/bin/sinfo")->offset_count, 3);
}

static void offsets_in_a_rendered_file_are_refused(void **state)
{
    (void)state;
    assert_manifest_fails("\"size\":400,", "\"size\":400,\"render\":true,", SF_E_FORMAT,
                          "rendered files have no relocations");
}

static void prefix_of_another_release_is_refused(void **state)
{
    (void)state;
    assert_manifest_fails("\"default_prefix\":\"/opt", "\"default_prefix\":\"opt", SF_E_FORMAT,
                          "'default_prefix'");
    assert_manifest_fails("\"default_prefix\":\"/opt", "\"default_prefix\":\"/opt/", SF_E_FORMAT,
                          "'default_prefix'");
    assert_manifest_fails("\"build\":1", "\"build\":2", SF_E_FORMAT,
                          "ends in '/releases/25.11.6-2-noble-amd64/view'");
    assert_manifest_fails("\"default_prefix\":\"/opt/", "\"default_prefix\":\"/srv/", SF_E_FORMAT,
                          "'build_prefix' is not");
    assert_manifest_fails("\"BUILD_PREFIX\"", "\"/\"", SF_E_FORMAT, "'build_prefix' is not");
}

static void names_of_files_that_are_not_there_are_refused(void **state)
{
    (void)state;
    assert_manifest_fails("[\"slurmd.service\"]", "[\"../x\"]", SF_E_FORMAT,
                          "'meta/units/../x' is not in 'files'");
    assert_manifest_fails("[\"auth_munge.so\"]", "[\"auth_jwt.so\"]", SF_E_FORMAT,
                          "'view/lib/slurm/auth_jwt.so' is not in 'files'");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(path_unsafe_is_refused),
        cmocka_unit_test(path_without_listed_parent_is_refused),
        cmocka_unit_test(path_below_a_link_is_refused),
        cmocka_unit_test(path_below_a_file_is_refused),
        cmocka_unit_test(manifest_listing_itself_is_refused),
        cmocka_unit_test(link_out_of_the_tree_is_refused),
        cmocka_unit_test(mode_that_others_can_write_is_refused),
        cmocka_unit_test(offsets_outside_or_overlapping_are_refused),
        cmocka_unit_test(offsets_at_both_ends_of_a_file_are_accepted),
        cmocka_unit_test(offsets_in_a_rendered_file_are_refused),
        cmocka_unit_test(prefix_of_another_release_is_refused),
        cmocka_unit_test(names_of_files_that_are_not_there_are_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
