#include "tests/unit/sf_test.h"

#include "builder/trial/trial_cluster.h"
#include "common/format/manifest.h"
#include "common/host/dir.h"

/* The text of a file that is written for `version`. */
static char *written(const char *directory, const char *version, const char *name)
{
    struct sf_manifest manifest = {0};
    struct sf_error err = {0};
    sf_autoclose int fd = -1;
    sf_autofree char *path = NULL;
    char *text = calloc(1, 4096);

    assert_non_null(text);
    assert_true(snprintf(manifest.release.version, sizeof manifest.release.version, "%s", version) >
                0);
    assert_sf_ok(sf_dir_open_follow(directory, &fd, &err), &err);
    assert_sf_ok(sf_dir_make(fd, "etc/slurm", &err), &err);
    assert_sf_ok(sf_trial_cluster_write(&manifest, fd, &err), &err);
    assert_true(asprintf(&path, "%s/etc/slurm/%s", directory, name) > 0);

    sf_autofile FILE *stream = fopen(path, "re");

    assert_non_null(stream);
    assert_true(fread(text, 1, 4095, stream) > 0);
    return text;
}

static void cluster_of_an_old_series_has_a_cgroup_plugin_that_it_knows(void **state)
{
    sf_autofree char *old = written(*state, "23.11.11", "cgroup.conf");
    sf_autofree char *new = written(*state, "24.05.0", "cgroup.conf");

    assert_string_equal(old, "CgroupPlugin=cgroup/v1\n");
    assert_string_equal(new, "CgroupPlugin=disabled\n");
}

static void cluster_without_the_plugin_auth_slurm_has_auth_none(void **state)
{
    sf_autofree char *text = written(*state, "24.11.5", "slurm.conf");

    assert_non_null(strstr(text, "AuthType=auth/none\nCredType=cred/none\n"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(cluster_of_an_old_series_has_a_cgroup_plugin_that_it_knows,
                                        sf_test_make_directory, sf_test_remove_directory),
        cmocka_unit_test_setup_teardown(cluster_without_the_plugin_auth_slurm_has_auth_none,
                                        sf_test_make_directory, sf_test_remove_directory),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
