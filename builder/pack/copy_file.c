/* A copy of a file, made by the kernel. */
#include "builder/pack/copy_file.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/sendfile.h>
#include <sys/stat.h>

#include "common/base/cleanup.h"
#include "common/base/error.h"
#include "common/host/dir.h"

#define CHUNK_BYTES (1U << 30)

int sf_copy_fd(int from_fd, int to_fd, const char *name, struct sf_error *err)
{
    off_t offset = 0;
    ssize_t copied = 0;

    do {
        copied = sendfile(to_fd, from_fd, &offset, CHUNK_BYTES);
    } while (copied > 0 || (copied < 0 && errno == EINTR));
    return copied < 0 ? sf_error_errno(err, errno, "copy '%s'", name) : 0;
}

int sf_copy_file(int from_fd, int dir_fd, const char *path, mode_t mode, struct sf_error *err)
{
    sf_autoclose int to_fd = -1;
    int r = sf_dir_open_file(dir_fd, path, O_WRONLY | O_CREAT | O_EXCL, mode, &to_fd, err);

    if (r < 0) {
        return r;
    }

    r = sf_copy_fd(from_fd, to_fd, path, err);
    if (r < 0) {
        return r;
    }
    /* The umask has no say in what an artifact holds. */
    if (fchmod(to_fd, mode) < 0) {
        return sf_error_errno(err, errno, "copy '%s'", path);
    }
    return 0;
}
