#include "tests/unit/sf_test.h"

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

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(last_fatal_line_of_a_log_is_found),
        cmocka_unit_test(log_without_a_fatal_line_has_none),
        cmocka_unit_test(child_that_fails_has_died),
    };

    return cmocka_run_group_tests(tests, sf_test_make_directory, sf_test_remove_directory);
}
