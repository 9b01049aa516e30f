/* Time: the one form it is written in. */
#include "common/base/clock.h"

#include "tests/unit/sf_test.h"

static const struct {
    int64_t time_s;
    const char *text;
} times[] = {
    {0, "1970-01-01T00:00:00Z"},          {1795222923, "2026-11-21T01:02:03Z"},
    {951782400, "2000-02-29T00:00:00Z"},  {-1, "1969-12-31T23:59:59Z"},
    {4102444799, "2099-12-31T23:59:59Z"},
};

static void clock_time_is_written_and_read_back(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof times / sizeof *times; i++) {
        char text[SF_CLOCK_TEXT_SIZE];
        int64_t time_s = 7;

        sf_clock_format(times[i].time_s, text);
        assert_string_equal(text, times[i].text);
        assert_true(sf_clock_parse(text, &time_s));
        assert_int_equal(time_s, times[i].time_s);
    }
}

static void clock_text_in_another_form_is_refused(void **state)
{
    static const char *const texts[] = {
        "",
        "2026-11-21",
        "2026-11-21T01:02:03",
        "2026-11-21T01:02:03+00:00",
        "2026-11-21T01:02:03Z ",
        " 2026-11-21T01:02:03Z",
        "2026-11-21 01:02:03Z",
        "2026-1-2T01:02:03Z",
        "2026-02-31T00:00:00Z",
        "2026-11-21T24:00:00Z",
        "2026-11-21T01:02:60Z",
        "26-11-21T01:02:03Z",
    };

    (void)state;
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        int64_t time_s = 7;

        if (sf_clock_parse(texts[i], &time_s)) {
            fail_msg("'%s' was read", texts[i]);
        }
        assert_int_equal(time_s, 7);
    }
}

static void clock_out_of_range_is_written_as_no_time(void **state)
{
    char text[SF_CLOCK_TEXT_SIZE];

    (void)state;
    sf_clock_format(INT64_MAX, text);
    assert_string_equal(text, "0000-00-00T00:00:00Z");
}

static void clock_time_zone_changes_nothing(void **state)
{
    int64_t time_s = 0;

    (void)state;
    assert_int_equal(setenv("TZ", "Asia/Tokyo", 1), 0);
    assert_true(sf_clock_parse("1970-01-01T00:00:00Z", &time_s));
    assert_int_equal(time_s, 0);
    assert_int_equal(unsetenv("TZ"), 0);
}

static void clock_runs(void **state)
{
    (void)state;
    assert_true(sf_clock_now_s() > 1700000000);

    int64_t before = sf_clock_monotonic_ms();

    (void)usleep(3000);
    int64_t passed = sf_clock_monotonic_ms() - before;

    assert_true(passed >= 2 && passed < 60000);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(clock_time_is_written_and_read_back),
        cmocka_unit_test(clock_text_in_another_form_is_refused),
        cmocka_unit_test(clock_out_of_range_is_written_as_no_time),
        cmocka_unit_test(clock_time_zone_changes_nothing),
        cmocka_unit_test(clock_runs),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
