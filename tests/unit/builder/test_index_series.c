/* Tests of what a series means. */
#include "tests/unit/sf_test.h"

#include "builder/repository/index_series.h"
#include "common/format/repo_index.h"

static struct sf_index_artifact artifact(const char *version, uint32_t build, bool is_yanked)
{
    struct sf_index_artifact made = {.is_yanked = is_yanked};

    (void)snprintf(made.release.version, sizeof made.release.version, "%s", version);
    made.release.build = build;
    return made;
}

static void series_is_the_newest_release_by_number(void **state)
{
    struct sf_error err;
    struct sf_index_artifact artifacts[] = {
        artifact("25.11.9", 1, false),  artifact("25.11.10", 1, false),
        artifact("24.11.5", 2, false),  artifact("24.11.5", 1, false),
        artifact("25.11.10", 1, false),
    };
    struct sf_repo_index index = {.artifacts = artifacts,
                                  .artifact_count = sizeof artifacts / sizeof *artifacts};

    (void)state;
    assert_sf_ok(sf_index_set_series(&index, &err), &err);
    assert_int_equal(index.series_count, 2);
    assert_string_equal(index.series[0].series, "24.11");
    assert_string_equal(index.series[0].version, "24.11.5-2");
    assert_string_equal(index.series[1].series, "25.11");
    assert_string_equal(index.series[1].version, "25.11.10-1");
    free(index.series);
}

static void series_passes_over_what_was_withdrawn(void **state)
{
    struct sf_error err;
    struct sf_index_artifact artifacts[] = {
        artifact("25.11.6", 1, false),
        artifact("25.11.7", 1, true),
        artifact("26.05.0", 1, true),
    };
    struct sf_repo_index index = {.artifacts = artifacts,
                                  .artifact_count = sizeof artifacts / sizeof *artifacts};

    (void)state;
    assert_sf_ok(sf_index_set_series(&index, &err), &err);
    assert_int_equal(index.series_count, 1);
    assert_string_equal(index.series[0].version, "25.11.6-1");
    free(index.series);
}

static void series_prefers_a_release_to_its_candidates(void **state)
{
    struct sf_error err;
    struct sf_index_artifact artifacts[] = {
        artifact("26.05.0", 1, false),
        artifact("26.05.0rc1", 3, false),
    };
    struct sf_repo_index index = {.artifacts = artifacts, .artifact_count = 2};

    (void)state;
    assert_sf_ok(sf_index_set_series(&index, &err), &err);
    assert_string_equal(index.series[0].version, "26.05.0-1");
    free(index.series);
}

static void series_of_nothing_are_none(void **state)
{
    struct sf_error err;
    struct sf_repo_index index = {0};

    (void)state;
    assert_sf_ok(sf_index_set_series(&index, &err), &err);
    assert_int_equal(index.series_count, 0);
    free(index.series);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(series_is_the_newest_release_by_number),
        cmocka_unit_test(series_passes_over_what_was_withdrawn),
        cmocka_unit_test(series_prefers_a_release_to_its_candidates),
        cmocka_unit_test(series_of_nothing_are_none),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
