/* Tests of spack.ini. */
#include "tests/unit/sf_test.h"

#include "builder/spack/spack_config.h"

#define COMMIT "0123456789abcdef0123456789abcdef01234567"

static const char text[] = "[versions]\n"
                           "25.11.6 = 25-11-6-1\n"
                           "25.11.10 = 25-11-10-1\n"
                           "24.11.6 = 24-11-6-1\n"
                           "[versions minimal]\n"
                           "25.11.11 = 25-11-11-1\n"
                           "[repository site]\n"
                           "git = https://git.example/site.git\n"
                           "commit = " COMMIT "\n"
                           "[mirror sources]\n"
                           "url = https://mirror.example/{toolchain}/x\n"
                           "kind = source\n"
                           "[environment]\n"
                           "require = openssl@3\n"
                           "require = pmix@5 ~munge\n"
                           "exclude = cmake perl\n"
                           "host-library = libcuda.so*\n"
                           "plugin = auth_munge auth_slurm\n"
                           "[environment cpu]\n"
                           "spec = site.slurm@{version} ~nvml\n"
                           "[environment gpu]\n"
                           "spec = site.slurm@{version} +nvml\n"
                           "external = cuda@13=/usr/local/cuda\n"
                           "[toolchain noble]\n"
                           "compiler = gcc@13.3.0\n"
                           "external = cmake@3.28.3 tar@1.35\n"
                           "package = cmake tar g++\n"
                           "[toolchain jammy]\n"
                           "external = tar@1.34\n"
                           "[view]\n"
                           "leave-out = include include/*\n"
                           "keep = include/slurm*\n";

static int parse(const char *ini, const char *version, const char *toolchain, const char *variant,
                 struct sf_spack_config **ret, struct sf_error *err)
{
    const struct sf_spack_wanted wanted = {version, toolchain, variant};

    return sf_spack_config_parse("spack.ini", ini, &wanted, ret, err);
}

static void config_of_a_series_is_its_newest_version(void **state)
{
    sf_auto(spack_config) struct sf_spack_config *config = NULL;
    struct sf_error err;

    (void)state;
    assert_sf_ok(parse(text, "25.11", "noble", "cpu", &config, &err), &err);
    assert_string_equal(config->version, "25.11.10");
    assert_string_equal(config->spack_version, "25-11-10-1");
    assert_int_equal(config->specs.count, 1);
    assert_string_equal(config->specs.items[0], "site.slurm@25-11-10-1 ~nvml");
    assert_string_equal(config->compiler, "gcc@13.3.0");
    assert_int_equal(config->externals.count, 2);
    assert_int_equal(config->requires.count, 2);
    assert_string_equal(config->requires.items[1], "pmix@5 ~munge");
    assert_int_equal(config->excluded.count, 2);
    assert_int_equal(config->host_libraries.count, 1);
    assert_int_equal(config->plugins.count, 2);
    assert_int_equal(config->packages.count, 3);
    assert_int_equal(config->repository_count, 1);
    assert_string_equal(config->repositories[0].commit, COMMIT);
    assert_int_equal(config->mirror_count, 1);
    assert_string_equal(config->mirrors[0].url, "https://mirror.example/noble/x");
    assert_false(config->mirrors[0].is_binary);
    assert_int_equal(config->left_out.count, 2);
    assert_int_equal(config->kept.count, 1);
}

static void config_of_a_variant_adds_its_own(void **state)
{
    sf_auto(spack_config) struct sf_spack_config *gpu = NULL;
    sf_auto(spack_config) struct sf_spack_config *minimal = NULL;
    struct sf_error err;

    (void)state;
    assert_sf_ok(parse(text, "25.11.6", "noble", "gpu", &gpu, &err), &err);
    assert_string_equal(gpu->specs.items[0], "site.slurm@25-11-6-1 +nvml");
    assert_int_equal(gpu->externals.count, 3);
    assert_sf_ok(parse(text, "25.11", "noble", "minimal", &minimal, &err), &err);
    assert_string_equal(minimal->version, "25.11.11");
    assert_int_equal(minimal->specs.count, 0);
}

static void config_of_the_view_alone_needs_no_release(void **state)
{
    sf_auto(spack_config) struct sf_spack_config *config = NULL;
    struct sf_error err;

    (void)state;
    assert_sf_ok(sf_spack_config_parse("spack.ini", text, NULL, &config, &err), &err);
    assert_int_equal(config->left_out.count, 2);
    assert_null(config->compiler);
}

static void config_without_what_is_asked_for_names_what_there_is(void **state)
{
    struct sf_spack_config *config = NULL;
    struct sf_error err;

    (void)state;
    assert_sf_fails(parse(text, "23.02", "noble", "cpu", &config, &err), &err, SF_E_NOT_FOUND,
                    "spack.ini knows no Slurm 23.02; it has 25.11.6, 25.11.10, 24.11.6");
    assert_sf_fails(parse(text, "24.11", "buster", "cpu", &config, &err), &err, SF_E_NOT_FOUND,
                    "knows no toolchain 'buster'; it has noble, jammy. A section");
    assert_sf_fails(parse(text, "24.11", "jammy", "cpu", &config, &err), &err, SF_E_CONFIG,
                    "[toolchain jammy] names no compiler");
    assert_null(config);
}

static void config_with_a_mistake_is_refused_with_its_line(void **state)
{
    static const char *const cases[][2] = {
        {"[repository a]\ncommit = main\n", "spack.ini:2: commit 'main' is not 40 hex digits"},
        {"[repository a]\nbranch = main\n", "[repository] has no key 'branch'"},
        {"[repository a]\ngit = x\ngit = y\n", "spack.ini:3: 'git' stands twice"},
        {"[mirror a]\nkind = both\n", "kind 'both' is neither source nor binary"},
        {"[mirror a]\nkey = x\n", "[mirror] has no key 'key'"},
        {"[versions]\n25.11 = 25-11\n", "'25.11' is no version of Slurm"},
        {"[environment]\ncompiler = gcc@1\n", "[environment] has no key 'compiler'"},
        {"[toolchain noble]\nspec = a\n", "[toolchain] has no key 'spec'"},
        {"[view]\nshow = a\n", "[view] has no key 'show'"},
        {"[site]\nx = a\n", "[site] is no section of this file"},
        {"[site a]\nx = a\n", "[site a] is no section of this file"},
    };
    struct sf_spack_config *config = NULL;
    struct sf_error err;

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        assert_sf_fails(parse(cases[i][0], "25.11", "noble", "cpu", &config, &err), &err,
                        SF_E_CONFIG, cases[i][1]);
    }
    assert_null(config);
}

static void config_with_half_a_remote_is_refused(void **state)
{
    static const char versions[] = "[versions]\n25.11.6 = 1\n[toolchain noble]\ncompiler = gcc@1\n";
    static const char *const cases[][2] = {
        {"[repository a]\ngit = x\n", "[repository a] has no 'commit'"},
        {"[repository a]\ncommit = " COMMIT "\n", "[repository a] has no 'git'"},
        {"[mirror a]\nkind = source\n", "[mirror a] has no 'url'"},
    };
    struct sf_spack_config *config = NULL;
    struct sf_error err;

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char ini[512];

        (void)snprintf(ini, sizeof ini, "%s%s", versions, cases[i][0]);
        assert_sf_fails(parse(ini, "25.11", "noble", "cpu", &config, &err), &err, SF_E_CONFIG,
                        cases[i][1]);
    }
}

static void config_is_read_from_the_first_directory_that_has_it(void **state)
{
    const char *const directories[] = {"/nowhere", *state, NULL};
    const struct sf_spack_wanted wanted = {"24.11", "noble", "cpu"};
    sf_auto(spack_config) struct sf_spack_config *config = NULL;
    struct sf_error err;

    assert_sf_fails(sf_spack_config_read(directories, &wanted, &config, &err), &err, SF_E_NOT_FOUND,
                    SF_SPACK_CONFIG_NAME);
    sf_test_write_file(*state, SF_SPACK_CONFIG_NAME, text);
    assert_sf_ok(sf_spack_config_read(directories, &wanted, &config, &err), &err);
    assert_string_equal(config->version, "24.11.6");
}

static void spec_name_ends_where_the_rest_begins(void **state)
{
    static const char *const cases[][2] = {
        {"hwloc@2: ~gl", "hwloc"}, {"zlib-ng+compat", "zlib-ng"}, {"builtin.slurm@25-11", "slurm"},
        {"munge", "munge"},        {"cuda@13=/usr", "cuda"},      {"x %gcc@13.2.0", "x"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        sf_autofree char *name = sf_spack_spec_name(cases[i][0]);

        assert_string_equal(name, cases[i][1]);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(config_of_a_series_is_its_newest_version),
        cmocka_unit_test(config_of_a_variant_adds_its_own),
        cmocka_unit_test(config_of_the_view_alone_needs_no_release),
        cmocka_unit_test(config_without_what_is_asked_for_names_what_there_is),
        cmocka_unit_test(config_with_a_mistake_is_refused_with_its_line),
        cmocka_unit_test(config_with_half_a_remote_is_refused),
        cmocka_unit_test_setup_teardown(config_is_read_from_the_first_directory_that_has_it,
                                        sf_test_make_directory, sf_test_remove_directory),
        cmocka_unit_test(spec_name_ends_where_the_rest_begins),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
