/* Whole trees below a directory fd: removed, walked, made durable. */
#include "common/host/dir.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "common/base/cleanup.h"
#include "common/base/error.h"
#include "common/base/path.h"
#include "common/base/str.h"

#define WALK_DEPTH_MAX   64
#define REMOVE_DEPTH_MAX 256

static int remove_entry(int parent_fd, const char *name, dev_t device, unsigned depth,
                        struct sf_error *err);

static int remove_contents(int fd, dev_t device, unsigned depth, struct sf_error *err)
{
    sf_auto(strlist) struct sf_strlist names = {0};
    int r = sf_dir_list(fd, ".", &names, err);

    for (size_t i = 0; r == 0 && i < names.count; i++) {
        r = remove_entry(fd, names.items[i], device, depth, err);
    }
    return r;
}

/* Empties the directory `name`. */
static int empty_directory(int parent_fd, const char *name, dev_t device, unsigned depth,
                           struct sf_error *err)
{
    struct stat status;

    if (depth == 0) {
        return sf_error_set(err, SF_E_FORMAT, "remove '%s': more than %d directories deep", name,
                            REMOVE_DEPTH_MAX);
    }

    sf_autoclose int fd = openat(parent_fd, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);

    if (fd < 0 || fstat(fd, &status) < 0) {
        return sf_error_errno(err, errno, "remove '%s'", name);
    }
    if (status.st_dev != device) {
        return sf_error_set(err, SF_E_IN_USE,
                            "remove '%s': another file system is mounted there, unmount it first",
                            name);
    }
    return remove_contents(fd, device, depth - 1, err);
}

static int remove_entry(int parent_fd, const char *name, dev_t device, unsigned depth,
                        struct sf_error *err)
{
    struct stat status;

    if (fstatat(parent_fd, name, &status, AT_SYMLINK_NOFOLLOW) < 0) {
        return errno == ENOENT ? 0 : sf_error_errno(err, errno, "remove '%s'", name);
    }

    bool is_directory = S_ISDIR(status.st_mode);

    if (is_directory) {
        int r = empty_directory(parent_fd, name, device, depth, err);

        if (r < 0) {
            return r;
        }
    }
    if (unlinkat(parent_fd, name, is_directory ? AT_REMOVEDIR : 0) < 0 && errno != ENOENT) {
        return sf_error_errno(err, errno, "remove '%s'", name);
    }
    return 0;
}

int sf_dir_remove(int dir_fd, const char *path, struct sf_error *err)
{
    struct stat status;
    sf_autoclose int parent_fd = -1;
    sf_autofree char *parent = sf_path_parent(path);

    const char *name = sf_path_base(path);

    if (parent == NULL) {
        return sf_error_no_memory(err);
    }
    if (sf_str_is_equal(name, ".") || sf_str_is_equal(name, "..")) {
        return sf_error_set(err, SF_E_INTERNAL, "remove '%s': not a name", path);
    }

    int r = sf_dir_open(dir_fd, parent, &parent_fd, err);

    if (r < 0) {
        return err->code == SF_E_NOT_FOUND ? 0 : r;
    }
    if (fstat(parent_fd, &status) < 0) {
        return sf_error_errno(err, errno, "remove '%s'", path);
    }
    r = remove_entry(parent_fd, name, status.st_dev, REMOVE_DEPTH_MAX, err);
    return r < 0 ? sf_error_prefix(err, "in '%s': ", parent) : 0;
}

struct walk {
    int top_fd;
    sf_dir_visit visit;
    void *context;
    char path[PATH_MAX]; /* of the entry at hand, relative to the top; "" at the top itself */
};

static int walk_directory(struct walk *walk, unsigned depth, struct sf_error *err);

/* Visits the entry `name` of the directory `fd`, whose own path has `length` bytes. */
static int walk_entry(struct walk *walk, int fd, const char *name, size_t length, unsigned depth,
                      struct sf_error *err)
{
    struct stat status;
    size_t room = sizeof walk->path - length;
    int size = snprintf(walk->path + length, room, "%s%s", length == 0 ? "" : "/", name);

    if (depth == 0 || (size_t)size >= room) {
        return sf_error_set(err, SF_E_FORMAT, "'%s': more than %d directories deep", walk->path,
                            WALK_DEPTH_MAX);
    }
    if (fstatat(fd, name, &status, AT_SYMLINK_NOFOLLOW) < 0) {
        return sf_error_errno(err, errno, "look at '%s'", walk->path);
    }

    int r = walk->visit(walk->context, walk->top_fd, walk->path, &status, err);

    return r == 0 && S_ISDIR(status.st_mode) ? walk_directory(walk, depth - 1, err) : r;
}

/* Visits what is below the directory at `walk->path`. */
static int walk_directory(struct walk *walk, unsigned depth, struct sf_error *err)
{
    sf_auto(strlist) struct sf_strlist names = {0};
    sf_autoclose int fd = -1;
    size_t length = strlen(walk->path);
    int r = sf_dir_open(walk->top_fd, length == 0 ? "." : walk->path, &fd, err);

    if (r == 0) {
        r = sf_dir_list(fd, ".", &names, err);
    }
    for (size_t i = 0; r == 0 && i < names.count; i++) {
        r = walk_entry(walk, fd, names.items[i], length, depth, err);
    }
    walk->path[length] = '\0';
    return r;
}

int sf_dir_walk(int dir_fd, const char *path, sf_dir_visit visit, void *context,
                struct sf_error *err)
{
    struct walk walk = {.visit = visit, .context = context};
    sf_autoclose int fd = -1;
    int r = sf_dir_open(dir_fd, path, &fd, err);

    if (r < 0) {
        return r;
    }
    walk.top_fd = fd;
    return walk_directory(&walk, WALK_DEPTH_MAX, err);
}

/*
 * Asks for a file's writing without waiting. Were each file written and waited for in turn, every
 * one would cost a journal commit of the file system.
 */
static int start_writing(void *context, int dir_fd, const char *path, const struct stat *status,
                         struct sf_error *err)
{
    sf_autoclose int fd = -1;

    (void)context;
    if (!S_ISREG(status->st_mode)) {
        return 0;
    }

    int r = sf_dir_open_file(dir_fd, path, O_RDONLY | O_NONBLOCK, 0, &fd, err);

    if (r == 0) {
        /* Whatever goes wrong here, fsync reports. */
        (void)sync_file_range(fd, 0, 0, SYNC_FILE_RANGE_WRITE);
    }
    return r;
}

static int sync_file(void *context, int dir_fd, const char *path, const struct stat *status,
                     struct sf_error *err)
{
    sf_autoclose int fd = -1;

    (void)context;
    if (!S_ISREG(status->st_mode) && !S_ISDIR(status->st_mode)) {
        return 0;
    }

    int r = sf_dir_open_file(dir_fd, path, O_RDONLY | O_NONBLOCK, 0, &fd, err);

    if (r == 0) {
        r = sf_dir_sync(fd, err);
    }
    return r < 0 ? sf_error_prefix(err, "'%s': ", path) : 0;
}

/* The directory `path` and each one above it, up to `dir_fd` itself. */
static int sync_upwards(int dir_fd, const char *path, struct sf_error *err)
{
    sf_autofree char *at = strdup(path);

    while (at != NULL) {
        sf_autoclose int fd = -1;
        int r = sf_dir_open(dir_fd, at, &fd, err);

        if (r == 0) {
            r = sf_dir_sync(fd, err);
        }
        if (r < 0) {
            return sf_error_prefix(err, "'%s': ", at);
        }
        if (sf_str_is_equal(at, ".")) {
            return 0;
        }

        char *parent = sf_path_parent(at);

        free(at);
        at = parent;
    }
    return sf_error_no_memory(err);
}

int sf_dir_sync_tree(int dir_fd, const char *path, struct sf_error *err)
{
    int r = sf_dir_walk(dir_fd, path, start_writing, NULL, err);

    if (r == 0) {
        r = sf_dir_walk(dir_fd, path, sync_file, NULL, err);
    }
    return r < 0 ? r : sync_upwards(dir_fd, path, err);
}
