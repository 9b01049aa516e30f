/* What is written to standard error, and what is not. */
#include "common/base/log.h"

#include "tests/unit/sf_test.h"

static int before_calls;

static void count_call(void)
{
    before_calls++;
}

/* Runs `log_something` with standard error going to a file, and returns what was written. */
static char *logged(const char *directory, void (*log_something)(void))
{
    char path[4096];
    char *text = calloc(1, 4096);

    assert_non_null(text);
    (void)snprintf(path, sizeof path, "%s/stderr", directory);
    int file = open(path, O_CREAT | O_TRUNC | O_RDWR | O_CLOEXEC, 0600);
    int saved = fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, 3);

    assert_true(file >= 0 && saved >= 0);
    (void)fflush(stderr);
    assert_true(dup2(file, STDERR_FILENO) >= 0);
    log_something();
    (void)fflush(stderr);
    assert_true(dup2(saved, STDERR_FILENO) >= 0);
    assert_true(pread(file, text, 4095, 0) >= 0);
    (void)close(saved);
    (void)close(file);
    return text;
}

static void log_two_levels(void)
{
    sf_log(SF_LOG_INFO, "dropped");
    sf_log(SF_LOG_WARNING, "kept %d", 7);
}

static void log_hostile_name(void)
{
    sf_log(SF_LOG_ERROR, "name '%s'", "\x1b[2J\nsf-agent: all is well");
}

static void log_below_the_level_is_dropped(void **state)
{
    assert_int_equal(unsetenv("JOURNAL_STREAM"), 0);
    sf_log_init("sf-test", SF_LOG_NOTICE);
    sf_autofree char *text = logged(*state, log_two_levels);

    assert_string_equal(text, "sf-test: kept 7\n");
}

static void log_under_systemd_carries_the_priority(void **state)
{
    assert_int_equal(setenv("JOURNAL_STREAM", "8:1", 1), 0);
    sf_log_init("sf-test", SF_LOG_NOTICE);
    sf_autofree char *text = logged(*state, log_two_levels);

    assert_int_equal(unsetenv("JOURNAL_STREAM"), 0);
    assert_string_equal(text, "<4>sf-test: kept 7\n");
}

static void log_of_a_hostile_name_stays_one_line(void **state)
{
    sf_log_init("sf-test", SF_LOG_NOTICE);
    sf_autofree char *text = logged(*state, log_hostile_name);

    assert_string_equal(text, "sf-test: name '\\x1b[2J\\x0asf-agent: all is well'\n");
}

static void log_before_is_called_for_each_line_written(void **state)
{
    sf_log_init("sf-test", SF_LOG_NOTICE);
    before_calls = 0;
    sf_log_set_before(count_call);
    sf_autofree char *text = logged(*state, log_two_levels);

    sf_log_set_before(NULL);
    assert_int_equal(before_calls, 1);
    assert_string_equal(text, "sf-test: kept 7\n");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(log_below_the_level_is_dropped, sf_test_make_directory,
                                        sf_test_remove_directory),
        cmocka_unit_test_setup_teardown(log_under_systemd_carries_the_priority,
                                        sf_test_make_directory, sf_test_remove_directory),
        cmocka_unit_test_setup_teardown(log_of_a_hostile_name_stays_one_line,
                                        sf_test_make_directory, sf_test_remove_directory),
        cmocka_unit_test_setup_teardown(log_before_is_called_for_each_line_written,
                                        sf_test_make_directory, sf_test_remove_directory),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
