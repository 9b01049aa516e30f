/* Numbers from text, strictly, and byte counts for people. */
#include "common/base/number.h"

#include "tests/unit/sf_test.h"

static void number_decimal_is_read(void **state)
{
    static const struct {
        const char *text;
        uint64_t value;
    } rows[] = {{"0", 0}, {"7", 7}, {"1024", 1024}, {"18446744073709551615", UINT64_MAX}};

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        uint64_t value = 1;

        assert_true(sf_number_parse(rows[i].text, UINT64_MAX, &value));
        assert_true(value == rows[i].value);
    }
}

static void number_in_another_form_is_refused(void **state)
{
    static const char *const texts[] = {"",
                                        " 1",
                                        "1 ",
                                        "+1",
                                        "-1",
                                        "01",
                                        "00",
                                        "0x1",
                                        "1.0",
                                        "1e3",
                                        "abc",
                                        "1\n",
                                        "18446744073709551616",
                                        "99999999999999999999999"};

    (void)state;
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        uint64_t value = 42;

        if (sf_number_parse(texts[i], UINT64_MAX, &value)) {
            fail_msg("'%s' was read", texts[i]);
        }
        assert_int_equal(value, 42);
    }
}

static void number_above_the_caller_s_limit_is_refused(void **state)
{
    uint64_t value = 42;

    (void)state;
    assert_true(sf_number_parse("100", 100, &value));
    assert_int_equal(value, 100);
    assert_false(sf_number_parse("101", 100, &value));
    assert_int_equal(value, 100);
}

static void bytes_are_shown_in_powers_of_1000(void **state)
{
    static const struct {
        uint64_t bytes;
        const char *text;
    } rows[] = {{0, "0 B"},
                {999, "999 B"},
                {1000, "1.0 kB"},
                {5100000, "5.1 MB"},
                {999949, "999.9 kB"},
                {999950, "1.0 MB"},
                {450000000000, "450.0 GB"},
                {UINT64_MAX, "18.4 EB"}};

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        char text[16];

        sf_number_format_bytes(rows[i].bytes, text);
        assert_string_equal(text, rows[i].text);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(number_decimal_is_read),
        cmocka_unit_test(number_in_another_form_is_refused),
        cmocka_unit_test(number_above_the_caller_s_limit_is_refused),
        cmocka_unit_test(bytes_are_shown_in_powers_of_1000),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
