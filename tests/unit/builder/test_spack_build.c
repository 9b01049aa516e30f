/* Tests of what Spack is told to do, with a program in its place. */
#include "tests/unit/sf_test.h"

#include "builder/place/place.h"
#include "builder/spack/spack_build.h"
#include "builder/spack/spack_config.h"
#include "common/format/release.h"

#define CELL "/spack"

static const struct sf_release release = {"25.11.6", 1, "noble", "amd64", "cpu"};

static const char ini[] = "[versions]\n25.11.6 = 25-11-6-1\n"
                          "[environment]\nspec = slurm@{version}\n"
                          "[toolchain noble]\ncompiler = gcc@13.3.0\n";

struct fixture {
    void *directory;
    char program[256];
    struct sf_place place;
    struct sf_spack_config *config;
    struct sf_spack_build build;
    int log_fd;
};

static int set_up(void **state)
{
    static const char script[] = "#!/bin/sh\n"
                                 "echo \"$@\"\n"
                                 "test -e \"$2/spack.yaml\" || exit 9\n"
                                 "test \"$3\" = install && exit 1\n"
                                 "echo lock >\"$2/spack.lock\"\n"
                                 "mkdir -p \"$2/../misc-cache\"\n";
    const struct sf_spack_wanted wanted = {"25.11", "noble", "cpu"};
    struct fixture *fixture = calloc(1, sizeof *fixture);
    sf_autofree char *log = NULL;
    struct sf_error err;

    assert_int_equal(sf_test_make_directory(&fixture->directory), 0);
    sf_test_write_file(fixture->directory, "program", script);
    (void)snprintf(fixture->program, sizeof fixture->program, "%s/program",
                   (char *)fixture->directory);
    assert_int_equal(chmod(fixture->program, 0755), 0);
    assert_sf_ok(sf_spack_config_parse("spack.ini", ini, &wanted, &fixture->config, &err), &err);
    assert_true(asprintf(&log, "%s/log", (char *)fixture->directory) > 0);
    fixture->log_fd = open(log, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    fixture->place = (struct sf_place){.root = "/", .work = fixture->directory};
    fixture->build =
        (struct sf_spack_build){&fixture->place, &release, fixture->config, fixture->program, 3};
    *state = fixture;
    return 0;
}

static int tear_down(void **state)
{
    struct fixture *fixture = *state;

    (void)close(fixture->log_fd);
    sf_spack_config_free(fixture->config);
    (void)sf_test_remove_directory(&fixture->directory);
    free(fixture);
    return 0;
}

static void assert_logged(const struct fixture *fixture, const char *words)
{
    char log[1024] = "";
    sf_autofree char *expected = NULL;

    assert_true(pread(fixture->log_fd, log, sizeof log - 1, 0) > 0);
    assert_true(asprintf(&expected, "-e %s" CELL "/environment %s\n", (char *)fixture->directory,
                         words) > 0);
    assert_string_equal(log, expected);
}

static bool has(const struct fixture *fixture, const char *name)
{
    sf_autofree char *path = NULL;

    assert_true(asprintf(&path, "%s" CELL "/environment/%s", (char *)fixture->directory, name) > 0);
    return access(path, F_OK) == 0;
}

static void concretize_starts_from_a_new_environment(void **state)
{
    struct fixture *fixture = *state;
    struct sf_error err;

    assert_sf_ok(sf_spack_concretize(&fixture->build, fixture->log_fd, &err), &err);
    assert_logged(fixture, "concretize --fresh");
    assert_true(has(fixture, "spack.lock"));
    assert_true(has(fixture, "../misc-cache"));
    fixture->build.program = "/bin/true";
    assert_sf_ok(sf_spack_concretize(&fixture->build, fixture->log_fd, &err), &err);
    assert_false(has(fixture, "spack.lock"));
    assert_false(has(fixture, "../misc-cache"));
    assert_true(has(fixture, "spack.yaml"));
}

static void install_that_fails_says_which_command_did(void **state)
{
    struct fixture *fixture = *state;
    sf_autofree char *directory = NULL;
    struct sf_error err;

    assert_true(asprintf(&directory, "%s" CELL, (char *)fixture->directory) > 0);
    assert_int_equal(mkdir(directory, 0755), 0);
    assert_sf_fails(sf_spack_install(&fixture->build, fixture->log_fd, &err), &err, SF_E_UNHEALTHY,
                    "spack install: ");
    assert_logged(fixture, "install --fail-fast -j3");
}

static void program_that_is_not_there_is_asked_for(void **state)
{
    struct fixture *fixture = *state;
    struct sf_error err;

    fixture->build.program = NULL;
    assert_sf_fails(sf_spack_concretize(&fixture->build, fixture->log_fd, &err), &err,
                    SF_E_NOT_FOUND, "--spack");
}

static void merge_without_a_tree_is_refused(void **state)
{
    struct fixture *fixture = *state;
    struct sf_error err;

    assert_sf_ok(sf_spack_concretize(&fixture->build, fixture->log_fd, &err), &err);
    assert_sf_fails(sf_spack_merge(&fixture->build, "destdir", fixture->log_fd, &err), &err,
                    SF_E_NOT_FOUND, "tree");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(concretize_starts_from_a_new_environment, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(install_that_fails_says_which_command_did, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(program_that_is_not_there_is_asked_for, set_up, tear_down),
        cmocka_unit_test_setup_teardown(merge_without_a_tree_is_refused, set_up, tear_down),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
