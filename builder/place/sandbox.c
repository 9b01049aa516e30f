/* A child process in namespaces of its own, and what it says at its end. */
#include "builder/place/sandbox.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <net/if.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "builder/place/sandbox_mounts.h"
#include "common/base/cleanup.h"
#include "common/base/error.h"
#include "common/host/interrupt.h"

#define POLL_MS 100

/* Younger than the oldest headers that this is built with. */
#define SF_CAP_PERFMON 38
#define SF_CAP_BPF     39

/* What the first process of the sandbox says: less than PIPE_BUF, so one write. */
struct verdict {
    int code;
    struct sf_error error;
};

_Static_assert(sizeof(struct verdict) <= 4096, "a verdict is written at once");

/* The first process of the sandbox, for the signal handler of the one that waits for it. */
static volatile sig_atomic_t first_pid;

static int write_file(const char *path, const char *text, struct sf_error *err)
{
    sf_autoclose int fd = open(path, O_WRONLY | O_CLOEXEC);
    ssize_t size = (ssize_t)strlen(text);

    return fd < 0 || write(fd, text, (size_t)size) != size
               ? sf_error_errno(err, errno, "write '%s'", path)
               : 0;
}

/* Inside, this user is root and there is nobody else. */
static int map_user(uid_t uid, gid_t gid, struct sf_error *err)
{
    char uid_map[64];
    char gid_map[64];

    (void)snprintf(uid_map, sizeof uid_map, "0 %u 1", (unsigned)uid);
    (void)snprintf(gid_map, sizeof gid_map, "0 %u 1", (unsigned)gid);
    if (write_file("/proc/self/setgroups", "deny", err) < 0 ||
        write_file("/proc/self/uid_map", uid_map, err) < 0) {
        return -(int)err->code;
    }
    return write_file("/proc/self/gid_map", gid_map, err);
}

static int enter_namespaces(struct sf_error *err)
{
    uid_t uid = geteuid();
    gid_t gid = getegid();
    int flags = CLONE_NEWNS | CLONE_NEWPID | CLONE_NEWIPC | CLONE_NEWUTS | CLONE_NEWNET |
                (uid == 0 ? 0 : CLONE_NEWUSER);

    if (unshare(flags) < 0) {
        (void)sf_error_errno(err, errno,
                             "no namespaces for a build root: run as root, in a container with "
                             "--privileged, or allow them by sysctl (user.max_user_namespaces, "
                             "kernel.apparmor_restrict_unprivileged_userns): unshare");
        return sf_error_recode(err, SF_E_PERMISSION);
    }
    return uid == 0 ? 0 : map_user(uid, gid, err);
}

static int raise_loopback(struct sf_error *err)
{
    sf_autoclose int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    struct ifreq request = {.ifr_name = "lo", .ifr_flags = IFF_UP | IFF_RUNNING};

    return fd < 0 || ioctl(fd, SIOCSIFFLAGS, &request) < 0
               ? sf_error_errno(err, errno, "raise the loopback interface")
               : 0;
}

/*
 * Root of the sandbox stays root of its files and of its own namespaces, and has nothing to say to
 * the kernel, to devices or to what else is mounted from the same file systems. What this kernel
 * does not know it does not give either.
 */
static int drop_capabilities(struct sf_error *err)
{
    static const int dropped[] = {
        CAP_SYS_ADMIN,     CAP_SYS_MODULE, CAP_SYS_RAWIO,       CAP_SYS_BOOT,  CAP_SYS_TIME,
        CAP_MKNOD,         CAP_SYSLOG,     CAP_DAC_READ_SEARCH, CAP_MAC_ADMIN, CAP_MAC_OVERRIDE,
        CAP_AUDIT_CONTROL, SF_CAP_PERFMON, SF_CAP_BPF,
    };

    for (size_t i = 0; i < sizeof dropped / sizeof *dropped; i++) {
        if (prctl(PR_CAPBSET_DROP, dropped[i], 0, 0, 0) < 0 && errno != EINVAL) {
            return sf_error_errno(err, errno, "drop root's rights in the sandbox");
        }
    }
    return 0;
}

static int prepare(const struct sf_sandbox *sandbox, struct sf_error *err)
{
    const char *hostname = sandbox->hostname == NULL ? "sf-build" : sandbox->hostname;

    if (sethostname(hostname, strlen(hostname)) < 0) {
        return sf_error_errno(err, errno, "set the host name '%s'", hostname);
    }

    int r = raise_loopback(err);

    if (r == 0) {
        r = sf_sandbox_make_root(sandbox, err);
    }
    return r < 0 ? r : drop_capabilities(err);
}

static _Noreturn void say(int fd, int code, const struct sf_error *err)
{
    struct verdict verdict = {.code = code, .error = *err};

    (void)!write(fd, &verdict, sizeof verdict);
    _exit(0);
}

/* Process 1 of the sandbox: with its end, everything in there ends. */
static _Noreturn void run_first(const struct sf_sandbox *sandbox, sf_sandbox_body body,
                                void *context, int report_fd)
{
    struct sf_error err = {0};

    (void)prctl(PR_SET_PDEATHSIG, SIGKILL);
    (void)umask(022);

    int r = prepare(sandbox, &err);

    say(report_fd, r < 0 ? r : body(context, &err), &err);
}

static void kill_first(int number)
{
    (void)number;
    if (first_pid > 0) {
        (void)kill(first_pid, SIGKILL);
    }
}

/* Without a sandbox: the end of our parent is a wish to stop like any other, see process.h. */
static _Noreturn void run_bare(sf_sandbox_body body, void *context, int report_fd, pid_t parent)
{
    struct sf_error err = {0};

    sf_interrupt_catch();
    (void)prctl(PR_SET_PDEATHSIG, SIGTERM);
    if (getppid() != parent) {
        _exit(0);
    }
    say(report_fd, body(context, &err), &err);
}

/*
 * The process between: it cannot be in the new process namespace itself. A SIGTERM from its parent
 * or for its parent's death ends the sandbox; the terminal's signals are the parent's business.
 */
static _Noreturn void run_between(const struct sf_sandbox *sandbox, sf_sandbox_body body,
                                  void *context, int report_fd)
{
    const struct sigaction on_end = {.sa_handler = kill_first};
    const struct sigaction ignore = {.sa_handler = SIG_IGN};
    struct sf_error err = {0};
    pid_t parent = getppid();
    int status = 0;
    int r = enter_namespaces(&err);

    if (r < 0) {
        say(report_fd, r, &err);
    }

    pid_t pid = fork();

    if (pid < 0) {
        say(report_fd, sf_error_errno(&err, errno, "fork"), &err);
    }
    if (pid == 0) {
        sf_interrupt_reset();
        run_first(sandbox, body, context, report_fd);
    }
    (void)close(report_fd);
    first_pid = pid;
    (void)sigaction(SIGTERM, &on_end, NULL);
    (void)sigaction(SIGINT, &ignore, NULL);
    (void)sigaction(SIGHUP, &ignore, NULL);
    (void)prctl(PR_SET_PDEATHSIG, SIGTERM);
    if (getppid() != parent) {
        kill_first(SIGTERM);
    }
    while (waitpid(pid, &status, 0) < 0 && errno == EINTR) {
    }
    _exit(WIFSIGNALED(status) ? 128 + WTERMSIG(status) : 0);
}

/* Waits for the verdict or the end; 0 bytes when there was none. */
static size_t wait_for_verdict(int fd, pid_t pid, struct verdict *ret)
{
    struct pollfd ready = {.fd = fd, .events = POLLIN};
    ssize_t size = 0;

    for (;;) {
        if (poll(&ready, 1, POLL_MS) > 0) {
            size = read(fd, ret, sizeof *ret);
            if (size >= 0 || errno != EINTR) {
                return size < 0 ? 0 : (size_t)size;
            }
        }
        /* Again and again: the first may come before its handler is there. */
        if (sf_interrupt_is_pending()) {
            (void)kill(pid, SIGTERM);
        }
    }
}

static int follow(pid_t pid, int report_fd, struct sf_error *err)
{
    struct verdict verdict = {0};
    size_t size = wait_for_verdict(report_fd, pid, &verdict);
    int status = 0;

    while (waitpid(pid, &status, 0) < 0 && errno == EINTR) {
    }
    if (sf_interrupt_is_pending()) {
        return sf_error_set(err, SF_E_INTERRUPTED, "stopped by a signal");
    }
    if (size != sizeof verdict) {
        return sf_error_set(err, SF_E_UNHEALTHY, "the sandbox ended with status %d, without a word",
                            WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status));
    }
    if (verdict.code < 0) {
        *err = verdict.error;
    }
    return verdict.code;
}

int sf_sandbox_run(const struct sf_sandbox *sandbox, sf_sandbox_body body, void *context,
                   struct sf_error *err)
{
    int ends[2];

    if (pipe2(ends, O_CLOEXEC) < 0) {
        return sf_error_errno(err, errno, "make a pipe");
    }

    sf_autoclose int read_fd = ends[0];
    sf_autoclose int write_fd = ends[1];
    pid_t parent = getpid();
    pid_t pid = fork();

    if (pid < 0) {
        return sf_error_errno(err, errno, "fork");
    }
    if (pid == 0) {
        if (sandbox->root == NULL) {
            run_bare(body, context, write_fd, parent);
        }
        run_between(sandbox, body, context, write_fd);
    }
    (void)close(sf_steal_fd(&write_fd));
    return follow(pid, read_fd, err);
}
