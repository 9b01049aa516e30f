/* Slurm's daemons in the sandbox of a test. */
#include "builder/trial/trial_daemon.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <net/if.h>
#include <netinet/in.h>
#include <signal.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "common/base/buffer.h"
#include "common/base/clock.h"
#include "common/base/error.h"
#include "common/base/str.h"
#include "common/host/dir.h"

#define LISTEN_S      30
#define STOP_S        30
#define POLL_NS       100000000L
#define MAX_LOG_BYTES ((size_t)4 * 1024 * 1024)
#define FATAL         "fatal: "

/* TEST-NET-1 of RFC 5737: nobody's. */
#define SECOND_INTERFACE "lo:1"
#define SECOND_ADDRESS   0xc0000201U

int sf_trial_daemon_address(struct sf_error *err)
{
    const struct sockaddr_in address = {.sin_family = AF_INET,
                                        .sin_addr.s_addr = htonl(SECOND_ADDRESS)};
    struct ifreq request = {.ifr_name = SECOND_INTERFACE};
    sf_autoclose int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);

    memcpy(&request.ifr_addr, &address, sizeof address);
    return fd < 0 || ioctl(fd, SIOCSIFADDR, &request) < 0
               ? sf_error_errno(err, errno, "give the loopback interface a second address")
               : 0;
}

/* execve(2) does not write to its vectors; its prototype is older than const. */
static void execute(const char *const *argv, int output_fd)
{
    static const char *const environment[] = {"PATH=/usr/sbin:/usr/bin:/sbin:/bin", "LC_ALL=C",
                                              NULL};
    int fd = open("/dev/null", O_RDONLY | O_CLOEXEC);
    sigset_t none;

    (void)sigemptyset(&none);
    if (fd >= 0 && dup2(fd, STDIN_FILENO) >= 0 && dup2(output_fd, STDOUT_FILENO) >= 0 &&
        dup2(output_fd, STDERR_FILENO) >= 0 && sigprocmask(SIG_SETMASK, &none, NULL) == 0 &&
        setsid() >= 0) {
        (void)execve(argv[0], (char *const *)(uintptr_t)argv,
                     (char *const *)(uintptr_t)environment);
    }
}

int sf_trial_daemon_start(const char *const *argv, int output_fd, pid_t *ret_pid,
                          struct sf_error *err)
{
    pid_t pid = fork();

    if (pid == 0) {
        execute(argv, output_fd);
        _exit(127);
    }
    if (pid < 0) {
        return sf_error_errno(err, errno, "start %s", argv[0]);
    }
    *ret_pid = pid;
    return 0;
}

bool sf_trial_daemon_has_died(void)
{
    bool has_died = false;
    int status = 0;

    while (waitpid(-1, &status, WNOHANG) > 0) {
        has_died = has_died || !WIFEXITED(status) || WEXITSTATUS(status) != 0;
    }
    return has_died;
}

void sf_trial_daemon_pause(void)
{
    const struct timespec time = {.tv_nsec = POLL_NS};

    (void)nanosleep(&time, NULL);
}

static bool listens(uint16_t port)
{
    const struct sockaddr_in address = {
        .sin_family = AF_INET, .sin_port = htons(port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    sf_autoclose int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

    return fd >= 0 && connect(fd, (const struct sockaddr *)&address, sizeof address) == 0;
}

int sf_trial_daemon_wait_port(uint16_t port, struct sf_error *err)
{
    const int64_t deadline_ms = sf_clock_monotonic_ms() + (int64_t)LISTEN_S * 1000;

    while (!listens(port)) {
        if (sf_trial_daemon_has_died()) {
            return sf_error_set(err, SF_E_UNHEALTHY, "a daemon ends at its start");
        }
        if (sf_clock_monotonic_ms() >= deadline_ms) {
            return sf_error_set(err, SF_E_UNHEALTHY, "nobody listens on port %u after %d s", port,
                                LISTEN_S);
        }
        sf_trial_daemon_pause();
    }
    return 0;
}

int sf_trial_daemon_stop(const char *name, pid_t pid, struct sf_error *err)
{
    const int64_t deadline_ms = sf_clock_monotonic_ms() + (int64_t)STOP_S * 1000;

    (void)kill(pid, SIGTERM);
    while (waitpid(pid, NULL, WNOHANG) == 0) {
        if (sf_clock_monotonic_ms() >= deadline_ms) {
            return sf_error_set(err, SF_E_UNHEALTHY, "%s does not end within %d s of SIGTERM", name,
                                STOP_S);
        }
        sf_trial_daemon_pause();
    }
    return 0;
}

char *sf_trial_daemon_fatal(const char *path)
{
    sf_auto(buffer) struct sf_buffer text = {.limit_bytes = MAX_LOG_BYTES};
    sf_autoclose int fd = open(path, O_RDONLY | O_CLOEXEC);
    const char *last = NULL;
    struct sf_error ignored;

    if (fd < 0 || sf_dir_read_fd(fd, path, &text, &ignored) < 0 || text.size == 0) {
        return NULL;
    }
    for (const char *at = text.data; (at = strstr(at, FATAL)) != NULL; at += strlen(FATAL)) {
        last = at + strlen(FATAL);
    }

    sf_autofree char *line = last == NULL ? NULL : strndup(last, strcspn(last, "\n"));

    return line == NULL ? NULL : sf_str_printable(line);
}
