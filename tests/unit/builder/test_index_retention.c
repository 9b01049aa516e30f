/* Tests of taking releases out of an index. */
#include "tests/unit/sf_test.h"

#include "builder/repository/index_entries.h"
#include "builder/repository/index_retention.h"
#include "common/base/strlist.h"
#include "common/format/repo_index.h"

/* "25.11.6-1-noble-amd64", a "!" before it when it is withdrawn. */
static struct sf_repo_index *index_of(const char *const *ids)
{
    struct sf_repo_index *index = calloc(1, sizeof *index);
    struct sf_error err;

    assert_non_null(index);
    for (size_t i = 0; ids[i] != NULL; i++) {
        struct sf_index_artifact entry = {.is_yanked = ids[i][0] == '!'};
        const char *id = ids[i] + (entry.is_yanked ? 1 : 0);
        char path[SF_RELEASE_ID_SIZE];

        assert_sf_ok(sf_release_parse(id, &entry.release, &err), &err);
        (void)snprintf(path, sizeof path, "%s", id);
        entry.path = path;
        assert_sf_ok(sf_index_entries_add(index, &entry, &err), &err);
    }
    return index;
}

static void assert_left(const struct sf_repo_index *index, const char *const *ids)
{
    size_t count = 0;

    for (; ids[count] != NULL; count++) {
        assert_non_null(sf_index_entries_find(index, ids[count]));
        assert_false(sf_strlist_has(&index->removed, ids[count]));
    }
    assert_int_equal(index->artifact_count, count);
}

static void keep_counts_each_series_and_kind_apart(void **state)
{
    static const char *const ids[] = {"25.11.6-1-noble-amd64",     "25.11.10-1-noble-amd64",
                                      "25.11.9-1-noble-amd64",     "24.11.5-1-noble-amd64",
                                      "25.11.6-1-jammy-amd64",     "25.11.6-1-noble-arm64",
                                      "25.11.6-1-noble-amd64-gpu", NULL};
    static const char *const left[] = {"25.11.10-1-noble-amd64",    "24.11.5-1-noble-amd64",
                                       "25.11.6-1-jammy-amd64",     "25.11.6-1-noble-arm64",
                                       "25.11.6-1-noble-amd64-gpu", NULL};
    sf_auto(repo_index) struct sf_repo_index *index = index_of(ids);
    struct sf_error err;

    (void)state;
    assert_sf_ok(sf_index_keep_last(index, 1, &err), &err);
    assert_left(index, left);
    assert_int_equal(index->removed.count, 2);
}

static void keep_does_not_count_what_was_withdrawn(void **state)
{
    static const char *const ids[] = {"!25.11.4-1-noble-amd64", "25.11.5-1-noble-amd64",
                                      "25.11.6-1-noble-amd64",  "!25.11.7-1-noble-amd64",
                                      "!26.05.0-1-noble-amd64", NULL};
    static const char *const left[] = {"25.11.6-1-noble-amd64", "25.11.7-1-noble-amd64",
                                       "26.05.0-1-noble-amd64", NULL};
    sf_auto(repo_index) struct sf_repo_index *index = index_of(ids);
    struct sf_error err;

    (void)state;
    assert_sf_ok(sf_index_keep_last(index, 1, &err), &err);
    assert_left(index, left);
}

static void keep_of_more_than_there_are_removes_nothing(void **state)
{
    static const char *const ids[] = {"25.11.6-1-noble-amd64", "25.11.6-2-noble-amd64", NULL};
    sf_auto(repo_index) struct sf_repo_index *index = index_of(ids);
    struct sf_error err;

    (void)state;
    assert_sf_ok(sf_index_keep_last(index, 2, &err), &err);
    assert_left(index, ids);
    assert_int_equal(index->removed.count, 0);
}

static void expired_release_goes_for_each_toolchain(void **state)
{
    static const char *const ids[] = {"25.11.6-1-noble-amd64", "25.11.6-10-noble-amd64",
                                      "25.11.6-1-jammy-amd64", NULL};
    static const char *const left[] = {"25.11.6-10-noble-amd64", NULL};
    sf_auto(repo_index) struct sf_repo_index *index = index_of(ids);
    sf_auto(strlist) struct sf_strlist names = {0};
    struct sf_error err;

    (void)state;
    assert_sf_ok(sf_strlist_add(&names, "25.11.6-1", &err), &err);
    assert_sf_ok(sf_strlist_add(&names, "23.02.1-1", &err), &err);
    assert_sf_ok(sf_index_expire(index, &names, &err), &err);
    assert_left(index, left);
    assert_int_equal(index->removed.count, 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(keep_counts_each_series_and_kind_apart),
        cmocka_unit_test(keep_does_not_count_what_was_withdrawn),
        cmocka_unit_test(keep_of_more_than_there_are_removes_nothing),
        cmocka_unit_test(expired_release_goes_for_each_toolchain),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
