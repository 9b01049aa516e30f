/* A growing list of strings that owns its items. */
#include "common/base/strlist.h"

#include "tests/unit/sf_test.h"

static void strlist_grows_and_keeps_copies(void **state)
{
    sf_auto(strlist) struct sf_strlist list = {0};
    struct sf_error err;

    (void)state;
    for (int i = 0; i < 100; i++) {
        char name[16];

        (void)snprintf(name, sizeof name, "n%d", i);
        assert_sf_ok(sf_strlist_add(&list, name, &err), &err);
    }
    assert_int_equal(list.count, 100);
    assert_string_equal(list.items[0], "n0");
    assert_string_equal(list.items[99], "n99");
    assert_true(sf_strlist_has(&list, "n42"));
    assert_false(sf_strlist_has(&list, "n"));
}

static void strlist_takes_null_as_out_of_memory(void **state)
{
    sf_auto(strlist) struct sf_strlist list = {0};
    struct sf_error err;

    (void)state;
    assert_sf_fails(sf_strlist_take(&list, NULL, &err), &err, SF_E_NO_MEMORY, "out of memory");
    assert_int_equal(list.count, 0);
}

static void strlist_sorts_by_byte(void **state)
{
    sf_auto(strlist) struct sf_strlist list = {0};
    struct sf_error err;

    (void)state;
    sf_strlist_sort(&list);
    assert_sf_ok(sf_strlist_add_words(&list, "b B \xc3\xa4 a ab", &err), &err);
    sf_strlist_sort(&list);
    sf_autofree char *text = sf_strlist_join(&list, ",");

    assert_string_equal(text, "B,a,ab,b,\xc3\xa4");
}

static void strlist_words_are_split_at_white_space(void **state)
{
    sf_auto(strlist) struct sf_strlist list = {0};
    struct sf_error err;

    (void)state;
    assert_sf_ok(sf_strlist_add_words(&list, "  a\tbc \n d", &err), &err);
    assert_sf_ok(sf_strlist_add_words(&list, "  ", &err), &err);
    assert_sf_ok(sf_strlist_add_words(&list, "", &err), &err);
    sf_autofree char *text = sf_strlist_join(&list, ", ");

    assert_string_equal(text, "a, bc, d");
}

static void strlist_done_is_empty_and_usable(void **state)
{
    struct sf_strlist list = {0};
    struct sf_error err;

    (void)state;
    assert_sf_ok(sf_strlist_add(&list, "a", &err), &err);
    sf_strlist_done(&list);
    assert_int_equal(list.count, 0);
    sf_autofree char *text = sf_strlist_join(&list, ",");

    assert_string_equal(text, "");
    assert_sf_ok(sf_strlist_add(&list, "b", &err), &err);
    assert_string_equal(list.items[0], "b");
    sf_strlist_done(&list);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(strlist_grows_and_keeps_copies),
        cmocka_unit_test(strlist_takes_null_as_out_of_memory),
        cmocka_unit_test(strlist_sorts_by_byte),
        cmocka_unit_test(strlist_words_are_split_at_white_space),
        cmocka_unit_test(strlist_done_is_empty_and_usable),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
