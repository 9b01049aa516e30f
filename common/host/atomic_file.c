/* A file replaced by rename, so that readers and crashes meet the old or the new one. */
#include "common/host/atomic_file.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/base/cleanup.h"
#include "common/base/error.h"
#include "common/host/dir.h"

static int write_all(int fd, const void *bytes, size_t size)
{
    const char *at = bytes;

    while (size > 0) {
        ssize_t written = write(fd, at, size);

        if (written < 0 && errno != EINTR) {
            return -1;
        }
        if (written > 0) {
            at += written;
            size -= (size_t)written;
        }
    }
    return 0;
}

/* A file of that name is what an earlier run left when it was killed. */
static int open_fresh(int dir_fd, const char *name)
{
    const int flags = O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC;
    int fd = openat(dir_fd, name, flags, 0600);

    if (fd < 0 && errno == EEXIST && unlinkat(dir_fd, name, 0) == 0) {
        fd = openat(dir_fd, name, flags, 0600);
    }
    return fd;
}

/* False when another writer has put its own file under the name meanwhile. */
static bool is_same_file(int fd, int dir_fd, const char *name)
{
    struct stat ours;
    struct stat theirs;

    return fstat(fd, &ours) == 0 && fstatat(dir_fd, name, &theirs, AT_SYMLINK_NOFOLLOW) == 0 &&
           ours.st_dev == theirs.st_dev && ours.st_ino == theirs.st_ino;
}

int sf_atomic_file_write(int dir_fd, const char *name, const void *bytes, size_t size, mode_t mode,
                         struct sf_error *err)
{
    char fresh[NAME_MAX + 1];

    if ((size_t)snprintf(fresh, sizeof fresh, ".%s.new", name) >= sizeof fresh) {
        return sf_error_errno(err, ENAMETOOLONG, "write '%s'", name);
    }

    sf_autoclose int fd = open_fresh(dir_fd, fresh);

    if (fd < 0) {
        return sf_error_errno(err, errno, "write '%s'", name);
    }
    if (write_all(fd, bytes, size) < 0 || fchmod(fd, mode) < 0 || fsync(fd) < 0) {
        (void)sf_error_errno(err, errno, "write '%s'", name);
        goto remove_fresh;
    }
    if (!is_same_file(fd, dir_fd, fresh)) {
        return sf_error_set(err, SF_E_BUSY, "write '%s': another process writes it too", name);
    }
    /* Some file systems tell of a full disk only at the close. */
    if (close(sf_steal_fd(&fd)) < 0 || renameat(dir_fd, fresh, dir_fd, name) < 0) {
        (void)sf_error_errno(err, errno, "write '%s'", name);
        goto remove_fresh;
    }
    return sf_dir_sync(dir_fd, err);

remove_fresh:
    (void)unlinkat(dir_fd, fresh, 0);
    return -(int)err->code;
}

/* True when the file ends without a newline: an earlier line was cut short by a crash. */
static bool ends_within_line(int fd, off_t size)
{
    char last = '\n';

    return size > 0 && pread(fd, &last, 1, size - 1) == 1 && last != '\n';
}

static int append_durably(int fd, const void *bytes, size_t size, mode_t mode, bool is_new)
{
    struct stat status;

    if (fstat(fd, &status) < 0 || (is_new && fchmod(fd, mode) < 0)) {
        return -1;
    }
    if ((ends_within_line(fd, status.st_size) && write_all(fd, "\n", 1) < 0) ||
        write_all(fd, bytes, size) < 0 || fsync(fd) < 0) {
        int saved = errno;

        /* Half a line that stays is ended by the next append. */
        int cut = ftruncate(fd, status.st_size);

        (void)cut;
        errno = saved;
        return -1;
    }
    return 0;
}

int sf_atomic_file_append(int dir_fd, const char *name, const void *bytes, size_t size, mode_t mode,
                          struct sf_error *err)
{
    const int flags = O_RDWR | O_APPEND | O_NOFOLLOW | O_CLOEXEC;
    bool is_new = false;
    sf_autoclose int fd = openat(dir_fd, name, flags);

    if (fd < 0 && errno == ENOENT) {
        is_new = true;
        fd = openat(dir_fd, name, flags | O_CREAT, mode);
    }
    if (fd < 0 || append_durably(fd, bytes, size, mode, is_new) < 0 ||
        close(sf_steal_fd(&fd)) < 0) {
        return sf_error_errno(err, errno, "append to '%s'", name);
    }
    return is_new ? sf_dir_sync(dir_fd, err) : 0;
}
