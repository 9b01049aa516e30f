/* Processes that execute, map or stand in files below a directory. */
#include "common/host/process_scan.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/base/cleanup.h"
#include "common/base/error.h"
#include "common/base/str.h"

#define USERS_MAX 64

/* True for the directory and what lies below. The kernel adds " (deleted)" to removed files. */
static bool is_below(const char *path, const char *directory)
{
    size_t length = strlen(directory);

    return strncmp(path, directory, length) == 0 && (path[length] == '/' || path[length] == '\0' ||
                                                     strcmp(path + length, " (deleted)") == 0);
}

static bool link_is_below(int process_fd, const char *name, const char *directory)
{
    char target[PATH_MAX];
    ssize_t length = readlinkat(process_fd, name, target, sizeof target - 1);

    if (length < 0) {
        return false;
    }
    target[length] = '\0';
    return is_below(target, directory);
}

static FILE *open_text(int process_fd, const char *name)
{
    int fd = openat(process_fd, name, O_RDONLY | O_CLOEXEC);
    FILE *stream = fd < 0 ? NULL : fdopen(fd, "re");

    if (fd >= 0 && stream == NULL) {
        (void)close(fd);
    }
    return stream;
}

/* In a line of maps the first slash starts the path: address, mode, offset, device and inode have
 * none. */
static bool map_is_below(int process_fd, const char *directory)
{
    sf_autofile FILE *stream = open_text(process_fd, "maps");
    sf_autofree char *line = NULL;
    size_t capacity = 0;

    while (stream != NULL && getline(&line, &capacity, stream) > 0) {
        const char *path = strchr(line, '/');

        line[strcspn(line, "\n")] = '\0';
        if (path != NULL && is_below(path, directory)) {
            return true;
        }
    }
    return false;
}

static int add_user(int process_fd, const char *pid, struct sf_strlist *users, struct sf_error *err)
{
    char name[64] = "";
    sf_autofile FILE *stream = open_text(process_fd, "comm");

    if (stream == NULL || fgets(name, sizeof name, stream) == NULL) {
        return 0;
    }
    name[strcspn(name, "\n")] = '\0';

    sf_autofree char *printable = sf_str_printable(name);

    if (printable == NULL) {
        return sf_error_no_memory(err);
    }
    return sf_strlist_take(users, sf_str_format("%s (pid %s)", printable, pid), err);
}

static int scan_process(int proc_fd, const char *pid, const char *directory,
                        struct sf_strlist *users, struct sf_error *err)
{
    sf_autoclose int fd = openat(proc_fd, pid, O_PATH | O_DIRECTORY | O_CLOEXEC);

    if (fd >= 0 && (link_is_below(fd, "exe", directory) || link_is_below(fd, "cwd", directory) ||
                    map_is_below(fd, directory))) {
        return add_user(fd, pid, users, err);
    }
    return 0;
}

static int scan_all(DIR *proc, const char *directory, struct sf_strlist *users,
                    struct sf_error *err)
{
    for (;;) {
        errno = 0;

        const struct dirent *entry = readdir(proc);

        if (entry == NULL) {
            return errno == 0 ? 0 : sf_error_errno(err, errno, "read '/proc'");
        }
        if (entry->d_name[0] < '1' || entry->d_name[0] > '9') {
            continue;
        }

        int r = scan_process(dirfd(proc), entry->d_name, directory, users, err);

        if (r < 0 || users->count >= USERS_MAX) {
            return r;
        }
    }
}

int sf_process_scan_users(const char *directory, struct sf_strlist *ret_users, struct sf_error *err)
{
    sf_auto(strlist) struct sf_strlist users = {0};
    /* The kernel shows real paths: with /opt a link, "/opt/slurm" would never be met. */
    sf_autofree char *real = realpath(directory, NULL);
    DIR *proc = NULL;

    if (real == NULL && errno != ENOENT) {
        return sf_error_errno(err, errno, "look for users of '%s'", directory);
    }
    /* A chroot may have an empty /proc. */
    if (access("/proc/self/maps", R_OK) == 0) {
        proc = opendir("/proc");
    }
    if (proc == NULL) {
        return sf_error_set(err, SF_E_NOT_FOUND,
                            "/proc is not mounted, so it cannot be known who uses the release");
    }

    int r = scan_all(proc, real == NULL ? directory : real, &users, err);

    (void)closedir(proc);
    for (size_t i = 0; r == 0 && i < users.count; i++) {
        r = sf_strlist_add(ret_users, users.items[i], err);
    }
    return r;
}
