/* Files and directories reached below a directory fd: open, make, list, read. */
#include "common/host/dir.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/base/buffer.h"
#include "common/base/cleanup.h"
#include "common/base/error.h"
#include "common/base/path.h"
#include "common/host/dir_resolve.h"

#define IMAGE_FILE_MODE 0644
#define MADE_DIR_MODE   0755
#define READ_CHUNK      8192

/* The two refusals of ours get words of their own: strerror's would not say what is meant. */
static int path_error(struct sf_error *err, int errnum, const char *action, const char *path)
{
    if (errnum == ELOOP) {
        (void)sf_error_errno(err, errnum,
                             "%s '%s': a symbolic link is in the way, or too many of them", action,
                             path);
        return -(int)err->code;
    }
    if (errnum == EXDEV) {
        (void)sf_error_errno(err, errnum, "%s '%s': the path leads out of its directory", action,
                             path);
        return -(int)err->code;
    }
    return sf_error_errno(err, errnum, "%s '%s'", action, path);
}

/* Opens the directory that holds `path` and points at the last component within `path`. */
static int open_parent(int dir_fd, const char *path, int *ret_fd, const char **ret_name,
                       struct sf_error *err)
{
    sf_autofree char *parent = sf_path_parent(path);

    if (parent == NULL) {
        return sf_error_no_memory(err);
    }

    int fd = sf_dir_resolve_beneath(dir_fd, parent, O_PATH | O_DIRECTORY, 0);

    if (fd < 0) {
        return path_error(err, errno, "open", parent);
    }
    *ret_fd = fd;
    *ret_name = sf_path_base(path);
    return 0;
}

int sf_dir_open_follow(const char *path, int *ret_fd, struct sf_error *err)
{
    int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

    if (fd < 0) {
        return sf_error_errno(err, errno, "open '%s'", path);
    }
    *ret_fd = fd;
    return 0;
}

int sf_dir_open(int dir_fd, const char *path, int *ret_fd, struct sf_error *err)
{
    return sf_dir_open_file(dir_fd, path, O_RDONLY | O_DIRECTORY, 0, ret_fd, err);
}

int sf_dir_open_file(int dir_fd, const char *path, int flags, mode_t mode, int *ret_fd,
                     struct sf_error *err)
{
    int fd = sf_dir_resolve_beneath(dir_fd, path, flags, mode);

    if (fd < 0) {
        return path_error(err, errno, "open", path);
    }
    *ret_fd = fd;
    return 0;
}

int sf_dir_open_in_root(int root_fd, const char *path, int flags, int *ret_fd, struct sf_error *err)
{
    int fd = sf_dir_resolve_in_root(root_fd, path, flags, IMAGE_FILE_MODE);

    if (fd < 0) {
        return path_error(err, errno, "open in the image", path);
    }
    *ret_fd = fd;
    return 0;
}

/*
 * Makes the directory `name` unless it is there, and opens it. The mode is set on the descriptor:
 * the umask must not decide who reads a release.
 */
static int make_one(int parent_fd, const char *name, mode_t mode, int *ret_fd)
{
    bool is_new = mkdirat(parent_fd, name, mode) == 0;

    if (!is_new && errno != EEXIST) {
        return -1;
    }

    sf_autoclose int fd = sf_dir_resolve_beneath(parent_fd, name, O_RDONLY | O_DIRECTORY, 0);

    if (fd < 0) {
        return -1;
    }
    if (is_new && fchmod(fd, mode) < 0) {
        return -1;
    }
    *ret_fd = sf_steal_fd(&fd);
    return 0;
}

/* Length of the prefix of `path` that ends with its component after `from`; 0 when none is left. */
static size_t prefix_end(const char *path, size_t from)
{
    size_t start = from + strspn(path + from, "/");
    size_t length = strcspn(path + start, "/");

    return length == 0 ? 0 : start + length;
}

int sf_dir_make(int dir_fd, const char *path, struct sf_error *err)
{
    sf_autofree char *copy = strdup(path);

    if (copy == NULL) {
        return sf_error_no_memory(err);
    }
    for (size_t end = prefix_end(path, 0); end != 0; end = prefix_end(path, end)) {
        sf_autoclose int parent_fd = -1;
        sf_autoclose int fd = -1;
        const char *name = NULL;

        memcpy(copy, path, end);
        copy[end] = '\0';

        int r = open_parent(dir_fd, copy, &parent_fd, &name, err);

        if (r < 0) {
            return r;
        }
        if (make_one(parent_fd, name, MADE_DIR_MODE, &fd) < 0) {
            return path_error(err, errno, "make directory", copy);
        }
    }
    return 0;
}

static bool is_machine(int root_fd)
{
    struct stat given;
    struct stat machine;
    int saved = errno;
    bool is_same = fstat(root_fd, &given) == 0 && stat("/", &machine) == 0 &&
                   given.st_dev == machine.st_dev && given.st_ino == machine.st_ino;

    errno = saved;
    return is_same;
}

int sf_dir_make_in_root(int root_fd, const char *path, mode_t mode, int *ret_fd,
                        struct sf_error *err)
{
    sf_autofree char *copy = strdup(path);
    sf_autoclose int fd = sf_dir_resolve_in_root(root_fd, "/", O_RDONLY | O_DIRECTORY, 0);

    if (copy == NULL) {
        return sf_error_no_memory(err);
    }
    for (size_t end = prefix_end(path, 0); end != 0 && fd >= 0; end = prefix_end(path, end)) {
        bool is_last = prefix_end(path, end) == 0;

        memcpy(copy, path, end);
        copy[end] = '\0';

        sf_autoclose int next = sf_dir_resolve_in_root(root_fd, copy, O_RDONLY | O_DIRECTORY, 0);

        if (next < 0 && errno == ENOENT &&
            make_one(fd, sf_path_base(copy), is_last ? mode : MADE_DIR_MODE, &next) < 0) {
            next = -1;
        }
        if (next < 0) {
            return path_error(
                err, errno, is_machine(root_fd) ? "make directory" : "make directory in the image",
                copy);
        }
        (void)close(fd);
        fd = sf_steal_fd(&next);
    }
    if (fd < 0) {
        return path_error(err, errno, "open in the image", "/");
    }
    *ret_fd = sf_steal_fd(&fd);
    return 0;
}

static int list_stream(DIR *stream, const char *path, struct sf_strlist *names,
                       struct sf_error *err)
{
    for (;;) {
        errno = 0;

        const struct dirent *entry = readdir(stream);

        if (entry == NULL) {
            return errno == 0 ? 0 : sf_error_errno(err, errno, "read directory '%s'", path);
        }
        if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0) {
            continue;
        }

        int r = sf_strlist_add(names, entry->d_name, err);

        if (r < 0) {
            return r;
        }
    }
}

int sf_dir_list(int dir_fd, const char *path, struct sf_strlist *ret_names, struct sf_error *err)
{
    sf_auto(strlist) struct sf_strlist names = {0};
    int fd = -1;
    int r = sf_dir_open(dir_fd, path, &fd, err);

    if (r < 0) {
        return r;
    }

    DIR *stream = fdopendir(fd);

    if (stream == NULL) {
        (void)close(fd);
        return sf_error_no_memory(err);
    }
    r = list_stream(stream, path, &names, err);
    (void)closedir(stream);
    if (r < 0) {
        return r;
    }
    sf_strlist_sort(&names);
    sf_strlist_done(ret_names);
    *ret_names = names;
    names = (struct sf_strlist){0};
    return 0;
}

bool sf_dir_has(int dir_fd, const char *path)
{
    sf_autoclose int fd = sf_dir_resolve_beneath(dir_fd, path, O_PATH | O_NOFOLLOW, 0);

    return fd >= 0;
}

int sf_dir_look(int dir_fd, const char *path, bool *ret_is_there, struct sf_error *err)
{
    sf_autoclose int fd = sf_dir_resolve_beneath(dir_fd, path, O_PATH | O_NOFOLLOW, 0);

    if (fd < 0 && errno != ENOENT && errno != ENOTDIR) {
        return path_error(err, errno, "look at", path);
    }
    *ret_is_there = fd >= 0;
    return 0;
}

int sf_dir_read_fd(int fd, const char *name, struct sf_buffer *buffer, struct sf_error *err)
{
    char chunk[READ_CHUNK];

    for (;;) {
        ssize_t size = read(fd, chunk, sizeof chunk);

        if (size < 0 && errno == EINTR) {
            continue;
        }
        if (size < 0) {
            return sf_error_errno(err, errno, "read '%s'", name);
        }
        if (size == 0) {
            return 0;
        }

        int r = sf_buffer_append(buffer, chunk, (size_t)size, err);

        if (r < 0) {
            return sf_error_prefix(err, "read '%s': ", name);
        }
    }
}

int sf_dir_read_file(int dir_fd, const char *path, struct sf_buffer *buffer, struct sf_error *err)
{
    struct stat status;
    sf_autoclose int fd = -1;
    /* O_NONBLOCK: a FIFO of that name must not hold the agent. */
    int r = sf_dir_open_file(dir_fd, path, O_RDONLY | O_NONBLOCK, 0, &fd, err);

    if (r < 0) {
        return r;
    }
    if (fstat(fd, &status) < 0) {
        return sf_error_errno(err, errno, "read '%s'", path);
    }
    if (!S_ISREG(status.st_mode)) {
        return sf_error_set(err, SF_E_FORMAT, "read '%s': not a regular file", path);
    }
    return sf_dir_read_fd(fd, path, buffer, err);
}

int sf_dir_read_link(int dir_fd, const char *path, char **ret_target, struct sf_error *err)
{
    char target[PATH_MAX];
    sf_autoclose int fd = -1;
    /* A descriptor of the link itself: its name cannot be swapped between the two calls. */
    int r = sf_dir_open_file(dir_fd, path, O_PATH | O_NOFOLLOW, 0, &fd, err);

    if (r < 0) {
        return r;
    }

    ssize_t length = readlinkat(fd, "", target, sizeof target);

    if (length < 0 && (errno == ENOENT || errno == EINVAL)) {
        return sf_error_set(err, SF_E_NOT_FOUND, "'%s' is not a symbolic link", path);
    }
    if (length < 0) {
        return sf_error_errno(err, errno, "read link '%s'", path);
    }

    char *copy = strndup(target, (size_t)length);

    if (copy == NULL) {
        return sf_error_no_memory(err);
    }
    *ret_target = copy;
    return 0;
}

int sf_dir_sync(int dir_fd, struct sf_error *err)
{
    /* EINVAL: this file system has nothing to sync for a directory. */
    if (fsync(dir_fd) < 0 && errno != EINVAL) {
        return sf_error_errno(err, errno, "make a directory durable (fsync)");
    }
    return 0;
}
