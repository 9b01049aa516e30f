#include "tests/unit/sf_test.h"

#include <dirent.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>

#include "builder/place/sandbox.h"
#include "common/base/buffer.h"
#include "common/base/clock.h"
#include "common/base/path.h"
#include "common/host/interrupt.h"
#include "common/host/process.h"

#define NOBODY 65534

static struct sf_error err;
static const char *command; /* of run_shell() and leave_a_child() */

static int do_nothing(void *context, struct sf_error *ret_err)
{
    (void)context;
    (void)ret_err;
    return 0;
}

/* Where no namespaces are allowed there is nothing to be tested. */
static bool is_possible(void)
{
    const struct sf_sandbox sandbox = {.root = "/"};

    return sf_sandbox_run(&sandbox, do_nothing, NULL, &err) == 0;
}

#define NEEDS_NAMESPACES()                                                                         \
    do {                                                                                           \
        if (!is_possible()) {                                                                      \
            print_message("%s\n", err.message);                                                    \
            skip();                                                                                \
        }                                                                                          \
    } while (0)

/* Runs a shell command; what it prints is the message. */
static int run_shell(void *context, struct sf_error *ret_err)
{
    sf_auto(buffer) struct sf_buffer buffer = {.limit_bytes = 400};
    const char *const argv[] = {"sh", "-c", command, NULL};
    const struct sf_process_options options = {.argv = argv, .output = &buffer, .timeout_s = 30};
    int status = 0;
    int r = sf_process_run(&options, &status, ret_err);

    (void)context;
    return r < 0 ? r
                 : sf_error_set(ret_err, status == 0 ? SF_E_IN_USE : SF_E_UNHEALTHY, "[%s]",
                                buffer.data == NULL ? "" : buffer.data);
}

static int run(const struct sf_sandbox *sandbox, sf_sandbox_body body, const char *text)
{
    command = text;
    return sf_sandbox_run(sandbox, body, NULL, &err);
}

/* IN_USE is "it ran and printed this". */
#define assert_prints(sandbox, text, expected)                                                     \
    assert_sf_fails(run(sandbox, run_shell, text), &err, SF_E_IN_USE, expected)

static void error_of_the_body_comes_back(void **state)
{
    const struct sf_sandbox sandbox = {.root = "/"};

    (void)state;
    NEEDS_NAMESPACES();
    assert_sf_fails(run(&sandbox, run_shell, "echo broken; exit 3"), &err, SF_E_UNHEALTHY,
                    "[broken\n]");
}

static void machine_inside_is_its_own(void **state)
{
    const struct sf_sandbox sandbox = {.root = "/"};
    const struct sf_sandbox named = {.root = "/", .hostname = "node1"};

    (void)state;
    NEEDS_NAMESPACES();
    assert_prints(&sandbox, "id -u; echo $PPID; uname -n; umask", "[0\n1\nsf-build\n0022\n]");
    assert_prints(&named, "uname -n", "[node1\n]");
    assert_prints(&sandbox, "ls /tmp /run; ls /dev",
                  "[/run:\n\n/tmp:\nfd\nfull\nnull\nptmx\npts\nrandom\nshm\nstderr\nstdin\nstdout\n"
                  "tty\nurandom\nzero\n]");
    assert_prints(&sandbox, "echo x >/dev/null; head -c 2 /dev/zero | wc -c; ls /dev/pts",
                  "[2\nptmx\n]");
}

static void root_inside_has_no_power_over_the_machine(void **state)
{
    const struct sf_sandbox sandbox = {.root = "/"};

    (void)state;
    NEEDS_NAMESPACES();
    assert_prints(&sandbox, "(echo x >/proc/sys/kernel/domainname) 2>&1 | grep -o Read-only",
                  "[Read-only\n]");
    assert_prints(&sandbox, "mount -t tmpfs x /tmp 2>/dev/null || echo refused", "[refused\n]");
    assert_prints(&sandbox, "mount -o remount,bind,rw /usr 2>/dev/null || echo refused",
                  "[refused\n]");
    assert_prints(&sandbox, "mknod /tmp/x b 8 0 2>/dev/null || echo refused", "[refused\n]");
}

static void network_is_loopback_only(void **state)
{
    const struct sf_sandbox sandbox = {.root = "/"};

    (void)state;
    NEEDS_NAMESPACES();
    assert_prints(&sandbox,
                  "grep -c : /proc/net/dev; grep -o 127.0.0.1 /proc/net/fib_trie | sort -u",
                  "[1\n127.0.0.1\n]");
}

static void root_is_read_only(void **state)
{
    sf_autofree char *root = sf_path_join(*state, "root");
    sf_autofree char *kept = sf_path_join(*state, "root/etc");
    struct sf_sandbox_mount mounts[] = {{.source = "/usr", .target = "/usr"},
                                        {.source = "/bin", .target = "/bin"},
                                        {.source = "/lib", .target = "/lib"},
                                        {.source = "/lib64", .target = "/lib64"}};
    struct sf_sandbox sandbox = {.root = root, .mounts = mounts, .mount_count = 4};

    NEEDS_NAMESPACES();
    assert_int_equal(mkdir(root, 0755), 0);
    assert_int_equal(mkdir(kept, 0755), 0);
    if (access("/lib64", F_OK) < 0) {
        sandbox.mount_count = 3;
    }
    assert_prints(&sandbox, "echo *; touch /etc/x /x /usr/x 2>/dev/null || echo no", "etc lib");
    assert_prints(&sandbox, "touch /etc/x 2>/dev/null || touch /x 2>/dev/null || echo no",
                  "[no\n]");
}

static void mounts_are_seen_and_protected(void **state)
{
    sf_autofree char *work = sf_path_join(*state, "work");
    const struct sf_sandbox_mount mounts[] = {
        {.source = work, .target = "/sf-test-work", .is_writable = true},
        {.source = work, .target = "/run/a/b"},
        {.source = "/etc/passwd", .target = "/tmp/file"},
    };
    const struct sf_sandbox sandbox = {.root = "/", .mounts = mounts, .mount_count = 3};

    NEEDS_NAMESPACES();
    assert_int_equal(mkdir(work, 0755), 0);
    assert_prints(&sandbox,
                  "echo text >/sf-test-work/x; cat /run/a/b/x; touch /run/a/b/y 2>/dev/null || "
                  "echo no; cmp /etc/passwd /tmp/file && touch /sf-test-work/z",
                  "[text\nno\n]");
    sf_autofree char *written = sf_path_join(work, "z");

    assert_int_equal(access(written, F_OK), 0);
    assert_int_equal(access("/sf-test-work", F_OK), -1);
}

static void source_or_target_absent_is_not_found(void **state)
{
    const struct sf_sandbox_mount source = {.source = "/nonexistent", .target = "/x"};
    const struct sf_sandbox_mount target = {.target = "/usr/nonexistent"};
    const struct sf_sandbox without_source = {.root = "/", .mounts = &source, .mount_count = 1};
    const struct sf_sandbox without_target = {.root = "/", .mounts = &target, .mount_count = 1};
    const struct sf_sandbox without_root = {.root = "/nonexistent"};

    (void)state;
    NEEDS_NAMESPACES();
    assert_sf_fails(sf_sandbox_run(&without_source, do_nothing, NULL, &err), &err, SF_E_NOT_FOUND,
                    "'/nonexistent'");
    assert_sf_fails(sf_sandbox_run(&without_target, do_nothing, NULL, &err), &err, SF_E_NOT_FOUND,
                    "'/usr/nonexistent'");
    assert_sf_fails(sf_sandbox_run(&without_root, do_nothing, NULL, &err), &err, SF_E_NOT_FOUND,
                    "'/nonexistent'");
}

static void masked_paths_are_empty(void **state)
{
    const struct sf_sandbox_mount mounts[] = {{.target = "/usr/include"},
                                              {.target = "/usr/bin/env"}};
    const struct sf_sandbox sandbox = {.root = "/", .mounts = mounts, .mount_count = 2};

    (void)state;
    NEEDS_NAMESPACES();
    assert_prints(&sandbox, "ls /usr/include; wc -c </usr/bin/env; env 2>&1 || echo none",
                  "[0\nsh: 1: env: Permission denied\nnone\n]");
}

static int leave_a_child(void *context, struct sf_error *ret_err)
{
    const char *const argv[] = {"sh", "-c", command, NULL};
    const struct sf_process_options options = {.argv = argv};

    (void)context;
    return sf_process_check(&options, ret_err);
}

static bool is_running(const char *marker)
{
    DIR *processes = opendir("/proc");
    bool found = false;

    for (struct dirent *entry = readdir(processes); entry != NULL; entry = readdir(processes)) {
        char path[300];
        char text[300] = "";

        (void)snprintf(path, sizeof path, "/proc/%s/cmdline", entry->d_name);
        sf_autoclose int fd = open(path, O_RDONLY | O_CLOEXEC);

        if (fd >= 0 && read(fd, text, sizeof text - 1) > 0 && strcmp(text, "sleep") == 0 &&
            strcmp(text + 6, marker) == 0) {
            found = true;
        }
    }
    (void)closedir(processes);
    return found;
}

static void processes_left_behind_are_killed(void **state)
{
    const struct sf_sandbox sandbox = {.root = "/"};

    (void)state;
    NEEDS_NAMESPACES();
    assert_sf_ok(run(&sandbox, leave_a_child, "setsid sleep 7771 &"), &err);
    assert_false(is_running("7771"));
}

static int die(void *context, struct sf_error *ret_err)
{
    (void)context;
    (void)ret_err;
    (void)raise(SIGKILL);
    _exit(9);
}

static void body_that_dies_is_told(void **state)
{
    const struct sf_sandbox sandbox = {.root = "/"};

    (void)state;
    NEEDS_NAMESPACES();
    assert_sf_fails(sf_sandbox_run(&sandbox, die, NULL, &err), &err, SF_E_UNHEALTHY,
                    "without a word");
}

static void signal_ends_all_of_it(void **state)
{
    const struct sf_sandbox sandbox = {.root = "/"};
    int64_t start_ms = sf_clock_monotonic_ms();

    (void)state;
    NEEDS_NAMESPACES();
    sf_interrupt_catch();
    (void)raise(SIGTERM);
    assert_sf_fails(run(&sandbox, leave_a_child, "exec sleep 7772"), &err, SF_E_INTERRUPTED,
                    "signal");
    sf_interrupt_reset();
    assert_true(sf_clock_monotonic_ms() - start_ms < 10000);
    assert_false(is_running("7772"));
}

/* Our end is theirs, grandchildren included. */
static void check_death(const struct sf_sandbox *sandbox)
{
    pid_t pid = fork();

    if (pid == 0) {
        (void)run(sandbox, leave_a_child, "sleep 7773; true");
        _exit(0);
    }
    for (int i = 0; i < 500 && !is_running("7773"); i++) {
        (void)usleep(20000);
    }
    assert_true(is_running("7773"));
    (void)kill(pid, SIGKILL);
    assert_int_equal(waitpid(pid, NULL, 0), pid);
    for (int i = 0; i < 500 && is_running("7773"); i++) {
        (void)usleep(20000);
    }
    assert_false(is_running("7773"));
}

static void death_of_the_caller_ends_all_of_it(void **state)
{
    const struct sf_sandbox sandbox = {.root = "/"};
    const struct sf_sandbox none = {.root = NULL};

    (void)state;
    NEEDS_NAMESPACES();
    check_death(&sandbox);
    check_death(&none);
}

static void body_without_a_sandbox_runs_here(void **state)
{
    const struct sf_sandbox none = {.root = NULL};

    assert_sf_fails(run(&none, run_shell, "echo hello"), &err, SF_E_IN_USE, "[hello\n]");
    command = "sleep 7774";
    sf_interrupt_catch();
    (void)raise(SIGTERM);
    assert_sf_fails(sf_sandbox_run(&none, leave_a_child, NULL, &err), &err, SF_E_INTERRUPTED,
                    "signal");
    sf_interrupt_reset();
    for (int i = 0; i < 500 && is_running("7774"); i++) {
        (void)usleep(20000);
    }
    assert_false(is_running("7774"));
    (void)state;
}

static void user_without_rights_can_do_it_too(void **state)
{
    const struct sf_sandbox sandbox = {.root = "/"};
    int status = 0;

    (void)state;
    if (geteuid() != 0) {
        skip();
    }

    pid_t pid = fork();

    if (pid == 0) {
        /* As after an exec: else /proc/self stays root's. */
        if (setgid(NOBODY) < 0 || setuid(NOBODY) < 0 || prctl(PR_SET_DUMPABLE, 1) < 0) {
            _exit(1);
        }

        int r = run(&sandbox, run_shell, "id -u; cat /etc/hostname >/dev/null");

        print_message("%s\n", err.message);
        _exit(r == -SF_E_PERMISSION                                                    ? 77
              : r == -SF_E_IN_USE && strncmp(err.message, "[0\n", strlen("[0\n")) == 0 ? 0
                                                                                       : 2);
    }
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_true(WIFEXITED(status));
    if (WEXITSTATUS(status) == 77) {
        skip();
    }
    assert_int_equal(WEXITSTATUS(status), 0);
}

#define TEST(name)                                                                                 \
    cmocka_unit_test_setup_teardown(name, sf_test_make_directory, sf_test_remove_directory)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(error_of_the_body_comes_back),
        TEST(machine_inside_is_its_own),
        TEST(root_inside_has_no_power_over_the_machine),
        TEST(network_is_loopback_only),
        TEST(root_is_read_only),
        TEST(mounts_are_seen_and_protected),
        TEST(source_or_target_absent_is_not_found),
        TEST(masked_paths_are_empty),
        TEST(processes_left_behind_are_killed),
        TEST(body_that_dies_is_told),
        TEST(signal_ends_all_of_it),
        TEST(death_of_the_caller_ends_all_of_it),
        TEST(body_without_a_sandbox_runs_here),
        TEST(user_without_rights_can_do_it_too),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
