/* The index as it is written: readable again, in one order. */
#include "common/format/repo_index.h"

#include "tests/unit/failing_malloc.h"
#include "tests/unit/format/index_text.h"

static void dump_parsed_again_is_the_same(void **state)
{
    sf_auto(repo_index) struct sf_repo_index *index = index_parsed("", "");
    sf_auto(repo_index) struct sf_repo_index *again = NULL;
    sf_autofree char *text = sf_repo_index_dump(index);
    struct sf_error err = {0};

    (void)state;
    assert_sf_ok(sf_repo_index_parse(text, strlen(text), &again, &err), &err);
    sf_autofree char *text_again = sf_repo_index_dump(again);

    assert_string_equal(text, text_again);
    assert_int_equal(again->serial, 7);
    assert_int_equal(again->rollout.not_before_s, index->rollout.not_before_s);
    assert_string_equal(sf_repo_index_series(again, "25.11"), "25.11.6-1");
    assert_true(again->artifacts[0].size_bytes == 5100000000ULL);
}

static void dump_of_artifacts_in_any_order_is_sorted(void **state)
{
    sf_auto(repo_index) struct sf_repo_index *index = index_parsed("", "");
    sf_autofree char *text = sf_repo_index_dump(index);
    struct sf_index_artifact first = index->artifacts[0];

    (void)state;
    index->artifacts[0] = index->artifacts[1];
    index->artifacts[1] = first;
    sf_autofree char *shuffled = sf_repo_index_dump(index);

    assert_string_equal(text, shuffled);
    assert_true(strstr(text, "25.11.6\"") < strstr(text, "25.11.10\""));
}

static void dump_without_start_has_none(void **state)
{
    sf_auto(repo_index) struct sf_repo_index *index = index_parsed("", "");

    (void)state;
    index->rollout.not_before_s = 0;
    sf_autofree char *text = sf_repo_index_dump(index);

    assert_null(strstr(text, "not_before"));
}

static void dump_names_what_was_taken_out(void **state)
{
    sf_auto(repo_index) struct sf_repo_index *index = index_parsed("", "");
    sf_auto(repo_index) struct sf_repo_index *again = NULL;
    sf_autofree char *without = sf_repo_index_dump(index);
    struct sf_error err = {0};

    (void)state;
    assert_null(strstr(without, "removed"));
    assert_sf_ok(sf_strlist_add(&index->removed, "noble/x", &err), &err);
    sf_autofree char *text = sf_repo_index_dump(index);

    assert_sf_ok(sf_repo_index_parse(text, strlen(text), &again, &err), &err);
    assert_int_equal(again->removed.count, 1);
    assert_string_equal(again->removed.items[0], "noble/x");
}

static int trip_index(char **ret_text, struct sf_error *err)
{
    sf_auto(repo_index) struct sf_repo_index *index = NULL;
    int r = sf_repo_index_parse(INDEX_TEXT, strlen(INDEX_TEXT), &index, err);

    if (r < 0) {
        return r;
    }
    *ret_text = sf_repo_index_dump(index);
    return *ret_text == NULL ? sf_error_no_memory(err) : 0;
}

static void index_each_allocation_failing_is_told(void **state)
{
    (void)state;
    assert_each_failure_is_told(trip_index);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(dump_parsed_again_is_the_same),
        cmocka_unit_test(dump_of_artifacts_in_any_order_is_sorted),
        cmocka_unit_test(dump_without_start_has_none),
        cmocka_unit_test(dump_names_what_was_taken_out),
        cmocka_unit_test(index_each_allocation_failing_is_told),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
