/* Makes a pack's private directory, and clears away what a killed pack has left. */
#include "builder/repository/work_dir.h"

#include <errno.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <time.h>

#include "common/base/cleanup.h"
#include "common/base/clock.h"
#include "common/base/error.h"
#include "common/base/log.h"
#include "common/base/path.h"
#include "common/base/str.h"
#include "common/base/strlist.h"
#include "common/host/dir.h"

#define NAME_PREFIX  ".sf-builder-"
#define LOCK_WAIT_MS 3000
#define LOCK_STEP_MS 20

/* Where the file system has no locks nothing is cleared away, and nothing is taken for free. */
static void remove_abandoned(int repository_fd, const char *name)
{
    struct sf_error err;
    sf_autoclose int fd = -1;

    if (sf_dir_open(repository_fd, name, &fd, &err) < 0 || flock(fd, LOCK_EX | LOCK_NB) < 0) {
        return;
    }
    if (sf_dir_remove(repository_fd, name, &err) < 0) {
        sf_log(SF_LOG_WARNING, "%s, continuing without removing '%s' of a killed pack", err.message,
               name);
    }
}

int sf_work_dir_sweep(int repository_fd, struct sf_error *err)
{
    sf_auto(strlist) struct sf_strlist names = {0};
    int r = sf_dir_list(repository_fd, ".", &names, err);

    for (size_t i = 0; r == 0 && i < names.count; i++) {
        if (sf_str_has_prefix(names.items[i], NAME_PREFIX)) {
            remove_abandoned(repository_fd, names.items[i]);
        }
    }
    return r;
}

static int make(const char *path, int repository_fd, char **ret_name, int *ret_fd,
                struct sf_error *err)
{
    sf_autofree char *work = sf_path_join(path, NAME_PREFIX "XXXXXX");
    sf_autofree char *name = NULL;
    sf_autoclose int fd = -1;

    if (work == NULL) {
        return sf_error_no_memory(err);
    }
    if (mkdtemp(work) == NULL) {
        return sf_error_errno(err, errno, "make a directory in '%s'", path);
    }
    name = strdup(sf_path_base(work));

    int r = name == NULL ? sf_error_no_memory(err) : sf_dir_open(repository_fd, name, &fd, err);

    if (r < 0) {
        (void)rmdir(work);
        return r;
    }
    (void)flock(fd, LOCK_EX | LOCK_NB);
    *ret_name = sf_steal(&name);
    *ret_fd = fd;
    fd = -1;
    return 0;
}

int sf_work_dir_make_held(const char *path, int repository_fd, char **ret_name, int *ret_fd,
                          struct sf_error *err)
{
    int r = sf_work_dir_sweep(repository_fd, err);

    return r < 0 ? r : make(path, repository_fd, ret_name, ret_fd, err);
}

/* False when somebody keeps the lock: in /var/tmp anybody can. A file system without locks has none
 * to wait for. */
static bool take_lock(int fd)
{
    static const struct timespec pause = {.tv_nsec = LOCK_STEP_MS * 1000000L};
    int64_t deadline_ms = sf_clock_monotonic_ms() + LOCK_WAIT_MS;

    while (flock(fd, LOCK_EX | LOCK_NB) < 0 && errno == EWOULDBLOCK) {
        if (sf_clock_monotonic_ms() >= deadline_ms) {
            return false;
        }
        (void)nanosleep(&pause, NULL);
    }
    return true;
}

int sf_work_dir_make(const char *path, int repository_fd, char **ret_name, int *ret_fd,
                     struct sf_error *err)
{
    /* A directory that another pack has made and not yet locked is not abandoned. */
    if (!take_lock(repository_fd)) {
        return make(path, repository_fd, ret_name, ret_fd, err);
    }

    int r = sf_work_dir_make_held(path, repository_fd, ret_name, ret_fd, err);

    (void)flock(repository_fd, LOCK_UN);
    return r;
}
