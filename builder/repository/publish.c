/* A finished file gets its name in the repository, once. */
#include "builder/repository/publish.h"

#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/base/cleanup.h"
#include "common/base/error.h"
#include "common/base/path.h"
#include "common/host/digest.h"
#include "common/host/dir.h"

static int compare_with_old(int fd, int repository_fd, const char *path, struct sf_error *err)
{
    char ours[SF_DIGEST_HEX];
    char theirs[SF_DIGEST_HEX];
    uint64_t size_bytes = 0;
    sf_autoclose int old_fd = -1;
    int r = sf_dir_open_file(repository_fd, path, O_RDONLY, 0, &old_fd, err);

    if (r < 0) {
        return r;
    }

    r = sf_digest_fd(fd, ours, &size_bytes, err);
    if (r < 0) {
        return r;
    }

    r = sf_digest_fd(old_fd, theirs, &size_bytes, err);
    if (r < 0) {
        return r;
    }
    if (strcmp(ours, theirs) != 0) {
        return sf_error_set(err, SF_E_USAGE,
                            "'%s' is published with other bytes, and a name never gets others: "
                            "raise --build",
                            path);
    }
    return 0;
}

static int make_durable(int fd, const char *name, struct sf_error *err)
{
    if (fchmod(fd, 0644) < 0 || fsync(fd) < 0) {
        return sf_error_errno(err, errno, "write '%s'", name);
    }
    return 0;
}

int sf_publish_file(int work_fd, const char *name, int repository_fd, const char *path,
                    struct sf_error *err)
{
    sf_autofree char *directory = sf_path_parent(path);
    sf_autoclose int fd = -1;
    sf_autoclose int directory_fd = -1;
    int r = directory == NULL ? sf_error_no_memory(err)
                              : sf_dir_open_file(work_fd, name, O_RDONLY, 0, &fd, err);

    if (r < 0) {
        return r;
    }

    r = make_durable(fd, name, err);
    if (r < 0) {
        return r;
    }

    r = sf_dir_make(repository_fd, directory, err);
    if (r < 0) {
        return r;
    }

    r = sf_dir_open(repository_fd, directory, &directory_fd, err);
    if (r < 0) {
        return r;
    }
    /* Unlike a rename, a link does not replace what another run has put there meanwhile. */
    if (linkat(work_fd, name, directory_fd, sf_path_base(path), 0) < 0) {
        return errno == EEXIST ? compare_with_old(fd, repository_fd, path, err)
                               : sf_error_errno(err, errno, "publish '%s'", path);
    }
    return sf_dir_sync(directory_fd, err);
}
