/* An exclusive lock on a file that says who holds it. */
#include "common/host/file_lock.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "common/base/cleanup.h"
#include "common/base/clock.h"
#include "common/base/error.h"

#define RETRY_MS    50
#define HOLDER_SIZE 160

/* What the holder wrote, in words fit for a message. */
static void describe_holder(int fd, char text[static HOLDER_SIZE])
{
    char raw[HOLDER_SIZE / 2] = "";
    char *rest = raw;
    ssize_t size = pread(fd, raw, sizeof raw - 1, 0);

    raw[size > 0 ? (size_t)size : 0] = '\0';
    raw[strcspn(raw, "\n")] = '\0';

    const char *pid = strsep(&rest, " ");
    const char *command = strsep(&rest, " ");

    if (rest == NULL) {
        (void)snprintf(text, HOLDER_SIZE, "another process");
        return;
    }
    (void)snprintf(text, HOLDER_SIZE, "process %s (%s, since %s)", pid, command, rest);
}

static void write_holder(int fd, const char *command)
{
    char since[SF_CLOCK_TEXT_SIZE];

    sf_clock_format(sf_clock_now_s(), since);
    /* For people only: the lock itself does not depend on it, not even on a full disk. */
    if (ftruncate(fd, 0) == 0) {
        (void)dprintf(fd, "%ld %s %s\n", (long)getpid(), command, since);
    }
}

/* Someone may have removed or replaced the file between our open and our lock. */
static bool is_still_the_file(int fd, int dir_fd, const char *name)
{
    struct stat ours;
    struct stat named;

    return fstat(fd, &ours) == 0 && fstatat(dir_fd, name, &named, AT_SYMLINK_NOFOLLOW) == 0 &&
           ours.st_dev == named.st_dev && ours.st_ino == named.st_ino;
}

/* One attempt: 1 when the lock is ours, 0 when it is taken. Each opens anew, for the reason above.
 */
static int try_take(int dir_fd, const char *name, int *ret_fd, char holder[static HOLDER_SIZE],
                    struct sf_error *err)
{
    sf_autoclose int fd =
        openat(dir_fd, name, O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK, 0644);

    if (fd < 0) {
        return sf_error_errno(err, errno, "open lock '%s'", name);
    }
    if (flock(fd, LOCK_EX | LOCK_NB) < 0) {
        if (errno != EWOULDBLOCK) {
            return sf_error_errno(err, errno, "lock '%s'", name);
        }
        describe_holder(fd, holder);
        return 0;
    }
    if (!is_still_the_file(fd, dir_fd, name)) {
        return 0;
    }
    *ret_fd = sf_steal_fd(&fd);
    return 1;
}

int sf_file_lock_take(int dir_fd, const char *name, const char *command, uint32_t timeout_s,
                      int *ret_fd, struct sf_error *err)
{
    const struct timespec pause = {.tv_nsec = RETRY_MS * 1000000L};
    const int64_t deadline_ms = sf_clock_monotonic_ms() + (int64_t)timeout_s * 1000;
    char holder[HOLDER_SIZE] = "another process";
    int fd = -1;

    for (;;) {
        int r = try_take(dir_fd, name, &fd, holder, err);

        if (r < 0) {
            return r;
        }
        if (r > 0) {
            break;
        }
        if (sf_clock_monotonic_ms() >= deadline_ms) {
            return sf_error_set(err, SF_E_BUSY,
                                "%s holds the lock '%s': try again when it has ended", holder,
                                name);
        }
        if (nanosleep(&pause, NULL) < 0) {
            return sf_error_errno(err, errno, "wait for the lock '%s', held by %s", name, holder);
        }
    }
    write_holder(fd, command);
    *ret_fd = fd;
    return 0;
}
