/* A list that owns its strings. */
#include "common/base/strlist.h"

#include "tests/unit/sf_test.h"

static void list_grown_sorted_and_joined_holds_all(void **state)
{
    sf_auto(strlist) struct sf_strlist list = {0};
    struct sf_error err = {0};
    char text[8];

    (void)state;
    for (int i = 99; i >= 0; i--) {
        (void)snprintf(text, sizeof text, "i%02d", i);
        assert_sf_ok(sf_strlist_add(&list, text, &err), &err);
    }
    sf_strlist_sort(&list);
    assert_int_equal(list.count, 100);
    assert_string_equal(list.items[0], "i00");
    assert_string_equal(list.items[99], "i99");
    assert_true(sf_strlist_has(&list, "i42"));
    assert_false(sf_strlist_has(&list, "i4"));
    sf_autofree char *joined = sf_strlist_join(&list, ", ");

    assert_int_equal(strlen(joined), 100 * 3 + 99 * 2);
    assert_memory_equal(joined, "i00, i01, ", 10);
}

static void list_empty_joins_to_nothing_and_is_reusable(void **state)
{
    struct sf_strlist list = {0};
    struct sf_error err = {0};
    sf_autofree char *joined = sf_strlist_join(&list, ",");

    (void)state;
    assert_string_equal(joined, "");
    sf_strlist_sort(&list);
    assert_sf_ok(sf_strlist_add(&list, "x", &err), &err);
    sf_strlist_done(&list);
    assert_int_equal(list.count, 0);
    assert_sf_ok(sf_strlist_add(&list, "y", &err), &err);
    assert_string_equal(list.items[0], "y");
    sf_strlist_done(&list);
}

static void list_words_are_split_at_any_white_space(void **state)
{
    sf_auto(strlist) struct sf_strlist list = {0};
    struct sf_error err = {0};

    (void)state;
    assert_sf_ok(sf_strlist_add_words(&list, "  a\tbc\r\n d ", &err), &err);
    assert_sf_ok(sf_strlist_add_words(&list, "", &err), &err);
    assert_sf_ok(sf_strlist_add_words(&list, " \n", &err), &err);
    sf_autofree char *joined = sf_strlist_join(&list, "|");

    assert_string_equal(joined, "a|bc|d");
}

static void list_take_of_null_is_out_of_memory(void **state)
{
    sf_auto(strlist) struct sf_strlist list = {0};
    struct sf_error err = {0};

    (void)state;
    assert_sf_fails(sf_strlist_take(&list, NULL, &err), &err, SF_E_NO_MEMORY, "out of memory");
    assert_int_equal(list.count, 0);
}

static void list_added_to_another_is_copied_behind_it(void **state)
{
    sf_auto(strlist) struct sf_strlist list = {0};
    sf_auto(strlist) struct sf_strlist from = {0};
    struct sf_error err;

    (void)state;
    assert_sf_ok(sf_strlist_add_words(&list, "a", &err), &err);
    assert_sf_ok(sf_strlist_add_words(&from, "c b", &err), &err);
    assert_sf_ok(sf_strlist_add_all(&list, &from, &err), &err);
    sf_strlist_done(&from);
    assert_sf_ok(sf_strlist_add_all(&list, &from, &err), &err);

    sf_autofree char *joined = sf_strlist_join(&list, "|");

    assert_string_equal(joined, "a|c|b");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(list_grown_sorted_and_joined_holds_all),
        cmocka_unit_test(list_empty_joins_to_nothing_and_is_reusable),
        cmocka_unit_test(list_words_are_split_at_any_white_space),
        cmocka_unit_test(list_take_of_null_is_out_of_memory),
        cmocka_unit_test(list_added_to_another_is_copied_behind_it),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
