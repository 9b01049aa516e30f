/* Strings: safe to print, replaced, trimmed. */
#include "common/base/str.h"

#include "tests/unit/sf_test.h"

static void printable_control_and_invalid_bytes_are_shown_as_hex(void **state)
{
    static const struct {
        const char *text;
        const char *shown;
    } cases[] = {
        {"", ""},
        {"plain f\xc3\xbcr \xe2\x82\xac \xf0\x9f\x90\xa7", "plain f\xc3\xbcr \xe2\x82\xac "
                                                           "\xf0\x9f\x90\xa7"},
        {"\x1b[2J", "\\x1b[2J"},
        {"a\nb\tc\x7f", "a\\x0ab\\x09c\\x7f"},
        {"\xc2\x9b"
         "31m",
         "\\xc2\\x9b31m"},
        {"\xff\xfe", "\\xff\\xfe"},
        {"\xc3", "\\xc3"},
        {"\xe2\x82", "\\xe2\\x82"},
        {"\xc0\xaf", "\\xc0\\xaf"},
        {"\xed\xa0\x80", "\\xed\\xa0\\x80"},
        {"\xf4\x90\x80\x80", "\\xf4\\x90\\x80\\x80"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        sf_autofree char *shown = sf_str_printable(cases[i].text);

        assert_string_equal(shown, cases[i].shown);
    }
}

static void utf8_only_shortest_forms_are_valid(void **state)
{
    (void)state;
    assert_true(sf_str_is_utf8("", 0));
    assert_true(sf_str_is_utf8("a\0b", 3));
    assert_true(sf_str_is_utf8("\xf4\x8f\xbf\xbf", 4));
    assert_false(sf_str_is_utf8("\xf4\x90\x80\x80", 4));
    assert_false(sf_str_is_utf8("\xc1\x81", 2));
    assert_false(sf_str_is_utf8("\xe0\x80\xaf", 3));
    assert_false(sf_str_is_utf8("\xf0\x80\x80\xaf", 4));
    assert_false(sf_str_is_utf8("\x80", 1));
    assert_false(sf_str_is_utf8("\xc3\xbc", 1));
    assert_false(sf_str_is_utf8("\xf5\x80\x80\x80", 4));
}

static void replace_shorter_longer_and_none_is_right(void **state)
{
    size_t length = 0;
    sf_autofree char *longer = sf_str_replace("a-b-", 4, "-", "<->", &length);
    sf_autofree char *shorter = sf_str_replace("xxaxx", 5, "xx", "", &length);
    sf_autofree char *none = sf_str_replace("abc", 3, "z", "y", &length);
    sf_autofree char *with_nul = sf_str_replace("a\0a", 3, "a", "bb", &length);

    (void)state;
    assert_string_equal(longer, "a<->b<->");
    assert_string_equal(shorter, "a");
    assert_string_equal(none, "abc");
    assert_int_equal(length, 5);
    assert_memory_equal(with_nul, "bb\0bb", 6);
}

static void affixes_are_compared_whole(void **state)
{
    (void)state;
    assert_true(sf_str_has_prefix("abc", "ab"));
    assert_false(sf_str_has_prefix("a", "ab"));
    assert_true(sf_str_has_suffix("abc", "bc"));
    assert_true(sf_str_has_suffix("abc", ""));
    assert_false(sf_str_has_suffix("c", "bc"));
    assert_true(sf_str_is_equal("a", "a"));
    assert_false(sf_str_is_equal("a", "A"));
}

static void trim_removes_white_space_at_both_ends(void **state)
{
    char text[] = " \t a b \r\n";
    char blank[] = " \n";
    sf_autofree char *formatted = sf_str_format("%s-%d", "a", 7);

    (void)state;
    assert_string_equal(sf_str_trim(text), "a b");
    assert_string_equal(sf_str_trim(blank), "");
    assert_string_equal(formatted, "a-7");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(printable_control_and_invalid_bytes_are_shown_as_hex),
        cmocka_unit_test(utf8_only_shortest_forms_are_valid),
        cmocka_unit_test(replace_shorter_longer_and_none_is_right),
        cmocka_unit_test(affixes_are_compared_whole),
        cmocka_unit_test(trim_removes_white_space_at_both_ends),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
