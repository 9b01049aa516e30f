/* Strings: built, compared, made safe to print. */
#include "common/base/str.h"

#include "tests/unit/sf_test.h"

static void str_format_makes_a_string(void **state)
{
    (void)state;
    sf_autofree char *text = sf_str_format("%s-%d", "a", 1);

    assert_string_equal(text, "a-1");
}

static void str_ends_are_compared_exactly(void **state)
{
    (void)state;
    assert_true(sf_str_is_equal("a", "a"));
    assert_false(sf_str_is_equal("a", "ab"));
    assert_true(sf_str_has_prefix("abc", "ab"));
    assert_true(sf_str_has_prefix("abc", ""));
    assert_false(sf_str_has_prefix("ab", "abc"));
    assert_true(sf_str_has_suffix("abc", "bc"));
    assert_true(sf_str_has_suffix("abc", "abc"));
    assert_false(sf_str_has_suffix("bc", "abc"));
    assert_false(sf_str_has_suffix("abd", "bc"));
}

static void str_from_outside_is_made_printable(void **state)
{
    static const struct {
        const char *text;
        const char *printable;
    } rows[] = {
        {"plain text", "plain text"},
        {"f\xc3\xbcr \xf0\x9f\x98\x80", "f\xc3\xbcr \xf0\x9f\x98\x80"},
        {"a\nb\tc\x7f", "a\\x0ab\\x09c\\x7f"},
        {"\x1b[31m", "\\x1b[31m"},
        {"\xc2\x9b"
         "31m",
         "\\xc2\\x9b31m"}, /* the one-character form of ESC [ */
        {"\xff\xfe", "\\xff\\xfe"},
        {"\xc3", "\\xc3"},
        {"", ""},
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        sf_autofree char *text = sf_str_printable(rows[i].text);

        assert_string_equal(text, rows[i].printable);
    }
}

static void str_utf8_is_taken_as_rfc_3629_says(void **state)
{
    static const char *const good[] = {"",
                                       "a",
                                       "\xc2\x80",
                                       "\xe0\xa0\x80",
                                       "\xed\x9f\xbf",
                                       "\xee\x80\x80",
                                       "\xf0\x90\x80\x80",
                                       "\xf4\x8f\xbf\xbf"};
    static const char *const bad[] = {"\x80",
                                      "\xc3",
                                      "\xc0\xaf",
                                      "\xe0\x9f\xbf",
                                      "\xed\xa0\x80",
                                      "\xf0\x8f\xbf\xbf",
                                      "\xf4\x90\x80\x80",
                                      "\xf8\x88\x80\x80\x80",
                                      "\xe2\x82",
                                      "\xe2\x28\xa1"};

    (void)state;
    for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
        assert_true(sf_str_is_utf8(good[i], strlen(good[i])));
    }
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        assert_false(sf_str_is_utf8(bad[i], strlen(bad[i])));
    }
    /* The length counts, not the NUL: a sequence is not read past it. */
    assert_false(sf_str_is_utf8("\xc3\xbc", 1));
    assert_true(sf_str_is_utf8("a\0b", 3));
}

static void str_replace_changes_each_occurrence(void **state)
{
    static const struct {
        const char *text;
        const char *from;
        const char *to;
        const char *result;
    } rows[] = {
        {"/a/b:/a/c", "/a", "/long", "/long/b:/long/c"},
        {"aaa", "a", "", ""},
        {"aaaa", "aa", "a", "aa"},
        {"none", "x", "y", "none"},
        {"", "x", "y", ""},
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        size_t length = 0;
        sf_autofree char *text =
            sf_str_replace(rows[i].text, strlen(rows[i].text), rows[i].from, rows[i].to, &length);

        assert_string_equal(text, rows[i].result);
        assert_int_equal(length, strlen(rows[i].result));
    }
}

static void str_replace_goes_on_after_a_nul(void **state)
{
    size_t length = 0;

    (void)state;
    sf_autofree char *text = sf_str_replace("x\0x", 3, "x", "yz", &length);

    assert_int_equal(length, 5);
    assert_memory_equal(text, "yz\0yz", 6);
}

static void str_trim_takes_white_space_from_both_ends(void **state)
{
    char text[] = " \t a b \r\n";
    char blank[] = "  ";

    (void)state;
    assert_string_equal(sf_str_trim(text), "a b");
    assert_string_equal(sf_str_trim(blank), "");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(str_format_makes_a_string),
        cmocka_unit_test(str_ends_are_compared_exactly),
        cmocka_unit_test(str_from_outside_is_made_printable),
        cmocka_unit_test(str_utf8_is_taken_as_rfc_3629_says),
        cmocka_unit_test(str_replace_changes_each_occurrence),
        cmocka_unit_test(str_replace_goes_on_after_a_nul),
        cmocka_unit_test(str_trim_takes_white_space_from_both_ends),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
