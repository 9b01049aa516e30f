/* Puts files to a target, and looks whether they have arrived as they are. */
#include "builder/repository/put_files.h"

#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "builder/repository/publish.h"
#include "builder/repository/release_files.h"
#include "builder/repository/target.h"
#include "common/base/cleanup.h"
#include "common/base/error.h"
#include "common/base/path.h"
#include "common/base/str.h"
#include "common/base/strlist.h"
#include "common/host/digest.h"
#include "common/host/dir.h"

static bool is_beside(const char *artifact, const char *path)
{
    return strcmp(path, artifact) != 0 && !sf_str_has_suffix(path, SF_PUBLISH_MANIFEST_SUFFIX);
}

int sf_put_files_plan(const struct sf_put_plan *plan, struct sf_strlist *ret_files,
                      struct sf_error *err)
{
    sf_auto(strlist) struct sf_strlist files = {0};
    int r = sf_release_files_pick(plan->artifact, plan->from_paths, &files, err);

    for (size_t i = 0; r == 0 && i < files.count; i++) {
        const char *path = files.items[i];
        bool is_kept = plan->is_listed || is_beside(plan->artifact, path);

        if (!is_kept || !sf_strlist_has(plan->paths, path)) {
            r = sf_strlist_add(ret_files, path, err);
        }
    }
    return r;
}

/* A file without a name, for an artifact may be larger than memory. */
static int open_temporary(int *ret_fd, struct sf_error *err)
{
    const char *wanted = getenv("TMPDIR");
    const char *directory = wanted == NULL || wanted[0] != '/' ? "/var/tmp" : wanted;
    sf_autofree char *path = sf_path_join(directory, "sf-builder-XXXXXX");
    int fd = open(directory, O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);

    if (path == NULL) {
        sf_cleanup_close(&fd);
        return sf_error_no_memory(err);
    }
    /* Not every file system can. */
    if (fd < 0) {
        fd = mkostemp(path, O_CLOEXEC);
        if (fd >= 0) {
            (void)unlink(path);
        }
    }
    if (fd < 0) {
        return sf_error_errno(err, errno, "make a temporary file in '%s'", directory);
    }
    *ret_fd = fd;
    return 0;
}

static int read_back(struct sf_target *target, const char *path, const char *sha256,
                     struct sf_error *err)
{
    char found[SF_DIGEST_HEX];
    uint64_t size_bytes = 0;
    bool is_there = false;
    sf_autoclose int fd = -1;
    int r = open_temporary(&fd, err);

    if (r == 0) {
        r = sf_target_get(target, path, fd, &is_there, err);
    }
    if (r == 0 && is_there) {
        r = sf_digest_fd(fd, found, &size_bytes, err);
    }
    if (r < 0) {
        return r;
    }
    if (!is_there || strcmp(found, sha256) != 0) {
        return sf_error_set(err, SF_E_INTEGRITY,
                            "%s: '%s' was put, but %s when it is read back: the index is not "
                            "touched; look at the server, remove the file there, try again",
                            target->name, path, is_there ? "has other bytes" : "is not there");
    }
    return 0;
}

int sf_put_file(struct sf_target *target, int from_fd, const char *path, struct sf_error *err)
{
    char sha256[SF_DIGEST_HEX];
    uint64_t size_bytes = 0;
    sf_autoclose int fd = -1;
    int r = sf_dir_open_file(from_fd, path, O_RDONLY, 0, &fd, err);

    if (r == 0) {
        r = sf_digest_fd(fd, sha256, &size_bytes, err);
    }
    if (r == 0) {
        r = sf_target_put(target, path, fd, err);
    }
    return r < 0 ? r : read_back(target, path, sha256, err);
}
