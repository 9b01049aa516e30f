#include "tests/unit/sf_test.h"

#include <signal.h>
#include <stdbool.h>
#include <sys/wait.h>

#include "common/base/buffer.h"
#include "common/base/clock.h"
#include "common/base/str.h"
#include "common/host/process.h"

#define ARGV(...) ((const char *const[]){__VA_ARGS__, NULL})

static struct sf_error err;

/* The output of a command that succeeds, in `buffer`. */
static void run_for_output(const char *const *argv, const char *const *environment,
                           struct sf_buffer *buffer)
{
    int status = -1;
    struct sf_process_options options = {
        .argv = argv,
        .environment = environment,
        .output = buffer,
    };

    assert_sf_ok(sf_process_run(&options, &status, &err), &err);
    assert_int_equal(status, 0);
    assert_non_null(buffer->data);
}

static int run_for_status(const char *const *argv)
{
    int status = -1;
    struct sf_process_options options = {.argv = argv};

    assert_sf_ok(sf_process_run(&options, &status, &err), &err);
    return status;
}

static void output_of_both_streams_is_taken(void **state)
{
    sf_auto(buffer) struct sf_buffer buffer = {.limit_bytes = 1000};

    (void)state;
    run_for_output(ARGV("sh", "-c", "echo out; echo err >&2"), NULL, &buffer);
    assert_string_equal(buffer.data, "out\nerr\n");
}

static void output_above_the_ceiling_is_dropped(void **state)
{
    sf_auto(buffer) struct sf_buffer buffer = {.limit_bytes = 10000};

    (void)state;
    run_for_output(ARGV("head", "-c", "1000000", "/dev/zero"), NULL, &buffer);
    assert_int_equal(buffer.size, 10000);
}

static void status_is_that_of_the_child(void **state)
{
    (void)state;
    assert_int_equal(run_for_status(ARGV("true")), 0);
    assert_int_equal(run_for_status(ARGV("/bin/sh", "-c", "exit 7")), 7);
    assert_int_equal(run_for_status(ARGV("sh", "-c", "kill -TERM $$")), 128 + SIGTERM);
}

static void environment_is_fixed_and_small(void **state)
{
    sf_auto(buffer) struct sf_buffer buffer = {.limit_bytes = 1000};

    (void)state;
    (void)setenv("LD_LIBRARY_PATH", "/nonexistent", 1);
    (void)setenv("LC_ALL", "xx_XX", 1);
    run_for_output(ARGV("env"), ARGV("SF_EVENT=install"), &buffer);
    (void)unsetenv("LD_LIBRARY_PATH");
    assert_string_equal(buffer.data,
                        "PATH=/usr/sbin:/usr/bin:/sbin:/bin\nLC_ALL=C\nSF_EVENT=install\n");
}

static void arguments_meet_no_shell(void **state)
{
    sf_auto(buffer) struct sf_buffer buffer = {.limit_bytes = 1000};

    (void)state;
    run_for_output(ARGV("printf", "%s", "$(id); * \"x\""), NULL, &buffer);
    assert_string_equal(buffer.data, "$(id); * \"x\"");
}

static void child_has_standard_signals_directory_and_umask(void **state)
{
    sf_auto(buffer) struct sf_buffer buffer = {.limit_bytes = 10000};
    sigset_t blocked;
    mode_t old = umask(0);

    (void)state;
    (void)sigemptyset(&blocked);
    (void)sigaddset(&blocked, SIGTERM);
    (void)sigprocmask(SIG_BLOCK, &blocked, NULL);
    (void)signal(SIGPIPE, SIG_IGN);
    /* Signals 32 and 33 are the C library's own: ignored, as below dpkg-buildpackage, they stay. */
    run_for_output(ARGV("sh", "-c",
                        "grep -E '^Sig(Blk|Ign)' /proc/self/status | sed s/180000000/000000000/; "
                        "pwd; umask"),
                   NULL, &buffer);
    (void)umask(old);
    (void)signal(SIGPIPE, SIG_DFL);
    (void)sigprocmask(SIG_UNBLOCK, &blocked, NULL);
    assert_string_equal(buffer.data, "SigBlk:\t0000000000000000\nSigIgn:\t0000000000000000\n"
                                     "/\n0022\n");
}

static void child_inherits_no_descriptor(void **state)
{
    sf_autoclose int fd = open("/", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    sf_autofree char *path = sf_str_format("/proc/self/fd/%d", fd);

    (void)state;
    assert_true(fd >= 0);
    assert_int_equal(run_for_status(ARGV("test", "-e", path)), 1);
}

static void child_reads_nothing(void **state)
{
    (void)state;
    assert_int_equal(run_for_status(ARGV("cat")), 0);
}

static void program_absent_is_not_found(void **state)
{
    int status = 77;
    struct sf_process_options options = {.argv = ARGV("no-such-program")};
    struct sf_process_options absolute = {.argv = ARGV("/nonexistent/program")};

    (void)state;
    assert_sf_fails(sf_process_run(&options, &status, &err), &err, SF_E_NOT_FOUND,
                    "'no-such-program'");
    assert_sf_fails(sf_process_run(&absolute, &status, &err), &err, SF_E_NOT_FOUND,
                    "'/nonexistent/program'");
    assert_int_equal(status, 77);
}

static void program_not_executable_is_a_permission_error(void **state)
{
    int status = 77;
    struct sf_process_options options = {.argv = ARGV("/etc/passwd")};

    (void)state;
    assert_sf_fails(sf_process_run(&options, &status, &err), &err, SF_E_PERMISSION, "/etc/passwd");
}

/* Killed, though perhaps not yet collected by whoever inherited it. */
static bool is_gone_or_zombie(const char *pid)
{
    sf_autofree char *path = sf_str_format("/proc/%s/stat", pid);
    char text[256] = "";

    for (int i = 0; i < 100; i++) {
        sf_autoclose int fd = open(path, O_RDONLY | O_CLOEXEC);

        if (fd < 0 || (read(fd, text, sizeof text - 1) > 0 && strstr(text, ") Z") != NULL)) {
            return true;
        }
        (void)usleep(20000);
    }
    return false;
}

static void time_limit_kills_the_whole_group(void **state)
{
    sf_auto(buffer) struct sf_buffer buffer = {.limit_bytes = 1000};
    int status = 77;
    int64_t start_ms = sf_clock_monotonic_ms();
    struct sf_process_options options = {
        .argv = ARGV("sh", "-c", "trap '' TERM; sleep 61 & echo $!; wait"),
        .timeout_s = 1,
        .output = &buffer,
    };

    (void)state;
    assert_sf_fails(sf_process_run(&options, &status, &err), &err, SF_E_INTERRUPTED, "in time");
    assert_in_range(sf_clock_monotonic_ms() - start_ms, 900, 20000);

    buffer.data[strcspn(buffer.data, "\n")] = '\0';
    assert_true(is_gone_or_zombie(buffer.data));
}

static void daemon_left_behind_is_not_waited_for(void **state)
{
    sf_auto(buffer) struct sf_buffer buffer = {.limit_bytes = 1000};
    int64_t start_ms = sf_clock_monotonic_ms();

    (void)state;
    run_for_output(ARGV("sh", "-c", "sleep 5 & echo started"), NULL, &buffer);
    assert_string_equal(buffer.data, "started\n");
    assert_true(sf_clock_monotonic_ms() - start_ms < 4000);
}

static void last_words_of_those_left_behind_are_read(void **state)
{
    static const char *const argv[] = {"sh", "-c", "(sleep 0.2; echo late) & exit 3", NULL};
    sf_auto(buffer) struct sf_buffer buffer = {.limit_bytes = 4096};
    struct sf_process_options options = {.argv = argv, .output = &buffer, .linger_ms = 20000};
    int64_t began_ms = sf_clock_monotonic_ms();
    int status = -1;

    (void)state;
    assert_sf_ok(sf_process_run(&options, &status, &err), &err);
    assert_int_equal(status, 3);
    assert_int_equal(buffer.size, strlen("late\n"));
    assert_memory_equal(buffer.data, "late\n", buffer.size);
    /* Their end ends it. */
    assert_in_range(sf_clock_monotonic_ms() - began_ms, 0, 10000);
}

static void child_in_image_root_runs_there(void **state)
{
    int status = 77;
    sf_autoclose int fd = open(*state, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    struct sf_process_options options = {.argv = ARGV("true"), .root_fd = fd};

    if (geteuid() != 0) {
        skip();
    }
    /* The image is empty, so what exists outside is not found. */
    assert_sf_fails(sf_process_run(&options, &status, &err), &err, SF_E_NOT_FOUND, "'true'");
}

static void closed_standard_descriptors_do_no_harm(void **state)
{
    sf_auto(buffer) struct sf_buffer buffer = {.limit_bytes = 1000};
    int saved[3];
    int status = 77;
    struct sf_process_options options = {.argv = ARGV("echo", "hello"), .output = &buffer};

    (void)state;
    for (int i = 0; i < 3; i++) {
        saved[i] = fcntl(i, F_DUPFD_CLOEXEC, 10);
        (void)close(i);
    }

    int r = sf_process_run(&options, &status, &err);

    for (int i = 0; i < 3; i++) {
        (void)dup2(saved[i], i);
        (void)close(saved[i]);
    }
    assert_sf_ok(r, &err);
    assert_int_equal(status, 0);
    assert_string_equal(buffer.data, "hello\n");
}

static void child_in_directory_runs_there(void **state)
{
    sf_auto(buffer) struct sf_buffer buffer = {.limit_bytes = 1000};
    int status = 77;
    struct sf_process_options options = {
        .argv = ARGV("pwd"), .directory = "/usr", .output = &buffer};
    struct sf_process_options absent = {.argv = ARGV("pwd"), .directory = "/nonexistent"};

    (void)state;
    assert_sf_ok(sf_process_run(&options, &status, &err), &err);
    assert_string_equal(buffer.data, "/usr\n");
    assert_sf_fails(sf_process_run(&absent, &status, &err), &err, SF_E_NOT_FOUND, "'pwd'");
}

static void output_with_descriptor_goes_straight_there(void **state)
{
    sf_auto(buffer) struct sf_buffer buffer = {.limit_bytes = 1000};
    sf_autofree char *path = sf_str_format("%s/log", (const char *)*state);
    sf_autoclose int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0644);
    char text[16] = "";
    int status = 77;
    struct sf_process_options options = {
        .argv = ARGV("sh", "-c", "echo out; echo err >&2; exit 3"),
        .output = &buffer,
        .output_fd = fd,
    };

    assert_sf_ok(sf_process_run(&options, &status, &err), &err);
    assert_int_equal(status, 3);
    assert_int_equal(pread(fd, text, sizeof text - 1, 0), 8);
    assert_string_equal(text, "out\nerr\n");
    assert_int_equal(buffer.size, 0);
    assert_sf_fails(sf_process_check(&options, &err), &err, SF_E_UNHEALTHY, "status 3");
}

static void child_bound_to_its_caller_dies_with_it(void **state)
{
    int ends[2];
    char number[32] = "";
    pid_t caller = 0;

    (void)state;
    assert_int_equal(pipe2(ends, O_CLOEXEC), 0);
    caller = fork();
    if (caller == 0) {
        int status = 0;
        struct sf_process_options options = {
            .argv = ARGV("sh", "-c", "echo $$; exec sleep 61"),
            .output_fd = ends[1],
            .dies_with_caller = true,
        };

        (void)sf_process_run(&options, &status, &err);
        _exit(0);
    }
    assert_true(read(ends[0], number, sizeof number - 1) > 0);
    number[strcspn(number, "\n")] = '\0';
    (void)kill(caller, SIGKILL);
    assert_int_equal(waitpid(caller, NULL, 0), caller);
    assert_true(is_gone_or_zombie(number));
    (void)close(ends[0]);
    (void)close(ends[1]);
}

static void check_failure_shows_the_last_line(void **state)
{
    struct sf_process_options options = {
        .argv = ARGV("sh", "-c", "echo first; printf 'la\\033st\\n\\n'; exit 3"),
    };

    (void)state;
    assert_sf_fails(sf_process_check(&options, &err), &err, SF_E_UNHEALTHY,
                    "'sh' ended with status 3: la\\x1bst");
}

static void check_silent_failure_says_so(void **state)
{
    struct sf_process_options bad = {.argv = ARGV("false")};
    struct sf_process_options good = {.argv = ARGV("true")};

    (void)state;
    assert_sf_fails(sf_process_check(&bad, &err), &err, SF_E_UNHEALTHY, "said nothing");
    assert_sf_ok(sf_process_check(&good, &err), &err);
}

#define TEST(name)                                                                                 \
    cmocka_unit_test_setup_teardown(name, sf_test_make_directory, sf_test_remove_directory)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(output_of_both_streams_is_taken),
        TEST(output_above_the_ceiling_is_dropped),
        TEST(status_is_that_of_the_child),
        TEST(environment_is_fixed_and_small),
        TEST(arguments_meet_no_shell),
        TEST(child_has_standard_signals_directory_and_umask),
        TEST(child_inherits_no_descriptor),
        TEST(child_reads_nothing),
        TEST(program_absent_is_not_found),
        TEST(program_not_executable_is_a_permission_error),
        TEST(time_limit_kills_the_whole_group),
        TEST(daemon_left_behind_is_not_waited_for),
        TEST(last_words_of_those_left_behind_are_read),
        TEST(child_in_image_root_runs_there),
        TEST(closed_standard_descriptors_do_no_harm),
        TEST(child_in_directory_runs_there),
        TEST(output_with_descriptor_goes_straight_there),
        TEST(child_bound_to_its_caller_dies_with_it),
        TEST(check_failure_shows_the_last_line),
        TEST(check_silent_failure_says_so),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
