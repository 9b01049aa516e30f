#include "tests/unit/sf_test.h"

#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>

#include "common/base/buffer.h"
#include "common/base/clock.h"
#include "common/host/dir.h"
#include "common/host/file_lock.h"

static int top_fd = -1;
static struct sf_error err;

static int set_up(void **state)
{
    if (sf_test_make_directory(state) < 0) {
        return -1;
    }
    top_fd = open(*state, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    return top_fd < 0 ? -1 : 0;
}

static int tear_down(void **state)
{
    (void)close(top_fd);
    return sf_test_remove_directory(state);
}

/* A process that has the lock, and keeps it until it is killed or `for_ms` have passed. */
static pid_t start_holder(unsigned for_ms)
{
    int ends[2];
    char ready = 0;

    assert_int_equal(pipe(ends), 0);

    pid_t pid = fork();

    assert_true(pid >= 0);
    if (pid == 0) {
        int fd = -1;

        (void)prctl(PR_SET_PDEATHSIG, SIGKILL); /* should an assertion end the test */
        if (sf_file_lock_take(top_fd, "lock", "install", 0, &fd, &err) < 0 ||
            write(ends[1], "x", 1) != 1) {
            _exit(1);
        }
        (void)usleep(for_ms * 1000);
        _exit(0);
    }
    assert_int_equal(read(ends[0], &ready, 1), 1);
    (void)close(ends[0]);
    (void)close(ends[1]);
    return pid;
}

static void lock_free_is_taken_and_says_by_whom(void **state)
{
    sf_auto(buffer) struct sf_buffer text = {.limit_bytes = 100};
    sf_autoclose int fd = -1;
    char start[32];

    (void)state;
    assert_sf_ok(sf_file_lock_take(top_fd, "lock", "install", 0, &fd, &err), &err);
    assert_int_equal(fcntl(fd, F_GETFD), FD_CLOEXEC);
    assert_sf_ok(sf_dir_read_file(top_fd, "lock", &text, &err), &err);
    (void)snprintf(start, sizeof start, "%ld install 20", (long)getpid());
    assert_memory_equal(text.data, start, strlen(start));
}

static void lock_held_is_busy_and_names_the_holder(void **state)
{
    int fd = -2;
    char holder[32];
    pid_t pid = start_holder(60000);
    int64_t start_ms = sf_clock_monotonic_ms();

    (void)state;
    (void)snprintf(holder, sizeof holder, "process %ld (install", (long)pid);
    assert_sf_fails(sf_file_lock_take(top_fd, "lock", "use", 0, &fd, &err), &err, SF_E_BUSY,
                    holder);
    assert_true(sf_clock_monotonic_ms() - start_ms < 1000);
    assert_int_equal(fd, -2);
    assert_int_equal(kill(pid, SIGKILL), 0);
    assert_int_equal(waitpid(pid, NULL, 0), pid);
}

static void lock_of_killed_holder_is_free(void **state)
{
    sf_autoclose int fd = -1;
    pid_t pid = start_holder(60000);

    (void)state;
    assert_int_equal(kill(pid, SIGKILL), 0);
    assert_int_equal(waitpid(pid, NULL, 0), pid);
    assert_sf_ok(sf_file_lock_take(top_fd, "lock", "use", 0, &fd, &err), &err);
}

static void lock_is_waited_for(void **state)
{
    sf_autoclose int fd = -1;
    pid_t pid = start_holder(300);

    (void)state;
    assert_sf_ok(sf_file_lock_take(top_fd, "lock", "use", 20, &fd, &err), &err);
    assert_int_equal(waitpid(pid, NULL, 0), pid);
}

static void lock_with_timeout_ends_busy(void **state)
{
    int fd = -2;
    pid_t pid = start_holder(60000);
    int64_t start_ms = sf_clock_monotonic_ms();

    (void)state;
    assert_sf_fails(sf_file_lock_take(top_fd, "lock", "use", 1, &fd, &err), &err, SF_E_BUSY,
                    "try again");
    assert_in_range(sf_clock_monotonic_ms() - start_ms, 1000, 10000);
    assert_int_equal(kill(pid, SIGKILL), 0);
    assert_int_equal(waitpid(pid, NULL, 0), pid);
}

static void lock_file_of_rubbish_is_taken(void **state)
{
    sf_autoclose int fd = -1;

    sf_test_write_file(*state, "lock", "4711");
    assert_sf_ok(sf_file_lock_take(top_fd, "lock", "use", 0, &fd, &err), &err);
}

static void lock_through_link_is_refused(void **state)
{
    int fd = -2;

    sf_test_write_file(*state, "victim", "kept");
    assert_int_equal(symlinkat("victim", top_fd, "lock"), 0);
    assert_sf_fails(sf_file_lock_take(top_fd, "lock", "use", 0, &fd, &err), &err, SF_E_IO,
                    "'lock'");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(lock_free_is_taken_and_says_by_whom), TEST(lock_held_is_busy_and_names_the_holder),
        TEST(lock_of_killed_holder_is_free),       TEST(lock_is_waited_for),
        TEST(lock_with_timeout_ends_busy),         TEST(lock_file_of_rubbish_is_taken),
        TEST(lock_through_link_is_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
