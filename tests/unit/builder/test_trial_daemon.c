#include "tests/unit/sf_test.h"

#include <signal.h>
#include <sys/wait.h>

#include "builder/trial/trial_daemon.h"

static char *write_log(const char *directory, const char *text)
{
    char *path = NULL;

    assert_true(asprintf(&path, "%s/log", directory) > 0);

    sf_autofile FILE *stream = fopen(path, "we");

    assert_non_null(stream);
    assert_true(fputs(text, stream) >= 0);
    return path;
}

static void last_fatal_line_of_a_log_is_found(void **state)
{
    sf_autofree char *path =
        write_log(*state, "[t] fatal: the first\n[t] error: no\n[t] fatal: the second\n[t] end\n");
    sf_autofree char *line = sf_trial_daemon_fatal(path);

    assert_non_null(line);
    assert_string_equal(line, "the second");
}

static void log_without_a_fatal_line_has_none(void **state)
{
    sf_autofree char *path = write_log(*state, "[t] slurmd started\n");

    assert_null(sf_trial_daemon_fatal(path));
    assert_null(sf_trial_daemon_fatal("/nowhere/log"));
}

static void child_that_fails_has_died(void **state)
{
    (void)state;
    for (int status = 0; status < 2; status++) {
        pid_t pid = fork();
        siginfo_t info;

        if (pid == 0) {
            _exit(status);
        }
        assert_int_equal(waitid(P_PID, (id_t)pid, &info, WEXITED | WNOWAIT), 0);
        assert_int_equal(sf_trial_daemon_has_died(), status != 0);
        assert_false(sf_trial_daemon_has_died());
    }
}

static void daemon_that_cannot_be_executed_has_died(void **state)
{
    const char *const argv[] = {"/nowhere/slurmd", "-D", NULL};
    struct sf_error err = {0};
    siginfo_t info;
    pid_t pid = 0;

    (void)state;
    assert_sf_ok(sf_trial_daemon_start(argv, STDERR_FILENO, &pid, &err), &err);
    assert_int_equal(waitid(P_PID, (id_t)pid, &info, WEXITED | WNOWAIT), 0);
    assert_true(sf_trial_daemon_has_died());
}

static void daemon_runs_until_it_is_stopped(void **state)
{
    const char *const argv[] = {"/bin/sh", "-c", "echo out; echo err >&2; read line; exec sleep 60",
                                NULL};
    struct sf_error err = {0};
    char text[16] = "";
    int fds[2];
    pid_t pid = 0;

    (void)state;
    assert_int_equal(pipe2(fds, O_CLOEXEC), 0);
    assert_sf_ok(sf_trial_daemon_start(argv, fds[1], &pid, &err), &err);
    assert_int_equal(read(fds[0], text, 4), 4);
    assert_int_equal(read(fds[0], text + 4, 4), 4);
    assert_string_equal(text, "out\nerr\n");
    assert_false(sf_trial_daemon_has_died());
    assert_sf_ok(sf_trial_daemon_stop("sleep", pid, &err), &err);
    assert_int_equal(kill(pid, 0), -1);
    (void)close(fds[0]);
    (void)close(fds[1]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(last_fatal_line_of_a_log_is_found),
        cmocka_unit_test(log_without_a_fatal_line_has_none),
        cmocka_unit_test(child_that_fails_has_died),
        cmocka_unit_test(daemon_that_cannot_be_executed_has_died),
        cmocka_unit_test(daemon_runs_until_it_is_stopped),
    };

    return cmocka_run_group_tests(tests, sf_test_make_directory, sf_test_remove_directory);
}
