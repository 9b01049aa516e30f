/* Tests of what a pack takes for granted. */
#include "tests/unit/sf_test.h"

#include "builder/pack/build.h"
#include "builder/pack/pack.h"

static void defaults_are_the_toolchain_s(void **state)
{
    struct sf_error err;
    sf_auto(build) struct sf_build build = {.release = {.toolchain = "noble", .arch = "amd64"}};

    (void)state;
    assert_sf_ok(sf_pack_defaults(&build, &err), &err);
    assert_string_equal(build.glibc_ceiling, "2.39");
    assert_string_equal(build.cpu_level, "x86-64-v1");
    assert_int_equal(build.level, SF_PACK_LEVEL);
    assert_true(sf_strlist_has(&build.host_libraries, "libpam*.so.*"));
}

static void defaults_leave_what_was_said(void **state)
{
    struct sf_error err;
    sf_auto(build) struct sf_build build = {
        .release = {.toolchain = "noble", .arch = "arm64"}, .glibc_ceiling = "2.17", .level = 3};

    (void)state;
    assert_sf_ok(sf_strlist_add(&build.host_libraries, "libown.so.*", &err), &err);
    assert_sf_ok(sf_pack_defaults(&build, &err), &err);
    assert_string_equal(build.glibc_ceiling, "2.17");
    assert_string_equal(build.cpu_level, "aarch64");
    assert_int_equal(build.level, 3);
    assert_true(sf_strlist_has(&build.host_libraries, "libown.so.*"));
}

static void defaults_of_an_unknown_toolchain_need_its_place(void **state)
{
    struct sf_error err;
    sf_auto(build) struct sf_build build = {.release = {.toolchain = "unheardof", .arch = "amd64"},
                                            .place_root = "/nonexistent/root"};

    (void)state;
    assert_sf_fails(sf_pack_defaults(&build, &err), &err, SF_E_NOT_FOUND, "/nonexistent/root");
}

static void signer_without_a_key_is_refused_before_the_work(void **state)
{
    struct sf_error err;
    sf_auto(build) struct sf_build build = {.release = {.version = "24.11.5",
                                                        .build = 1,
                                                        .toolchain = "noble",
                                                        .arch = "amd64",
                                                        .variant = "cpu"},
                                            .signer = "no fingerprint"};
    char path[1024];
    size_t length = (size_t)snprintf(path, sizeof path, "%s", (const char *)*state);
    static const char *const parts[] = {"opt",  "slurm", "releases", "24.11.5-1-noble-amd64",
                                        "view", "sbin"};
    sf_autofree char *repository = NULL;

    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
        length += (size_t)snprintf(path + length, sizeof path - length, "/%s", parts[i]);
        assert_int_equal(mkdir(path, 0755), 0);
    }
    sf_test_write_file(path, "slurmd", "");
    assert_true(asprintf(&repository, "%s/repo", (const char *)*state) > 0);
    build.destdir = *state;
    build.repository = repository;
    assert_sf_fails(sf_pack_run(&build, NULL, NULL, &err), &err, SF_E_USAGE, "full fingerprint");
    assert_non_null(strstr(err.message, "packing 24.11.5-1-noble-amd64: "));
    sf_build_done(&build);
    assert_int_equal(access(repository, F_OK), -1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(defaults_are_the_toolchain_s),
        cmocka_unit_test(defaults_leave_what_was_said),
        cmocka_unit_test(defaults_of_an_unknown_toolchain_need_its_place),
        cmocka_unit_test_setup_teardown(signer_without_a_key_is_refused_before_the_work,
                                        sf_test_make_directory, sf_test_remove_directory),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
