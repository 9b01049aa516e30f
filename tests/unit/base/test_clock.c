/* Times written one way and read one way. */
#include "common/base/clock.h"

#include "tests/unit/sf_test.h"

static void time_round_trips(void **state)
{
    static const struct {
        int64_t time_s;
        const char *text;
    } cases[] = {
        {0, "1970-01-01T00:00:00Z"},
        {1795222923, "2026-11-21T01:02:03Z"},
        {951782400, "2000-02-29T00:00:00Z"},
        {2147483648, "2038-01-19T03:14:08Z"},
        {253402300799, "9999-12-31T23:59:59Z"},
    };
    char text[SF_CLOCK_TEXT_SIZE];

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        int64_t time_s = -1;

        sf_clock_format(cases[i].time_s, text);
        assert_string_equal(text, cases[i].text);
        assert_true(sf_clock_parse(text, &time_s));
        assert_true(time_s == cases[i].time_s);
    }
}

static void time_in_any_other_form_is_refused(void **state)
{
    static const char *const texts[] = {"",
                                        "2026-11-21",
                                        "2026-11-21T01:02:03",
                                        "2026-11-21 01:02:03Z",
                                        "2026-11-21T01:02:03z",
                                        "2026-11-21T01:02:03+00:00",
                                        "2026-11-21T01:02:03.0Z",
                                        "2026-1-21T01:02:03Z",
                                        "2026-02-30T01:02:03Z",
                                        "2026-13-01T01:02:03Z",
                                        "2026-11-21T24:00:00Z",
                                        "2026-11-21T01:02:60Z",
                                        " 2026-11-21T01:02:03Z",
                                        "2026-11-21T01:02:03Zx",
                                        "-001-11-21T01:02:03Z"};
    int64_t time_s = 77;

    (void)state;
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        if (sf_clock_parse(texts[i], &time_s)) {
            fail_msg("accepted: %s", texts[i]);
        }
    }
    assert_int_equal(time_s, 77);
}

static void time_does_not_depend_on_the_zone(void **state)
{
    int64_t time_s = 0;

    (void)state;
    assert_int_equal(setenv("TZ", "America/Lima", 1), 0);
    assert_true(sf_clock_parse("2026-11-21T01:02:03Z", &time_s));
    assert_int_equal(time_s, 1795222923);
    assert_int_equal(unsetenv("TZ"), 0);
}

static void clocks_go_forward(void **state)
{
    int64_t first_ms = sf_clock_monotonic_ms();

    (void)state;
    assert_true(sf_clock_monotonic_ms() >= first_ms);
    assert_true(sf_clock_now_s() > 1700000000);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(time_round_trips),
        cmocka_unit_test(time_in_any_other_form_is_refused),
        cmocka_unit_test(time_does_not_depend_on_the_zone),
        cmocka_unit_test(clocks_go_forward),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
