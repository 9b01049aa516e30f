/* A system to take libraries from: opens files within it and says what their true paths are. */
#include "builder/pack/sysroot.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>

#include "common/base/error.h"
#include "common/base/str.h"
#include "common/host/dir.h"

/* The path of an open file, as the kernel knows it. */
static char *path_of(int fd, struct sf_error *err)
{
    char link[32];
    char path[PATH_MAX];

    (void)snprintf(link, sizeof link, "/proc/self/fd/%d", fd);

    ssize_t length = readlink(link, path, sizeof path - 1);

    if (length < 0 || path[0] != '/') {
        (void)sf_error_errno(err, length < 0 ? errno : ENOENT, "find the path of an open file");
        return NULL;
    }
    path[length] = '\0';

    char *copy = strdup(path);

    if (copy == NULL) {
        (void)sf_error_no_memory(err);
    }
    return copy;
}

int sf_sysroot_open(const char *path, struct sf_sysroot *ret, struct sf_error *err)
{
    sf_autoclose int fd = -1;
    int r = sf_dir_open_follow(path == NULL ? "/" : path, &fd, err);

    if (r < 0) {
        return r;
    }

    char *real = path_of(fd, err);

    if (real == NULL) {
        return -(int)err->code;
    }
    *ret = (struct sf_sysroot){sf_steal_fd(&fd), real};
    return 0;
}

bool sf_sysroot_is_machine(const struct sf_sysroot *sysroot)
{
    return sf_str_is_equal(sysroot->path, "/");
}

int sf_sysroot_open_file(const struct sf_sysroot *sysroot, const char *path, char **ret_real,
                         int *ret_fd, struct sf_error *err)
{
    sf_autoclose int fd = -1;
    int r = sf_dir_open_in_root(sysroot->fd, path, O_RDONLY | O_NONBLOCK, &fd, err);

    if (r < 0) {
        return r;
    }
    if (ret_real != NULL) {
        sf_autofree char *outside = path_of(fd, err);

        if (outside == NULL) {
            return -(int)err->code;
        }

        char *inside =
            strdup(outside + (sf_sysroot_is_machine(sysroot) ? 0 : strlen(sysroot->path)));

        if (inside == NULL) {
            return sf_error_no_memory(err);
        }
        *ret_real = inside;
    }
    *ret_fd = sf_steal_fd(&fd);
    return 0;
}

char *sf_sysroot_outside(const struct sf_sysroot *sysroot, const char *path)
{
    return sf_sysroot_is_machine(sysroot) ? strdup(path)
                                          : sf_str_format("%s%s", sysroot->path, path);
}

void sf_sysroot_done(struct sf_sysroot *sysroot)
{
    if (sysroot->path != NULL) {
        (void)close(sysroot->fd);
    }
    free(sysroot->path);
    *sysroot = (struct sf_sysroot){0};
}
