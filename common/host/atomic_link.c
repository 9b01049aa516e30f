/* A symbolic link replaced by rename. */
#include "common/host/atomic_link.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/base/error.h"
#include "common/host/dir.h"

static bool points_at(int dir_fd, const char *name, const char *target)
{
    char present[PATH_MAX];
    ssize_t length = readlinkat(dir_fd, name, present, sizeof present);

    return length >= 0 && (size_t)length == strlen(target) &&
           memcmp(present, target, (size_t)length) == 0;
}

/* A link of that name is what an earlier run left when it was killed. */
static int make_fresh(int dir_fd, const char *name, const char *target)
{
    int r = symlinkat(target, dir_fd, name);

    if (r < 0 && errno == EEXIST && unlinkat(dir_fd, name, 0) == 0) {
        r = symlinkat(target, dir_fd, name);
    }
    return r;
}

int sf_atomic_link_set(int dir_fd, const char *name, const char *target, struct sf_error *err)
{
    char fresh[NAME_MAX + 1];
    struct stat status;

    if (points_at(dir_fd, name, target)) {
        return 0;
    }
    if (fstatat(dir_fd, name, &status, AT_SYMLINK_NOFOLLOW) == 0 && !S_ISLNK(status.st_mode)) {
        return sf_error_set(err, SF_E_IN_USE,
                            "'%s' is not a symbolic link, so it is not ours to replace: move it "
                            "away and try again",
                            name);
    }
    if ((size_t)snprintf(fresh, sizeof fresh, ".%s.new", name) >= sizeof fresh) {
        return sf_error_errno(err, ENAMETOOLONG, "link '%s' to '%s'", name, target);
    }
    if (make_fresh(dir_fd, fresh, target) < 0) {
        return sf_error_errno(err, errno, "link '%s' to '%s'", name, target);
    }
    if (renameat(dir_fd, fresh, dir_fd, name) < 0) {
        (void)sf_error_errno(err, errno, "link '%s' to '%s'", name, target);
        (void)unlinkat(dir_fd, fresh, 0);
        return -(int)err->code;
    }
    return sf_dir_sync(dir_fd, err);
}
