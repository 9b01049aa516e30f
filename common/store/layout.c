/* The directories of a node, found or made. */
#include "common/store/layout.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/base/error.h"
#include "common/base/path.h"
#include "common/base/str.h"
#include "common/host/atomic_file.h"
#include "common/host/atomic_link.h"
#include "common/host/dir.h"

#define STATE_PATH "/var/lib/sf-agent"
#define CACHE_PATH "/var/cache/sf-agent"
#define RUN_PATH   "/run/sf-agent"
#define UNITS_PATH "/etc/systemd/system"
#define CACHE_TAG  "CACHEDIR.TAG"

static bool is_same_directory(const struct stat *a, const struct stat *b)
{
    return a->st_dev == b->st_dev && a->st_ino == b->st_ino;
}

static int read_is_image(struct sf_layout *layout, struct sf_error *err)
{
    struct stat top = {0};
    struct stat real = {0};

    if (fstat(layout->sysroot_fd, &top) < 0 || stat("/", &real) < 0) {
        return sf_error_errno(err, errno, "stat '%s'", layout->sysroot);
    }
    layout->is_image = !is_same_directory(&top, &real);
    return 0;
}

static int layout_new(const char *sysroot, const char *root, struct sf_layout **ret,
                      struct sf_error *err)
{
    sf_auto(layout) struct sf_layout *layout = calloc(1, sizeof *layout);

    if (layout == NULL) {
        return sf_error_no_memory(err);
    }
    layout->sysroot_fd = layout->root_fd = layout->state_fd = -1;
    layout->cache_fd = layout->run_fd = layout->units_fd = -1;
    layout->sysroot = strdup(sysroot);
    layout->root = strdup(root);
    if (layout->sysroot == NULL || layout->root == NULL) {
        return sf_error_no_memory(err);
    }
    int r = sf_dir_open_follow(sysroot, &layout->sysroot_fd, err);

    if (r < 0) {
        return r;
    }
    r = read_is_image(layout, err);
    if (r < 0) {
        return r;
    }
    *ret = sf_steal(&layout);
    return 0;
}

/* Absent is fine, and so is what only root may look into. */
static int open_existing(const struct sf_layout *layout, const char *path, int *ret_fd,
                         struct sf_error *err)
{
    int r = sf_dir_open_in_root(layout->sysroot_fd, path, O_RDONLY | O_DIRECTORY, ret_fd, err);

    if (r == -SF_E_NOT_FOUND || r == -SF_E_PERMISSION) {
        return 0;
    }
    return r;
}

int sf_layout_open(const char *sysroot, const char *root, struct sf_layout **ret,
                   struct sf_error *err)
{
    sf_auto(layout) struct sf_layout *layout = NULL;
    int r = layout_new(sysroot, root, &layout, err);

    if (r < 0) {
        return r;
    }
    const struct {
        const char *path;
        int *fd;
    } rows[] = {{root, &layout->root_fd},
                {STATE_PATH, &layout->state_fd},
                {CACHE_PATH, &layout->cache_fd},
                {RUN_PATH, &layout->run_fd},
                {UNITS_PATH, &layout->units_fd}};

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        r = open_existing(layout, rows[i].path, rows[i].fd, err);
        if (r < 0) {
            return r;
        }
    }
    *ret = sf_steal(&layout);
    return 0;
}

/* The name of an open directory for a message. */
static void name_directory(int fd, char name[static PATH_MAX])
{
    char link[64];

    (void)snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    ssize_t length = readlink(link, name, PATH_MAX - 1);

    if (length < 0) {
        (void)snprintf(name, PATH_MAX, "a parent directory");
        return;
    }
    name[length] = '\0';
}

/*
 * Whoever can rename a directory on the way decides what the agent, as root, writes into. A sticky
 * directory lets nobody rename what root owns; as the root of the store itself it would not do,
 * others could put their names there first.
 */
static int check_directory(const struct sf_layout *layout, int fd, const struct stat *status,
                           bool may_be_sticky, struct sf_error *err)
{
    char name[PATH_MAX];

    if (status->st_uid != 0 && status->st_uid != geteuid()) {
        name_directory(fd, name);
        return sf_error_set(err, SF_E_PERMISSION,
                            "'%s' belongs to uid %u, who could replace '%s'; give it to root, or "
                            "choose another root=",
                            name, (unsigned)status->st_uid, layout->root);
    }
    bool is_shared = (status->st_mode & (S_IWGRP | S_IWOTH)) != 0;
    bool is_sticky = (status->st_mode & S_ISVTX) != 0;

    if (is_shared && !(is_sticky && may_be_sticky)) {
        name_directory(fd, name);
        return sf_error_set(err, SF_E_PERMISSION,
                            "'%s' can be written by others than its owner, who could replace "
                            "'%s'; chmod go-w it, or choose another root=",
                            name, layout->root);
    }
    return 0;
}

/* Checks the directory at `fd` and what it really lies in, up to the top of the system. */
static int check_upwards(const struct sf_layout *layout, int start_fd, bool may_be_sticky,
                         struct sf_error *err)
{
    sf_autoclose int fd = fcntl(start_fd, F_DUPFD_CLOEXEC, 0);
    struct stat top = {0};

    if (fd < 0 || fstat(layout->sysroot_fd, &top) < 0) {
        return sf_error_errno(err, errno, "open '%s'", layout->root);
    }
    for (;;) {
        struct stat status = {0};

        if (fstat(fd, &status) < 0) {
            return sf_error_errno(err, errno, "stat a parent of '%s'", layout->root);
        }
        int r = check_directory(layout, fd, &status, may_be_sticky, err);

        if (r < 0 || is_same_directory(&status, &top)) {
            return r;
        }
        int parent = openat(fd, "..", O_RDONLY | O_DIRECTORY | O_CLOEXEC);

        if (parent < 0) {
            return sf_error_errno(err, errno, "open a parent of '%s'", layout->root);
        }
        (void)close(fd);
        fd = parent;
        may_be_sticky = true;
    }
}

/* Each part of the root's path, as far as it exists, and through links. */
static int check_root_is_safe(const struct sf_layout *layout, struct sf_error *err)
{
    sf_autofree char *path = strdup(layout->root);

    if (path == NULL) {
        return sf_error_no_memory(err);
    }
    for (char *end = path; end != NULL;) {
        sf_autoclose int fd = -1;

        end = strchr(end + 1, '/');
        if (end != NULL) {
            *end = '\0';
        }
        int r = sf_dir_open_in_root(layout->sysroot_fd, path, O_RDONLY | O_DIRECTORY, &fd, err);

        if (r == -SF_E_NOT_FOUND) {
            return 0;
        }
        if (r < 0) {
            return r;
        }
        r = check_upwards(layout, fd, /* may_be_sticky= */ end != NULL, err);
        if (r < 0) {
            return r;
        }
        if (end != NULL) {
            *end = '/';
        }
    }
    return 0;
}

static int make_outside(struct sf_layout *layout, struct sf_error *err)
{
    const struct {
        const char *path;
        mode_t mode;
        int *fd;
    } rows[] = {{layout->root, 0755, &layout->root_fd},
                {STATE_PATH, 0755, &layout->state_fd},
                {CACHE_PATH, 0755, &layout->cache_fd},
                {RUN_PATH, 0700, &layout->run_fd},
                {UNITS_PATH, 0755, &layout->units_fd}};

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        int r =
            sf_dir_make_in_root(layout->sysroot_fd, rows[i].path, rows[i].mode, rows[i].fd, err);

        if (r < 0) {
            return r;
        }
    }
    return 0;
}

static int make_inside(const struct sf_layout *layout, struct sf_error *err)
{
    static const char *const names[] = {SF_LAYOUT_RELEASES, SF_LAYOUT_STAGING, SF_LAYOUT_MODULES};

    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        int r = sf_dir_make(layout->root_fd, names[i], err);

        if (r < 0) {
            return r;
        }
    }
    int r = sf_atomic_link_set(layout->root_fd, SF_LAYOUT_VIEW,
                               SF_LAYOUT_CURRENT "/" SF_LAYOUT_VIEW, err);

    if (r == -SF_E_IN_USE) {
        return sf_error_set(err, SF_E_IN_USE,
                            "'%s/view' is not a link of sf-agent's; move it away, or choose "
                            "another root=",
                            layout->root);
    }
    return r;
}

/* Tells backup programs that the cache need not be saved (bford.info/cachedir). */
static int tag_cache(const struct sf_layout *layout, struct sf_error *err)
{
    static const char tag[] = "Signature: 8a477f597d28d172789f06886806bc55\n"
                              "# Partial downloads of sf-agent.\n";

    if (sf_dir_has(layout->cache_fd, CACHE_TAG)) {
        return 0;
    }
    return sf_atomic_file_write(layout->cache_fd, CACHE_TAG, tag, sizeof tag - 1, 0644, err);
}

int sf_layout_open_writable(const char *sysroot, const char *root, struct sf_layout **ret,
                            struct sf_error *err)
{
    sf_auto(layout) struct sf_layout *layout = NULL;
    int r = layout_new(sysroot, root, &layout, err);

    if (r < 0) {
        return r;
    }
    r = check_root_is_safe(layout, err);
    if (r < 0) {
        return r;
    }
    r = make_outside(layout, err);
    if (r < 0) {
        return r;
    }
    r = make_inside(layout, err);
    if (r < 0) {
        return r;
    }
    r = tag_cache(layout, err);
    if (r < 0) {
        return r;
    }
    *ret = sf_steal(&layout);
    return 0;
}

void sf_layout_free(struct sf_layout *layout)
{
    if (layout == NULL) {
        return;
    }
    const int fds[] = {layout->sysroot_fd, layout->root_fd, layout->state_fd,
                       layout->cache_fd,   layout->run_fd,  layout->units_fd};

    for (size_t i = 0; i < sizeof fds / sizeof *fds; i++) {
        if (fds[i] >= 0) {
            (void)close(fds[i]);
        }
    }
    free(layout->sysroot);
    free(layout->root);
    free(layout);
}
