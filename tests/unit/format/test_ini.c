/* INI text: what is handed over, and what inih alone would cut, join or let pass. */
#include "common/format/ini.h"

#include "tests/unit/sf_test.h"

#include "common/base/str.h"

/* Everything that was handed over, as "section|key|value" lines. */
struct seen {
    char text[4096];
    const char *refused_key;
};

static int note(void *context, const char *section, const char *key, const char *value,
                struct sf_error *err)
{
    struct seen *seen = context;
    size_t used = strlen(seen->text);

    if (seen->refused_key != NULL && sf_str_is_equal(key, seen->refused_key)) {
        return sf_error_set(err, SF_E_NOT_FOUND, "no '%s' today", key);
    }
    (void)snprintf(seen->text + used, sizeof seen->text - used, "%s|%s|%s\n", section, key, value);
    return 0;
}

static void assert_reads(const char *text, const char *expected)
{
    struct seen seen = {.refused_key = NULL};
    struct sf_error err = {0};

    assert_sf_ok(sf_ini_read("a.ini", text, note, &seen, &err), &err);
    assert_string_equal(seen.text, expected);
}

static void assert_fails(const char *text, const char *fragment)
{
    struct seen seen = {.refused_key = NULL};
    struct sf_error err = {0};

    assert_sf_fails(sf_ini_read("a.ini", text, note, &seen, &err), &err, SF_E_CONFIG, fragment);
}

static void ini_keys_are_handed_over_in_order_with_their_section(void **state)
{
    (void)state;
    assert_reads("", "");
    assert_reads(
        "\xef\xbb\xbf# comment\na = 1\n[s one]\r\n b=x = y ; why\nb: 2\n[t]\nb =\n[s one]\nc=3",
        "|a|1\ns one|b|x = y\ns one|b|2\nt|b|\ns one|c|3\n");
    assert_reads("[s]\nurl = https://a/b;c#d\n", "s|url|https://a/b;c#d\n");
}

static void ini_indented_line_is_a_line_of_its_own(void **state)
{
    (void)state;
    assert_reads("[s]\na = 1\n\tb = 2\n", "s|a|1\ns|b|2\n");
    assert_fails("[s]\na = 1\n  2\n", "a.ini:3: neither 'key = value'");
}

static void ini_line_that_reads_differently_than_it_looks_is_refused(void **state)
{
    (void)state;
    assert_fails("[s]\na\n", "a.ini:2: neither 'key = value' nor a [section] nor a comment");
    assert_fails("[s\na = 1\n", "a.ini:1: neither");
    assert_fails("[s] a = 1\n", "a.ini:1: there is text behind the section's name");
    assert_fails("[s]\na = \x1b[2J\n", "a.ini:2: the line holds a control character");
    assert_fails("a = 1\rb = 2\n", "a.ini:1: the line holds a control character");
    assert_fails("\n\na = \xff\n", "a.ini:3: the line is not UTF-8");
}

static void ini_name_or_line_at_the_limit_is_whole_and_longer_is_refused(void **state)
{
    char section[50] = "";
    char line[199] = "";
    char value[195] = "";

    (void)state;
    memset(section, 's', sizeof section - 1);
    sf_autofree char *whole = sf_str_format("[%s]\na = 1\n", section);
    sf_autofree char *cut = sf_str_format("[%ss]\na = 1\n", section);
    sf_autofree char *seen = sf_str_format("%s|a|1\n", section);

    assert_reads(whole, seen);
    assert_fails(cut, "a.ini:1: the section's name is longer than 49 bytes");

    memset(value, 'v', sizeof value - 1);
    (void)snprintf(line, sizeof line, "a = %s", value);
    sf_autofree char *value_seen = sf_str_format("|a|%s\n", value);
    sf_autofree char *longer = sf_str_format("\n%sv\n", line);

    assert_int_equal(strlen(line), 198);
    assert_reads(line, value_seen);
    assert_fails(longer, "a.ini:2: the line is longer than 198 bytes");
}

static void ini_refusal_of_the_handler_keeps_its_code_and_ends_the_reading(void **state)
{
    struct seen seen = {.refused_key = "b"};
    struct sf_error err = {0};

    (void)state;
    assert_sf_fails(sf_ini_read("a.ini", "a = 1\nb = 2\nc = 3\n\xff\n", note, &seen, &err), &err,
                    SF_E_NOT_FOUND, "a.ini:2: no 'b' today");
    assert_string_equal(seen.text, "|a|1\n");
}

static void ini_too_large_is_refused(void **state)
{
    sf_autofree char *large = malloc(SF_INI_MAX_BYTES + 2);

    (void)state;
    assert_non_null(large);
    memset(large, '\n', SF_INI_MAX_BYTES + 1);
    large[SF_INI_MAX_BYTES] = '\0';
    assert_reads(large, "");
    large[SF_INI_MAX_BYTES] = '\n';
    large[SF_INI_MAX_BYTES + 1] = '\0';
    assert_fails(large, "a.ini: larger than 1048576 bytes");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(ini_keys_are_handed_over_in_order_with_their_section),
        cmocka_unit_test(ini_indented_line_is_a_line_of_its_own),
        cmocka_unit_test(ini_line_that_reads_differently_than_it_looks_is_refused),
        cmocka_unit_test(ini_name_or_line_at_the_limit_is_whole_and_longer_is_refused),
        cmocka_unit_test(ini_refusal_of_the_handler_keeps_its_code_and_ends_the_reading),
        cmocka_unit_test(ini_too_large_is_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
