#include "tests/unit/sf_test.h"

#include <signal.h>
#include <sys/wait.h>

#include "common/base/clock.h"
#include "common/host/interrupt.h"
#include "common/host/process.h"

static struct sf_error err;

static void signal_caught_is_pending_until_reset(void **state)
{
    (void)state;
    sf_interrupt_catch();
    assert_false(sf_interrupt_is_pending());
    (void)raise(SIGTERM);
    assert_true(sf_interrupt_is_pending());
    sf_interrupt_reset();
    assert_false(sf_interrupt_is_pending());
}

static void process_running_is_killed_by_the_wish_to_stop(void **state)
{
    const char *const argv[] = {"sleep", "30", NULL};
    struct sf_process_options options = {.argv = argv};
    int64_t start_ms = sf_clock_monotonic_ms();
    int status = 77;

    (void)state;
    sf_interrupt_catch();
    (void)raise(SIGINT);
    assert_sf_fails(sf_process_run(&options, &status, &err), &err, SF_E_INTERRUPTED,
                    "'sleep': stopped by a signal");
    sf_interrupt_reset();
    assert_true(sf_clock_monotonic_ms() - start_ms < 20000);
}

static void signal_after_reset_does_what_it_does_by_default(void **state)
{
    int status = 0;
    pid_t pid = fork();

    (void)state;
    if (pid == 0) {
        sf_interrupt_catch();
        sf_interrupt_reset();
        (void)raise(SIGTERM);
        _exit(0);
    }
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_true(WIFSIGNALED(status));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(signal_caught_is_pending_until_reset),
        cmocka_unit_test(process_running_is_killed_by_the_wish_to_stop),
        cmocka_unit_test(signal_after_reset_does_what_it_does_by_default),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
