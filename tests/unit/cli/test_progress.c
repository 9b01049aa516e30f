/* Progress: a line in place on a terminal, nothing anywhere else. */
#include "common/cli/progress.h"

#include <pty.h>
#include <sys/ioctl.h>

#include "common/base/log.h"
#include "tests/unit/sf_test.h"

static int saved_stderr;

/* Standard error becomes a terminal of `columns`; returns the other end. */
static int open_terminal(unsigned short columns)
{
    struct winsize size = {.ws_row = 24, .ws_col = columns};
    int master = -1;
    int slave = -1;

    assert_int_equal(openpty(&master, &slave, NULL, NULL, &size), 0);
    saved_stderr = dup(STDERR_FILENO);
    assert_true(dup2(slave, STDERR_FILENO) >= 0);
    (void)close(slave);
    (void)setenv("TERM", "xterm", 1);
    (void)unsetenv("NO_COLOR");
    return master;
}

/* Restores standard error; what the terminal got ends up in `text`. */
static void read_terminal(int master, char *text, size_t size)
{
    assert_int_equal(fcntl(master, F_SETFL, O_NONBLOCK), 0);
    ssize_t got = 0;

    while (size > 1 && (got = read(master, text, size - 1)) > 0) {
        text += got;
        size -= (size_t)got;
    }
    *text = '\0';
    (void)fflush(stderr);
    assert_true(dup2(saved_stderr, STDERR_FILENO) >= 0);
    (void)close(saved_stderr);
    (void)close(master);
}

static void progress_on_a_terminal_is_drawn_and_cleared(void **state)
{
    char text[4096];
    int master = open_terminal(100);

    (void)state;
    sf_progress_start(true);
    sf_progress_phase("fetching 25.11.6-1", 5000000);
    sf_progress_add(1000);
    (void)usleep(250000);
    sf_progress_add(2500000);
    sf_progress_end();
    read_terminal(master, text, sizeof text);
    assert_non_null(
        strstr(text, "\rfetching 25.11.6-1  [                    ]   0%  0 B of 5.0 MB"));
    assert_non_null(strstr(text, "[##########          ]  50%  2.5 MB of 5.0 MB"));
    /* The 1000 bytes came too soon after the first line. */
    assert_null(strstr(text, "1.0 kB"));
    assert_string_equal(text + strlen(text) - 4, "\r\033[K");
}

static void count_on_a_terminal_shows_share_and_time(void **state)
{
    char text[4096];
    int master = open_terminal(100);

    (void)state;
    sf_progress_start(true);
    assert_true(sf_progress_is_on());
    sf_progress_count("compile", 200);
    (void)usleep(250000);
    sf_progress_add(50);
    sf_progress_count("install", 0);
    sf_progress_end();
    assert_false(sf_progress_is_on());
    read_terminal(master, text, sizeof text);
    assert_non_null(strstr(text, "\rcompile  [#####               ]  25%  0:00\033[K"));
    assert_non_null(strstr(text, "\rinstall  0:00\033[K"));
}

static void progress_on_a_narrow_terminal_is_cut(void **state)
{
    char text[4096];
    int master = open_terminal(20);

    (void)state;
    sf_progress_start(true);
    sf_progress_phase("fetching 25.11.6-1", 5000000);
    sf_progress_end();
    read_terminal(master, text, sizeof text);
    assert_string_equal(text, "\rfetching 25.11.6-1 \033[K\r\033[K");
}

static void progress_gives_way_to_a_log_line(void **state)
{
    char text[4096];
    int master = open_terminal(80);

    (void)state;
    sf_log_init("sf-test", SF_LOG_NOTICE);
    sf_progress_start(true);
    sf_progress_phase("checking", 0);
    sf_log(SF_LOG_WARNING, "no space");
    sf_progress_end();
    read_terminal(master, text, sizeof text);
    assert_non_null(strstr(text, "checking"));
    assert_non_null(strstr(text, "\r\033[Ksf-test: no space"));
}

static void progress_not_wanted_is_silent(void **state)
{
    static const struct {
        bool is_wanted;
        const char *variable;
        const char *value;
    } rows[] = {{false, "TERM", "xterm"}, {true, "TERM", "dumb"}, {true, "NO_COLOR", "1"}};

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        char text[4096];
        int master = open_terminal(80);

        (void)setenv(rows[i].variable, rows[i].value, 1);
        sf_progress_start(rows[i].is_wanted);
        sf_progress_phase("fetching", 10);
        sf_progress_add(10);
        sf_progress_end();
        read_terminal(master, text, sizeof text);
        assert_string_equal(text, "");
    }
}

static void progress_without_a_terminal_is_silent(void **state)
{
    FILE *stream = tmpfile();

    (void)state;
    saved_stderr = dup(STDERR_FILENO);
    assert_true(dup2(fileno(stream), STDERR_FILENO) >= 0);
    sf_progress_start(true);
    sf_progress_phase("fetching", 10);
    sf_progress_add(10);
    sf_progress_end();
    assert_true(dup2(saved_stderr, STDERR_FILENO) >= 0);
    (void)close(saved_stderr);
    assert_int_equal(lseek(fileno(stream), 0, SEEK_END), 0);
    (void)fclose(stream);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(progress_on_a_terminal_is_drawn_and_cleared),
        cmocka_unit_test(count_on_a_terminal_shows_share_and_time),
        cmocka_unit_test(progress_on_a_narrow_terminal_is_cut),
        cmocka_unit_test(progress_gives_way_to_a_log_line),
        cmocka_unit_test(progress_not_wanted_is_silent),
        cmocka_unit_test(progress_without_a_terminal_is_silent),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
