/* Tests of a release in the making: its time, its places, and that nothing stays behind. */
#include "tests/unit/sf_test.h"

#include "builder/pack/build.h"
#include "common/base/clock.h"

static void assert_epoch(const char *environment, const char *version, const char *expected)
{
    struct sf_error err;
    int64_t time_s = 0;
    char text[SF_CLOCK_TEXT_SIZE];

    assert_sf_ok(sf_build_epoch(environment, version, &time_s, &err), &err);
    sf_clock_format(time_s, text);
    assert_string_equal(text, expected);
}

static void epoch_without_environment_is_the_series(void **state)
{
    (void)state;
    assert_epoch(NULL, "24.11.5", "2024-11-01T00:00:00Z");
    assert_epoch(NULL, "26.05.0rc1", "2026-05-01T00:00:00Z");
}

static void epoch_of_the_environment_is_used(void **state)
{
    (void)state;
    assert_epoch("0", "24.11.5", "1970-01-01T00:00:00Z");
    assert_epoch("1700000000", "24.11.5", "2023-11-14T22:13:20Z");
}

static void epoch_that_is_no_number_is_refused(void **state)
{
    static const char *const cases[] = {"", "-1", "now", "12 ", "99999999999999"};
    struct sf_error err;
    int64_t time_s = 7;

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        assert_sf_fails(sf_build_epoch(cases[i], "24.11.5", &time_s, &err), &err, SF_E_USAGE,
                        "SOURCE_DATE_EPOCH");
        assert_int_equal(time_s, 7);
    }
}

struct places {
    char destdir[256];
    char view[512];
    char repository[512];
};

static const struct sf_release release = {
    .version = "24.11.5", .build = 1, .toolchain = "bookworm", .arch = "amd64", .variant = "cpu"};

static void make_places(const char *directory, struct places *ret)
{
    static const char *const parts[] = {"/opt", "/slurm", "/releases", "/24.11.5-1-bookworm-amd64",
                                        "/view"};
    size_t length = (size_t)snprintf(ret->view, sizeof ret->view, "%s/destdir", directory);

    (void)snprintf(ret->destdir, sizeof ret->destdir, "%s/destdir", directory);
    (void)snprintf(ret->repository, sizeof ret->repository, "%s/repo", directory);
    assert_int_equal(mkdir(ret->view, 0755), 0);
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
        length += (size_t)snprintf(ret->view + length, sizeof ret->view - length, "%s", parts[i]);
        assert_int_equal(mkdir(ret->view, 0755), 0);
    }
}

static void build_of_an_empty_destdir_is_refused(void **state)
{
    struct sf_error err;
    struct places places;
    sf_auto(build) struct sf_build build = {.release = release};

    make_places(*state, &places);
    build.destdir = *state;
    build.repository = places.repository;
    assert_sf_fails(sf_build_open(&build, &err), &err, SF_E_NOT_FOUND, "sf-builder prefix");
    assert_int_equal(access(places.repository, F_OK), -1);
}

static void build_without_slurmd_is_refused(void **state)
{
    struct sf_error err;
    struct places places;
    sf_auto(build) struct sf_build build = {.release = release};

    make_places(*state, &places);
    build.destdir = places.destdir;
    build.repository = places.repository;
    assert_sf_fails(sf_build_open(&build, &err), &err, SF_E_NOT_FOUND,
                    "does not look like an installed Slurm");
    assert_int_equal(access(places.repository, F_OK), -1);
}

static void build_leaves_nothing_in_the_repository(void **state)
{
    struct sf_error err;
    struct places places;
    char path[1024];

    make_places(*state, &places);
    (void)snprintf(path, sizeof path, "%s/sbin", places.view);
    assert_int_equal(mkdir(path, 0755), 0);
    sf_test_write_file(places.view, "sbin/slurmd", "");
    {
        sf_auto(build) struct sf_build build = {
            .release = release, .destdir = places.destdir, .repository = places.repository};

        assert_sf_ok(sf_build_open(&build, &err), &err);
        assert_string_equal(build.id, "24.11.5-1-bookworm-amd64");
        assert_int_equal(strlen(build.slot), SF_PREFIX_SLOT);
        assert_int_equal(access(build.tree_path, W_OK), 0);
        assert_int_equal(rmdir(places.repository), -1);
        assert_true(build.has_made_repository);
        assert_sf_ok(sf_pack_components_add_slurm(&build.components, "24.11.5", &err), &err);
    }
    assert_int_equal(access(places.repository, F_OK), -1);
}

static void build_leaves_a_repository_that_was_there(void **state)
{
    struct sf_error err;
    struct places places;
    char path[1024];

    make_places(*state, &places);
    (void)snprintf(path, sizeof path, "%s/sbin", places.view);
    assert_int_equal(mkdir(path, 0755), 0);
    sf_test_write_file(places.view, "sbin/slurmd", "");
    assert_int_equal(mkdir(places.repository, 0755), 0);
    {
        sf_auto(build) struct sf_build build = {
            .release = release, .destdir = places.destdir, .repository = places.repository};

        assert_sf_ok(sf_build_open(&build, &err), &err);
        assert_false(build.has_made_repository);
    }
    assert_int_equal(rmdir(places.repository), 0);
}

static void build_of_a_bad_release_is_refused(void **state)
{
    struct sf_error err;
    sf_auto(build) struct sf_build build = {.release = release};

    (void)state;
    build.release.arch[0] = '/';
    assert_sf_fails(sf_build_open(&build, &err), &err, SF_E_USAGE, "arch");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(epoch_without_environment_is_the_series),
        cmocka_unit_test(epoch_of_the_environment_is_used),
        cmocka_unit_test(epoch_that_is_no_number_is_refused),
        cmocka_unit_test_setup_teardown(build_of_an_empty_destdir_is_refused,
                                        sf_test_make_directory, sf_test_remove_directory),
        cmocka_unit_test_setup_teardown(build_without_slurmd_is_refused, sf_test_make_directory,
                                        sf_test_remove_directory),
        cmocka_unit_test_setup_teardown(build_leaves_nothing_in_the_repository,
                                        sf_test_make_directory, sf_test_remove_directory),
        cmocka_unit_test_setup_teardown(build_leaves_a_repository_that_was_there,
                                        sf_test_make_directory, sf_test_remove_directory),
        cmocka_unit_test(build_of_a_bad_release_is_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
