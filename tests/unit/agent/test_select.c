/* Which artifact is chosen, and what is said when there is none. */
#include "tests/unit/sf_test.h"

#include "agent/facts.h"
#include "agent/select.h"

#define RELEASE(v, b, t, a)                                                                        \
    {                                                                                              \
        .version = v, .build = b, .toolchain = t, .arch = a, .variant = "cpu"                      \
    }

static char repository[] = "site";

static struct sf_index_artifact artifacts[] = {
    {.release = RELEASE("24.11.5", 1, "noble", "amd64"), .glibc = "2.39", .cpu_level = "x86-64-v1"},
    {.release = RELEASE("25.11.6", 1, "noble", "amd64"), .glibc = "2.39", .cpu_level = "x86-64-v1"},
    {.release = RELEASE("25.11.6", 2, "noble", "amd64"), .glibc = "2.39", .cpu_level = "x86-64-v1"},
    {.release = RELEASE("25.11.10", 1, "noble", "amd64"),
     .glibc = "2.39",
     .cpu_level = "x86-64-v1",
     .is_yanked = true},
    {.release = RELEASE("26.05.1", 1, "noble", "amd64"), .glibc = "2.42", .cpu_level = "x86-64-v1"},
    {.release = RELEASE("23.11.1", 1, "noble", "amd64"), .glibc = "2.39", .cpu_level = "x86-64-v4"},
    {.release = RELEASE("25.05.1", 1, "jammy", "amd64"), .glibc = "2.35", .cpu_level = "x86-64-v1"},
    {.release = RELEASE("25.05.2", 1, "noble", "arm64"), .glibc = "2.39", .cpu_level = "aarch64"},
};

static struct sf_repo_index index_of_all(void)
{
    return (struct sf_repo_index){.repository = repository,
                                  .artifacts = artifacts,
                                  .artifact_count = sizeof artifacts / sizeof *artifacts};
}

static const struct sf_facts node = {
    .glibc = "2.39", .arch = "amd64", .cpu_level = "x86-64-v3", .toolchain = "noble"};

static int choose(const struct sf_repo_index *index, const char *text,
                  const struct sf_index_artifact **ret, struct sf_error *err)
{
    struct sf_wanted wanted;
    int r = sf_wanted_parse(text, &wanted, err);

    return r < 0 ? r : sf_select_artifact(index, &wanted, &node, "cpu", ret, err);
}

static void series_chooses_its_newest_build_that_is_not_yanked(void **state)
{
    struct sf_repo_index index = index_of_all();
    const struct sf_index_artifact *found = NULL;
    struct sf_error err;

    (void)state;
    assert_sf_ok(choose(&index, "25.11", &found, &err), &err);
    assert_string_equal(found->release.version, "25.11.6");
    assert_int_equal(found->release.build, 2);
}

static void series_table_of_the_index_decides_over_newest(void **state)
{
    struct sf_series series = {.series = "25.11", .version = "25.11.6-1"};
    struct sf_repo_index index = index_of_all();
    const struct sf_index_artifact *found = NULL;
    struct sf_error err;

    (void)state;
    index.series = &series;
    index.series_count = 1;
    assert_sf_ok(choose(&index, "25.11", &found, &err), &err);
    assert_int_equal(found->release.build, 1);
}

static void yanked_release_is_chosen_only_when_named_to_the_build(void **state)
{
    struct sf_repo_index index = index_of_all();
    const struct sf_index_artifact *found = NULL;
    struct sf_error err;

    (void)state;
    assert_sf_fails(choose(&index, "25.11.10", &found, &err), &err, SF_E_NOT_FOUND,
                    "was withdrawn");
    assert_sf_ok(choose(&index, "25.11.10-1", &found, &err), &err);
    assert_true(found->is_yanked);
}

static void unknown_series_lists_what_there_is_for_the_node(void **state)
{
    struct sf_repo_index index = index_of_all();
    const struct sf_index_artifact *found = NULL;
    struct sf_error err;

    (void)state;
    assert_sf_fails(choose(&index, "22.05", &found, &err), &err, SF_E_NOT_FOUND,
                    "it has: 23.11.1-1, 24.11.5-1, 25.11.6-1, 25.11.6-2, 26.05.1-1");
    assert_null(strstr(err.message, "25.05"));
    assert_null(found);
}

static void release_for_another_toolchain_says_for_which(void **state)
{
    struct sf_repo_index index = index_of_all();
    const struct sf_index_artifact *found = NULL;
    struct sf_error err;

    (void)state;
    assert_sf_fails(choose(&index, "25.05.1", &found, &err), &err, SF_E_INCOMPATIBLE,
                    "not for this node's toolchain");
    assert_non_null(strstr(err.message, "jammy/amd64/cpu"));
}

static void release_for_another_architecture_says_for_which(void **state)
{
    struct sf_repo_index index = index_of_all();
    const struct sf_index_artifact *found = NULL;
    struct sf_error err;

    (void)state;
    assert_sf_fails(choose(&index, "25.05.2", &found, &err), &err, SF_E_INCOMPATIBLE,
                    "not for this node's architecture");
    assert_non_null(strstr(err.message, "noble/arm64/cpu"));
}

static void release_that_needs_newer_glibc_is_refused(void **state)
{
    struct sf_repo_index index = index_of_all();
    const struct sf_index_artifact *found = NULL;
    struct sf_error err;

    (void)state;
    assert_sf_fails(choose(&index, "26.05", &found, &err), &err, SF_E_INCOMPATIBLE,
                    "needs glibc 2.42, this node has 2.39");
}

static void release_that_needs_newer_cpu_is_refused(void **state)
{
    struct sf_repo_index index = index_of_all();
    const struct sf_index_artifact *found = NULL;
    struct sf_error err;

    (void)state;
    assert_sf_fails(choose(&index, "23.11", &found, &err), &err, SF_E_INCOMPATIBLE,
                    "needs a CPU of level x86-64-v4, this one is x86-64-v3");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(series_chooses_its_newest_build_that_is_not_yanked),
        cmocka_unit_test(series_table_of_the_index_decides_over_newest),
        cmocka_unit_test(yanked_release_is_chosen_only_when_named_to_the_build),
        cmocka_unit_test(unknown_series_lists_what_there_is_for_the_node),
        cmocka_unit_test(release_for_another_toolchain_says_for_which),
        cmocka_unit_test(release_for_another_architecture_says_for_which),
        cmocka_unit_test(release_that_needs_newer_glibc_is_refused),
        cmocka_unit_test(release_that_needs_newer_cpu_is_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
