/* Diagnostics: one line each, nothing forged, with the journal's priority. */
#include "common/base/log.h"

#include "tests/unit/sf_test.h"

static int before_count;

static void count_before(void)
{
    before_count++;
}

/* Standard error goes to a file for one call of `write_lines`; what it holds is the caller's. */
static char *captured(const char *directory, void (*write_lines)(void))
{
    char *text = calloc(1, 4096);
    sf_autofree char *path = NULL;

    assert_non_null(text);
    assert_true(asprintf(&path, "%s/err", directory) > 0);

    int saved = fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, 10);
    int fd = open(path, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);

    assert_true(saved >= 0 && fd >= 0 && dup2(fd, STDERR_FILENO) >= 0);
    write_lines();
    assert_true(dup2(saved, STDERR_FILENO) >= 0);
    assert_true(pread(fd, text, 4095, 0) >= 0);
    (void)close(fd);
    (void)close(saved);
    return text;
}

static void write_two_levels(void)
{
    sf_log(SF_LOG_NOTICE, "mirror %d is slow", 2);
    sf_log(SF_LOG_INFO, "not of interest");
}

static void write_forged(void)
{
    sf_log(SF_LOG_ERROR, "name '%s'", "x\nsf-agent: done\x1b[2J");
}

static void log_line_above_its_level_is_dropped(void **state)
{
    assert_int_equal(unsetenv("JOURNAL_STREAM"), 0);
    sf_log_init("sf-agent", SF_LOG_NOTICE);
    before_count = 0;
    sf_log_set_before(count_before);
    sf_autofree char *text = captured(*state, write_two_levels);

    sf_log_set_before(NULL);
    assert_string_equal(text, "sf-agent: mirror 2 is slow\n");
    assert_int_equal(before_count, 1);
}

static void log_line_from_outside_stays_one_line(void **state)
{
    assert_int_equal(unsetenv("JOURNAL_STREAM"), 0);
    sf_log_init("sf-agent", SF_LOG_NOTICE);
    sf_autofree char *text = captured(*state, write_forged);

    assert_string_equal(text, "sf-agent: name 'x\\x0asf-agent: done\\x1b[2J'\n");
}

static void log_line_for_the_journal_has_a_priority(void **state)
{
    assert_int_equal(setenv("JOURNAL_STREAM", "8:1", 1), 0);
    sf_log_init("sf-agent", SF_LOG_DEBUG);
    sf_autofree char *text = captured(*state, write_two_levels);

    assert_string_equal(text, "<5>sf-agent: mirror 2 is slow\n<6>sf-agent: not of interest\n");
    assert_int_equal(unsetenv("JOURNAL_STREAM"), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(log_line_above_its_level_is_dropped),
        cmocka_unit_test(log_line_from_outside_stays_one_line),
        cmocka_unit_test(log_line_for_the_journal_has_a_priority),
    };

    return cmocka_run_group_tests(tests, sf_test_make_directory, sf_test_remove_directory);
}
