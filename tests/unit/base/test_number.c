/* Numbers from text, and bytes for people. */
#include "common/base/number.h"

#include "tests/unit/sf_test.h"

static void number_valid_is_read_up_to_the_largest(void **state)
{
    uint64_t value = 0;

    (void)state;
    assert_true(sf_number_parse("0", 10, &value));
    assert_true(value == 0);
    assert_true(sf_number_parse("10", 10, &value));
    assert_true(value == 10);
    assert_true(sf_number_parse("18446744073709551615", UINT64_MAX, &value));
    assert_true(value == UINT64_MAX);
}

static void number_malformed_or_too_large_is_refused(void **state)
{
    static const char *const texts[] = {"",
                                        " 1",
                                        "1 ",
                                        "+1",
                                        "-1",
                                        "01",
                                        "00",
                                        "0x1",
                                        "1e3",
                                        "1.0",
                                        "11",
                                        "18446744073709551616",
                                        "99999999999999999999999"};
    uint64_t value = 77;

    (void)state;
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        assert_false(sf_number_parse(texts[i], 10, &value));
    }
    assert_false(sf_number_parse("18446744073709551616", UINT64_MAX, &value));
    assert_true(value == 77);
}

static void bytes_are_shown_with_a_fitting_unit(void **state)
{
    static const struct {
        uint64_t bytes;
        const char *text;
    } cases[] = {
        {0, "0 B"},         {999, "999 B"},      {1000, "1.0 kB"},       {999949, "999.9 kB"},
        {999950, "1.0 MB"}, {5100000, "5.1 MB"}, {5100000000, "5.1 GB"}, {UINT64_MAX, "18.4 EB"},
    };
    char text[16];

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        sf_number_format_bytes(cases[i].bytes, text);
        assert_string_equal(text, cases[i].text);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(number_valid_is_read_up_to_the_largest),
        cmocka_unit_test(number_malformed_or_too_large_is_refused),
        cmocka_unit_test(bytes_are_shown_with_a_fitting_unit),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
