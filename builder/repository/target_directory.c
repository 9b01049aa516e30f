/* A directory to publish to. */
#include "builder/repository/target.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "builder/pack/copy_file.h"
#include "builder/repository/publish.h"
#include "builder/repository/work_dir.h"
#include "common/base/clock.h"
#include "common/base/error.h"
#include "common/base/path.h"
#include "common/base/str.h"
#include "common/host/dir.h"
#include "common/host/interrupt.h"

#define FILE_SCHEME "file://"
#define COPY_NAME   "copy"
#define RETRY_MS    50
#define PUT_TRIES   3

#define PREPARE_WAIT_S 60

/* Descriptors are -1 until they are needed. */
struct directory {
    char *path;
    int fd;
    int lock_fd; /* of the same directory: a lock belongs to a descriptor */
    char *work_name;
    int work_fd;
};

static void free_directory(void *self)
{
    struct directory *directory = self;
    struct sf_error ignored;

    if (directory->work_name != NULL) {
        (void)sf_dir_remove(directory->fd, directory->work_name, &ignored);
    }
    sf_cleanup_close(&directory->work_fd);
    sf_cleanup_close(&directory->lock_fd);
    sf_cleanup_close(&directory->fd);
    free(directory->work_name);
    free(directory->path);
    free(directory);
}

int sf_target_directory_open(const char *where, void **ret_self, struct sf_error *err)
{
    struct directory *directory = calloc(1, sizeof *directory);
    bool is_url = sf_str_has_prefix(where, FILE_SCHEME);

    if (directory == NULL) {
        return sf_error_no_memory(err);
    }
    directory->fd = directory->lock_fd = directory->work_fd = -1;
    directory->path = strdup(is_url ? where + sizeof FILE_SCHEME - 1 : where);
    if (directory->path == NULL) {
        free_directory(directory);
        return sf_error_no_memory(err);
    }
    *ret_self = directory;
    return 0;
}

/* Opens the repository; `*ret_is_there` is false when nobody has made it yet. */
static int look(struct directory *self, bool *ret_is_there, struct sf_error *err)
{
    int r = self->fd >= 0 ? 0 : sf_dir_open_follow(self->path, &self->fd, err);

    if (r < 0 && err->sys_errno != ENOENT) {
        return r;
    }
    *ret_is_there = r == 0;
    return 0;
}

static int open_or_make(struct directory *self, struct sf_error *err)
{
    bool is_there = false;
    int r = look(self, &is_there, err);

    if (r < 0 || is_there) {
        return r;
    }
    if (mkdir(self->path, 0755) < 0 && errno != EEXIST) {
        return sf_error_errno(err, errno, "make '%s'", self->path);
    }
    return sf_dir_open_follow(self->path, &self->fd, err);
}

/* A file system without locks has one publisher at a time by its owner's care. */
static int take_lock(const struct directory *self, uint32_t wait_s, int *ret_fd,
                     struct sf_error *err)
{
    static const struct timespec pause = {.tv_nsec = RETRY_MS * 1000000L};
    int64_t deadline_ms = sf_clock_monotonic_ms() + (int64_t)wait_s * 1000;
    sf_autoclose int fd = -1;
    int r = sf_dir_open_follow(self->path, &fd, err);

    if (r < 0) {
        return r;
    }
    while (flock(fd, LOCK_EX | LOCK_NB) < 0 && errno == EWOULDBLOCK) {
        if (sf_clock_monotonic_ms() >= deadline_ms) {
            return sf_error_set(err, SF_E_BUSY,
                                "another run publishes or indexes there, waited %u s: try again",
                                wait_s);
        }
        if (sf_interrupt_is_pending()) {
            return sf_error_set(err, SF_E_INTERRUPTED, "stopped by a signal");
        }
        (void)nanosleep(&pause, NULL);
    }
    *ret_fd = sf_steal_fd(&fd);
    return 0;
}

/* The repository and a work directory in it; those that were left there are gone afterwards. */
static int prepare(struct directory *self, struct sf_error *err)
{
    sf_autoclose int lock_fd = -1;

    if (self->work_fd >= 0) {
        return 0;
    }

    int r = open_or_make(self, err);

    if (r == 0 && self->lock_fd < 0) {
        r = take_lock(self, PREPARE_WAIT_S, &lock_fd, err);
    }
    if (r < 0) {
        return r;
    }
    return sf_work_dir_make_held(self->path, self->fd, &self->work_name, &self->work_fd, err);
}

static int get(void *self, const char *path, int fd, bool *ret_is_there, struct sf_error *err)
{
    struct directory *directory = self;
    sf_autoclose int from_fd = -1;
    bool is_there = false;
    int r = look(directory, &is_there, err);

    if (r == 0 && is_there) {
        r = sf_dir_open_file(directory->fd, path, O_RDONLY, 0, &from_fd, err);
        is_there = r == 0;
        r = r == -(int)SF_E_NOT_FOUND ? 0 : r;
    }
    if (r == 0 && is_there) {
        r = sf_copy_fd(from_fd, fd, path, err);
    }
    if (r < 0) {
        return r;
    }
    *ret_is_there = is_there;
    return 0;
}

/* The file at `fd` as COPY_NAME in the work directory. */
static int make_copy(struct directory *self, int fd, struct sf_error *err)
{
    int r = prepare(self, err);

    if (r < 0) {
        return r;
    }

    r = sf_dir_remove(self->work_fd, COPY_NAME, err);
    return r < 0 ? r : sf_copy_file(fd, self->work_fd, COPY_NAME, 0644, err);
}

static int put(void *self, const char *path, int fd, struct sf_error *err)
{
    struct directory *directory = self;
    int r = make_copy(directory, fd, err);

    if (r < 0) {
        return r;
    }
    /* Someone who prunes may take an empty directory from under us. */
    for (int i = 0; i < PUT_TRIES; i++) {
        r = sf_publish_file(directory->work_fd, COPY_NAME, directory->fd, path, err);
        if (r != -(int)SF_E_NOT_FOUND) {
            break;
        }
    }
    return r;
}

static int replace(void *self, const char *path, int fd, struct sf_error *err)
{
    struct directory *directory = self;
    sf_autofree char *parent = sf_path_parent(path);
    sf_autoclose int copy_fd = -1;
    sf_autoclose int parent_fd = -1;
    int r = parent == NULL ? sf_error_no_memory(err) : make_copy(directory, fd, err);

    if (r == 0) {
        r = sf_dir_open_file(directory->work_fd, COPY_NAME, O_RDONLY, 0, &copy_fd, err);
    }
    if (r == 0) {
        r = sf_dir_make(directory->fd, parent, err);
    }
    if (r == 0) {
        r = sf_dir_open(directory->fd, parent, &parent_fd, err);
    }
    if (r < 0) {
        return r;
    }
    if (fsync(copy_fd) < 0 ||
        renameat(directory->work_fd, COPY_NAME, parent_fd, sf_path_base(path)) < 0) {
        return sf_error_errno(err, errno, "replace '%s'", path);
    }
    return sf_dir_sync(parent_fd, err);
}

/* Directories that have become empty, upwards. One that is not, or cannot go, is no harm. */
static void remove_empty_parents(int fd, const char *path)
{
    sf_autofree char *parent = sf_path_parent(path);

    while (parent != NULL && strcmp(parent, ".") != 0 &&
           (unlinkat(fd, parent, AT_REMOVEDIR) == 0 || errno == ENOENT)) {
        char *next = sf_path_parent(parent);

        free(parent);
        parent = next;
    }
}

static int remove_file(void *self, const char *path, struct sf_error *err)
{
    struct directory *directory = self;
    bool is_there = false;
    int r = look(directory, &is_there, err);

    if (r < 0 || !is_there) {
        return r;
    }

    r = sf_dir_remove(directory->fd, path, err);
    if (r < 0) {
        return r;
    }
    remove_empty_parents(directory->fd, path);
    return 0;
}

static int list_entry(void *context, int dir_fd, const char *path, const struct stat *status,
                      struct sf_error *err)
{
    (void)dir_fd;
    if (!S_ISREG(status->st_mode) || path[0] == '.' || strstr(path, "/.") != NULL) {
        return 0;
    }
    return sf_strlist_add(context, path, err);
}

static int list(void *self, struct sf_strlist *ret_paths, struct sf_error *err)
{
    struct directory *directory = self;
    sf_auto(strlist) struct sf_strlist paths = {0};
    bool is_there = false;
    int r = look(directory, &is_there, err);

    if (r == 0 && is_there) {
        r = sf_dir_walk(directory->fd, ".", list_entry, &paths, err);
    }
    if (r < 0) {
        return r;
    }
    sf_strlist_sort(&paths);
    return sf_strlist_add_all(ret_paths, &paths, err);
}

static int lock(void *self, uint32_t wait_s, struct sf_error *err)
{
    struct directory *directory = self;
    int r = open_or_make(directory, err);

    if (r == 0) {
        r = take_lock(directory, wait_s, &directory->lock_fd, err);
    }
    return r < 0 ? r : sf_work_dir_sweep(directory->fd, err);
}

static void unlock(void *self)
{
    struct directory *directory = self;

    sf_cleanup_close(&directory->lock_fd);
    directory->lock_fd = -1;
}

const struct sf_target_kind sf_target_directory = {
    .get = get,
    .put = put,
    .replace = replace,
    .remove = remove_file,
    .list = list,
    .lock = lock,
    .unlock = unlock,
    .free = free_directory,
};
