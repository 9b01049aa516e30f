/* A copy of a configuration directory, without what is secret. */
#include "builder/trial/public_copy.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "builder/pack/copy_file.h"
#include "common/base/cleanup.h"
#include "common/base/error.h"
#include "common/base/strlist.h"
#include "common/host/dir.h"

#define MAX_DEPTH 64

static int copy_directory(int from_fd, int to_fd, unsigned depth, struct sf_error *err);

static int copy_link(int from_fd, int to_fd, const char *name, struct sf_error *err)
{
    sf_autofree char *target = NULL;
    int r = sf_dir_read_link(from_fd, name, &target, err);

    if (r == 0 && symlinkat(target, to_fd, name) < 0) {
        r = sf_error_errno(err, errno, "make the link '%s'", name);
    }
    return r;
}

static int copy_regular(int from_fd, int to_fd, const char *name, mode_t mode, struct sf_error *err)
{
    sf_autoclose int fd = -1;
    int r = sf_dir_open_file(from_fd, name, O_RDONLY, 0, &fd, err);

    return r < 0 ? r : sf_copy_file(fd, to_fd, name, mode & 0755, err);
}

static int copy_below(int from_fd, int to_fd, const char *name, unsigned depth,
                      struct sf_error *err)
{
    sf_autoclose int from = -1;
    sf_autoclose int to = -1;
    int r = sf_dir_open(from_fd, name, &from, err);

    if (r == 0) {
        r = sf_dir_make(to_fd, name, err);
    }
    if (r == 0) {
        r = sf_dir_open(to_fd, name, &to, err);
    }
    return r < 0 ? r : copy_directory(from, to, depth + 1, err);
}

static int copy_entry(int from_fd, int to_fd, const char *name, unsigned depth,
                      struct sf_error *err)
{
    const mode_t enter = S_IROTH | S_IXOTH;
    struct stat status;

    if (fstatat(from_fd, name, &status, AT_SYMLINK_NOFOLLOW) < 0) {
        return errno == ENOENT ? 0 : sf_error_errno(err, errno, "examine '%s'", name);
    }
    if (S_ISLNK(status.st_mode)) {
        return copy_link(from_fd, to_fd, name, err);
    }
    if (S_ISREG(status.st_mode) && (status.st_mode & S_IROTH) != 0) {
        return copy_regular(from_fd, to_fd, name, status.st_mode, err);
    }
    if (S_ISDIR(status.st_mode) && (status.st_mode & enter) == enter) {
        return copy_below(from_fd, to_fd, name, depth, err);
    }
    return 0;
}

static int copy_directory(int from_fd, int to_fd, unsigned depth, struct sf_error *err)
{
    sf_auto(strlist) struct sf_strlist names = {0};

    if (depth > MAX_DEPTH) {
        return sf_error_set(err, SF_E_FORMAT, "more than %d directories deep", MAX_DEPTH);
    }
    int r = sf_dir_list(from_fd, ".", &names, err);

    for (size_t i = 0; r == 0 && i < names.count; i++) {
        r = copy_entry(from_fd, to_fd, names.items[i], depth, err);
    }
    return r;
}

int sf_public_copy(int from_fd, int to_fd, struct sf_error *err)
{
    return copy_directory(from_fd, to_fd, 0, err);
}
