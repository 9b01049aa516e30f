/* Starts a build, looks whether it has ended, ends it. */
#include "builder/matrix/child.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "common/base/cleanup.h"
#include "common/base/clock.h"
#include "common/base/error.h"
#include "common/base/strlist.h"
#include "common/host/interrupt.h"

#define STATUS_NOT_STARTED 127
#define STATUS_SIGNAL      128
#define STOP_MS            20000
#define STEP_NS            (20 * 1000000L)

/* After fork only calls that are safe in a signal handler. */
static _Noreturn void become(const char *program, char *const *argv, int null_fd, int log_fd)
{
    static const char message[] = "the program cannot be executed\n";

    (void)setpgid(0, 0);
    (void)prctl(PR_SET_PDEATHSIG, SIGTERM);
    sf_interrupt_reset();
    if (dup2(null_fd, STDIN_FILENO) >= 0 && dup2(log_fd, STDOUT_FILENO) >= 0 &&
        dup2(log_fd, STDERR_FILENO) >= 0) {
        (void)execv(program, argv);
    }
    (void)!write(log_fd, message, sizeof message - 1);
    _exit(STATUS_NOT_STARTED);
}

int sf_child_start(const char *program, const struct sf_strlist *words, int log_fd, pid_t *ret_pid,
                   struct sf_error *err)
{
    sf_autofree char **argv = calloc(words->count + 2, sizeof *argv);
    sf_autofree char *name = strdup(program);
    sf_autoclose int null_fd = open("/dev/null", O_RDONLY | O_CLOEXEC);

    if (argv == NULL || name == NULL) {
        return sf_error_no_memory(err);
    }
    if (null_fd < 0) {
        return sf_error_errno(err, errno, "open '/dev/null'");
    }
    argv[0] = name;
    for (size_t i = 0; i < words->count; i++) {
        argv[i + 1] = words->items[i];
    }

    pid_t pid = fork();

    if (pid < 0) {
        return sf_error_errno(err, errno, "start '%s'", program);
    }
    if (pid == 0) {
        become(program, argv, null_fd, log_fd);
    }
    /* Both sides say so: whoever is first, the group is there before anybody needs it. */
    (void)setpgid(pid, pid);
    *ret_pid = pid;
    return 0;
}

bool sf_child_has_ended(pid_t pid, int *ret_status)
{
    int status = 0;

    if (waitpid(pid, &status, WNOHANG) != pid) {
        return false;
    }
    *ret_status = WIFSIGNALED(status) ? STATUS_SIGNAL + WTERMSIG(status) : WEXITSTATUS(status);
    return true;
}

void sf_child_stop(pid_t pid)
{
    const struct timespec step = {.tv_nsec = STEP_NS};
    const int64_t deadline_ms = sf_clock_monotonic_ms() + STOP_MS;
    int status = 0;

    (void)kill(-pid, SIGTERM);
    while (!sf_child_has_ended(pid, &status)) {
        if (sf_clock_monotonic_ms() > deadline_ms) {
            (void)kill(-pid, SIGKILL);
        }
        (void)nanosleep(&step, NULL);
    }
}
