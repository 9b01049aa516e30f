/* A child process run to its end: no shell, a fixed environment, a time limit. */
#include "common/host/process.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "common/base/buffer.h"
#include "common/base/cleanup.h"
#include "common/base/clock.h"
#include "common/base/error.h"
#include "common/base/str.h"
#include "common/base/strlist.h"
#include "common/host/interrupt.h"

#define DEFAULT_TIMEOUT_S  60
#define WAIT_OUTPUT_MS     50
#define WAIT_STEP_MS       1 /* after its output has ended, a process is about to end */
#define WAIT_SILENT_MS     20
#define CHECK_OUTPUT_BYTES ((size_t)64 * 1024)
#define READ_CHUNK         4096
#define SIGNAL_COUNT       65

static const char *const search_path[] = {"/usr/sbin", "/usr/bin", "/sbin", "/bin"};

/* Everything the child needs, made before fork: after it only async-signal-safe calls are allowed,
 * for the agent has threads. */
struct child {
    char *const *argv;
    char *const *envp;
    struct sf_strlist programs; /* the paths to try, in order */
    const char *directory;
    int root_fd;
    int null_fd;
    int output_fd; /* write end, or a copy of the caller's */
    bool dies_with_caller;
    int report_fd; /* write end: errno, should exec not happen */
};

/* execve(2) does not write to its vectors; its prototype is older than const. */
static char *const *unconst(const char *const *vector)
{
    char *const *result = NULL;

    memcpy(&result, &vector, sizeof result);
    return result;
}

/* A descriptor above 2: with 0 to 2 closed by our parent, a pipe could take one of their numbers.
 */
static int lift(int fd)
{
    if (fd < 0 || fd > STDERR_FILENO) {
        return fd;
    }

    int lifted = fcntl(fd, F_DUPFD_CLOEXEC, STDERR_FILENO + 1);

    (void)close(fd);
    return lifted;
}

static int make_pipe(int *ret_read_fd, int *ret_write_fd, struct sf_error *err)
{
    int ends[2];

    if (pipe2(ends, O_CLOEXEC) < 0) {
        return sf_error_errno(err, errno, "make a pipe");
    }
    *ret_read_fd = lift(ends[0]);
    *ret_write_fd = lift(ends[1]);
    return *ret_read_fd >= 0 && *ret_write_fd >= 0 ? 0 : sf_error_errno(err, errno, "make a pipe");
}

static void reset_signals(void)
{
    struct sigaction standard = {.sa_handler = SIG_DFL};
    sigset_t none;

    for (int i = 1; i < SIGNAL_COUNT; i++) {
        (void)sigaction(i, &standard, NULL);
    }
    (void)sigemptyset(&none);
    (void)sigprocmask(SIG_SETMASK, &none, NULL);
}

static int enter(const struct child *child)
{
    if (child->root_fd > 0 && (fchdir(child->root_fd) < 0 || chroot(".") < 0)) {
        return -1;
    }
    return chdir(child->directory);
}

static _Noreturn void run_child(const struct child *child)
{
    int reason = 0;

    (void)setpgid(0, 0);
    reset_signals();
    (void)umask(022);
    if (child->dies_with_caller) {
        (void)prctl(PR_SET_PDEATHSIG, SIGKILL);
    }
    if (dup2(child->null_fd, STDIN_FILENO) < 0 || dup2(child->output_fd, STDOUT_FILENO) < 0 ||
        dup2(child->output_fd, STDERR_FILENO) < 0 || enter(child) < 0) {
        reason = errno;
    } else {
        for (size_t i = 0; i < child->programs.count; i++) {
            (void)execve(child->programs.items[i], child->argv, child->envp);
            /* As execvp(3): "not there" is the answer only when no directory had a better one. */
            if (reason == 0 || (errno != ENOENT && errno != ENOTDIR)) {
                reason = errno;
            }
        }
    }
    (void)!write(child->report_fd, &reason, sizeof reason);
    _exit(127);
}

static int add_programs(struct sf_strlist *programs, const char *name, struct sf_error *err)
{
    int r = 0;

    if (strchr(name, '/') != NULL) {
        return sf_strlist_add(programs, name, err);
    }
    for (size_t i = 0; r == 0 && i < sizeof search_path / sizeof search_path[0]; i++) {
        r = sf_strlist_take(programs, sf_str_format("%s/%s", search_path[i], name), err);
    }
    return r;
}

/* A NULL-terminated environment; the strings stay the caller's. */
static int make_environment(const char *const *added, const char ***ret, struct sf_error *err)
{
    size_t count = 0;

    while (added != NULL && added[count] != NULL) {
        count++;
    }

    const char **all = calloc(count + 3, sizeof *all);

    if (all == NULL) {
        return sf_error_no_memory(err);
    }
    all[0] = "PATH=/usr/sbin:/usr/bin:/sbin:/bin";
    all[1] = "LC_ALL=C";
    for (size_t i = 0; i < count; i++) {
        all[i + 2] = added[i];
    }
    *ret = all;
    return 0;
}

/*
 * Reads once. What does not fit under the ceiling is dropped, so that the child can go on writing.
 * 1 when there may be more, 0 at the end.
 */
static int take_output(int fd, struct sf_buffer *output, struct sf_error *err)
{
    char chunk[READ_CHUNK];
    ssize_t size = read(fd, chunk, sizeof chunk);

    if (size < 0) {
        return errno == EINTR ? 1 : 0;
    }
    if (size > 0 && output != NULL && output->size < output->limit_bytes) {
        size_t room = output->limit_bytes - output->size;
        int r = sf_buffer_append(output, chunk, (size_t)size < room ? (size_t)size : room, err);

        if (r < 0) {
            return r;
        }
    }
    return size > 0 ? 1 : 0;
}

static int how_to_wait_ms(const struct sf_process_options *options, int output_fd, bool has_ended)
{
    if (has_ended) {
        return output_fd < 0 ? 0 : (int)options->linger_ms;
    }
    if (options->output_fd > 0) {
        return WAIT_SILENT_MS;
    }
    return output_fd < 0 ? WAIT_STEP_MS : WAIT_OUTPUT_MS;
}

/*
 * Reads output until the process has ended. Not until the output has: a daemon that a hook starts
 * would keep it open for ever. At the time limit that is an error.
 */
static int watch(pid_t pid, int output_fd, const struct sf_process_options *options,
                 int64_t deadline_ms, int *ret_status, struct sf_error *err)
{
    struct pollfd ready = {.fd = output_fd, .events = POLLIN};
    bool has_ended = false;

    for (;;) {
        has_ended = has_ended || waitpid(pid, ret_status, WNOHANG) == pid;

        int count = poll(&ready, 1, how_to_wait_ms(options, ready.fd, has_ended));
        int r = count > 0 ? take_output(ready.fd, options->output, err) : 1;

        if (r < 0) {
            return r;
        }
        if (r == 0) {
            ready.fd = -1;
        }

        bool is_late = sf_clock_monotonic_ms() >= deadline_ms;

        if (has_ended && (count == 0 || is_late)) {
            return 0;
        }
        if (is_late) {
            return sf_error_set(err, SF_E_INTERRUPTED, "it did not end in time and was killed");
        }
        if (!has_ended && sf_interrupt_is_pending()) {
            return sf_error_set(err, SF_E_INTERRUPTED, "stopped by a signal");
        }
    }
}

static void kill_group(pid_t pid)
{
    int status;

    (void)kill(-pid, SIGKILL);
    while (waitpid(pid, &status, 0) < 0 && errno == EINTR) {
    }
}

/* What the child says about its exec: silence is success. */
static int read_report(int fd, struct sf_error *err)
{
    int reason = 0;
    ssize_t size = 0;

    do {
        size = read(fd, &reason, sizeof reason);
    } while (size < 0 && errno == EINTR);
    return size == (ssize_t)sizeof reason ? sf_error_errno(err, reason, "cannot be started") : 0;
}

/* Forks and follows the child to its end. Takes both write ends: the child must be the only one to
 * hold them. */
static int run(struct child *child, int report_fd, int output_fd,
               const struct sf_process_options *options, int *ret_status, struct sf_error *err)
{
    uint32_t timeout_s = options->timeout_s == 0 ? DEFAULT_TIMEOUT_S : options->timeout_s;
    int64_t deadline_ms = sf_clock_monotonic_ms() + (int64_t)timeout_s * 1000;
    pid_t pid = fork();

    if (pid < 0) {
        return sf_error_errno(err, errno, "fork");
    }
    if (pid == 0) {
        run_child(child);
    }
    /* Both sides do it, so that the group exists whoever runs first. */
    (void)setpgid(pid, pid);
    (void)close(sf_steal_fd(&child->report_fd));
    (void)close(sf_steal_fd(&child->output_fd));

    int status = 0;
    int r = read_report(report_fd, err);

    if (r == 0) {
        r = watch(pid, output_fd, options, deadline_ms, &status, err);
    }
    if (r < 0) {
        kill_group(pid);
        return r;
    }
    *ret_status = WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
    return 0;
}

static void child_done(struct child *child)
{
    sf_cleanup_close(&child->null_fd);
    sf_cleanup_close(&child->output_fd);
    sf_cleanup_close(&child->report_fd);
    sf_strlist_done(&child->programs);
}

SF_DEFINE_AUTO_STRUCT(child, struct child, child_done)

/* Where the child writes: the caller's file, or a pipe whose other end is `*ret_read_fd`. */
static int open_output(const struct sf_process_options *options, struct child *child,
                       int *ret_read_fd, struct sf_error *err)
{
    if (options->output_fd <= 0) {
        return make_pipe(ret_read_fd, &child->output_fd, err);
    }
    child->output_fd = fcntl(options->output_fd, F_DUPFD_CLOEXEC, STDERR_FILENO + 1);
    return child->output_fd < 0 ? sf_error_errno(err, errno, "copy a descriptor") : 0;
}

int sf_process_run(const struct sf_process_options *options, int *ret_status, struct sf_error *err)
{
    sf_auto(child) struct child child = {
        .argv = unconst(options->argv),
        .directory = options->directory == NULL ? "/" : options->directory,
        .root_fd = options->root_fd,
        .dies_with_caller = options->dies_with_caller,
        .null_fd = lift(open("/dev/null", O_RDONLY | O_CLOEXEC)),
        .output_fd = -1,
        .report_fd = -1,
    };
    sf_autofree const char **environment = NULL;
    sf_autoclose int report_fd = -1;
    sf_autoclose int output_fd = -1;

    if (child.null_fd < 0) {
        return sf_error_errno(err, errno, "open '/dev/null'");
    }

    int r = add_programs(&child.programs, options->argv[0], err);

    if (r == 0) {
        r = make_environment(options->environment, &environment, err);
    }
    if (r == 0) {
        r = make_pipe(&report_fd, &child.report_fd, err);
    }
    if (r == 0) {
        r = open_output(options, &child, &output_fd, err);
    }
    if (r == 0) {
        child.envp = unconst(environment);
        r = run(&child, report_fd, output_fd, options, ret_status, err);
    }
    return r < 0 ? sf_error_prefix(err, "'%s': ", options->argv[0]) : 0;
}

/* The last line that is not empty, safe to print; NULL when out of memory. Owned by the caller. */
static char *last_line(const struct sf_buffer *output)
{
    sf_autofree char *text = strdup(output->size == 0 ? "" : output->data);

    if (text == NULL) {
        return NULL;
    }

    const char *trimmed = sf_str_trim(text);
    const char *newline = strrchr(trimmed, '\n');

    return sf_str_printable(newline == NULL ? trimmed : newline + 1);
}

int sf_process_check(const struct sf_process_options *options, struct sf_error *err)
{
    sf_auto(buffer) struct sf_buffer own = {.limit_bytes = CHECK_OUTPUT_BYTES};
    struct sf_process_options actual = *options;
    int status = 0;

    if (actual.output == NULL || actual.output_fd > 0) {
        actual.output = &own;
    }

    int r = sf_process_run(&actual, &status, err);

    if (r < 0 || status == 0) {
        return r;
    }

    sf_autofree char *line = last_line(actual.output);

    if (line == NULL) {
        return sf_error_no_memory(err);
    }
    return sf_error_set(err, SF_E_UNHEALTHY, "'%s' ended with status %d: %s", actual.argv[0],
                        status, line[0] == '\0' ? "it said nothing" : line);
}
