/* Tests of what a recipe expects in a tree. */
#include "tests/unit/sf_test.h"

#include "builder/pack/build.h"
#include "builder/pack/stage.h"
#include "common/host/cpu.h"
#include "common/host/dir.h"

static void open_tree(const char *directory, struct sf_build *build)
{
    struct sf_error err;

    assert_sf_ok(sf_dir_open_follow(directory, &build->tree_fd, &err), &err);
    assert_sf_ok(sf_dir_make(build->tree_fd, "view/lib/slurm", &err), &err);
    assert_sf_ok(sf_dir_make(build->tree_fd, "view/bin", &err), &err);
    sf_test_write_file(directory, "view/lib/slurm/auth_slurm.so", "");
    sf_test_write_file(directory, "view/lib/libmunge.so.2", "");
    sf_test_write_file(directory, "view/bin/seff", "");
    (void)snprintf(build->release.arch, sizeof build->release.arch, "%s", sf_cpu_arch());
    (void)snprintf(build->glibc_ceiling, sizeof build->glibc_ceiling, "2.99");
}

static void tree_with_all_that_is_expected_passes(void **state)
{
    struct sf_error err;
    sf_auto(build) struct sf_build build = {0};

    open_tree(*state, &build);
    assert_sf_ok(sf_strlist_add(&build.expected_plugins, "auth_slurm", &err), &err);
    assert_sf_ok(sf_strlist_add(&build.expected_plugins, "auth_slurm.so", &err), &err);
    assert_sf_ok(sf_strlist_add(&build.expected_files, "bin/seff", &err), &err);
    assert_sf_ok(sf_strlist_add(&build.expected_components, "libmunge.so.2", &err), &err);
    assert_sf_ok(sf_stage_check(&build, &err), &err);
}

static void tree_without_an_expected_plugin_is_refused(void **state)
{
    struct sf_error err;
    sf_auto(build) struct sf_build build = {0};

    open_tree(*state, &build);
    assert_sf_ok(sf_strlist_add(&build.expected_plugins, "auth_munge", &err), &err);
    assert_sf_fails(sf_stage_check(&build, &err), &err, SF_E_INCOMPATIBLE,
                    "the plugin auth_munge is not in lib/slurm");
}

static void tree_without_an_expected_file_is_refused(void **state)
{
    struct sf_error err;
    sf_auto(build) struct sf_build build = {0};

    open_tree(*state, &build);
    assert_sf_ok(sf_strlist_add(&build.expected_files, "bin/sinfo", &err), &err);
    assert_sf_fails(sf_stage_check(&build, &err), &err, SF_E_INCOMPATIBLE, "bin/sinfo is not in");
}

static void tree_without_an_expected_library_is_refused(void **state)
{
    struct sf_error err;
    sf_auto(build) struct sf_build build = {0};

    open_tree(*state, &build);
    assert_sf_ok(sf_strlist_add(&build.expected_components, "libjwt.so.2", &err), &err);
    assert_sf_fails(sf_stage_check(&build, &err), &err, SF_E_INCOMPATIBLE,
                    "the library libjwt.so.2 is not in the tree");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(tree_with_all_that_is_expected_passes,
                                        sf_test_make_directory, sf_test_remove_directory),
        cmocka_unit_test_setup_teardown(tree_without_an_expected_plugin_is_refused,
                                        sf_test_make_directory, sf_test_remove_directory),
        cmocka_unit_test_setup_teardown(tree_without_an_expected_file_is_refused,
                                        sf_test_make_directory, sf_test_remove_directory),
        cmocka_unit_test_setup_teardown(tree_without_an_expected_library_is_refused,
                                        sf_test_make_directory, sf_test_remove_directory),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
