/* The file system of a sandbox: mounts made one by one, then made /. */
#include "builder/place/sandbox_mounts.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "builder/place/sandbox.h"
#include "common/base/error.h"
#include "common/base/path.h"
#include "common/base/str.h"
#include "common/base/strlist.h"
#include "common/host/dir.h"

/* Any directory that every machine has: what was there is covered in this namespace only. */
#define SCRATCH "/tmp"
#define TOP     SCRATCH "/root"

#define MAX_MOUNTS 256

/* Below the sandbox's top these are its own. */
static const char *const own_directories[] = {"dev", "proc", "run", "tmp"};
static const char *const devices[] = {"null", "zero", "full", "random", "urandom", "tty"};

static int failed(struct sf_error *err, const char *path)
{
    return sf_error_errno(err, errno, "mount '%s' in the sandbox", path);
}

/* Binds what `fd` (O_PATH) is to `target`, with what is mounted below it. */
static int bind_fd(int fd, const char *target, struct sf_error *err)
{
    char source[64];

    (void)snprintf(source, sizeof source, "/proc/self/fd/%d", fd);
    return mount(source, target, NULL, MS_BIND | MS_REC, NULL) < 0 ? failed(err, target) : 0;
}

/* Flags that a mount has and that one without rights over it may not take away. */
static int make_read_only(const char *path, struct sf_error *err)
{
    static const struct {
        unsigned long seen;
        unsigned long kept;
    } flags[] = {
        {ST_NOSUID, MS_NOSUID},   {ST_NODEV, MS_NODEV},           {ST_NOEXEC, MS_NOEXEC},
        {ST_NOATIME, MS_NOATIME}, {ST_NODIRATIME, MS_NODIRATIME}, {ST_RELATIME, MS_RELATIME},
    };
    unsigned long wanted = MS_REMOUNT | MS_BIND | MS_RDONLY;
    struct statvfs status;

    if (statvfs(path, &status) < 0) {
        /* A mount that its owner lets nobody see is not seen inside either. */
        return errno == EACCES || errno == ENOENT ? 0 : failed(err, path);
    }
    for (size_t i = 0; i < sizeof flags / sizeof *flags; i++) {
        wanted |= (status.f_flag & flags[i].seen) != 0 ? flags[i].kept : 0;
    }
    return mount(NULL, path, NULL, wanted, NULL) < 0 ? failed(err, path) : 0;
}

/* "\040" and its like, as /proc/self/mountinfo writes white space, become the characters. */
static void unescape(char *text)
{
    char *to = text;

    for (const char *from = text; *from != '\0'; to++) {
        if (from[0] == '\\' && from[1] >= '0' && from[1] <= '3' && from[2] != '\0' &&
            from[3] != '\0') {
            *to = (char)((from[1] - '0') * 64 + (from[2] - '0') * 8 + (from[3] - '0'));
            from += 4;
        } else {
            *to = *from++;
        }
    }
    *to = '\0';
}

/* The mounts below the sandbox's top; a mount point is the fifth word of its line. */
static int list_mounts(struct sf_strlist *ret, struct sf_error *err)
{
    sf_autofile FILE *stream = fopen("/proc/self/mountinfo", "re");
    sf_autofree char *line = NULL;
    size_t capacity = 0;
    int r = 0;

    if (stream == NULL) {
        return sf_error_errno(err, errno, "read '/proc/self/mountinfo'");
    }
    while (r == 0 && getline(&line, &capacity, stream) > 0) {
        char *word = line;

        for (int i = 0; i < 4 && word != NULL; i++) {
            word = strchr(word, ' ');
            word = word == NULL ? NULL : word + 1;
        }
        if (word != NULL) {
            word[strcspn(word, " \n")] = '\0';
            unescape(word);
            r = sf_str_has_prefix(word, TOP "/") ? sf_strlist_add(ret, word, err) : 0;
        }
    }
    return r;
}

static int make_all_read_only(struct sf_error *err)
{
    sf_auto(strlist) struct sf_strlist mounts = {0};
    int r = list_mounts(&mounts, err);

    for (size_t i = 0; r == 0 && i < mounts.count; i++) {
        r = make_read_only(mounts.items[i], err);
    }
    return r;
}

/* A mount point of the same kind as what is to be mounted on it. */
static int make_point(const char *path, bool is_directory, struct sf_error *err)
{
    if (is_directory) {
        return mkdir(path, 0755) < 0 && errno != EEXIST ? failed(err, path) : 0;
    }

    int fd = open(path, O_WRONLY | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0644);

    if (fd < 0) {
        return failed(err, path);
    }
    (void)close(fd);
    return 0;
}

/* One name at the top of the root, in the sandbox's top. */
static int bind_entry(int root_fd, const char *name, struct sf_error *err)
{
    sf_autofree char *target = sf_path_join(TOP, name);
    sf_autofree char *link = NULL;
    struct stat status;

    if (target == NULL) {
        return sf_error_no_memory(err);
    }

    sf_autoclose int fd = openat(root_fd, name, O_PATH | O_NOFOLLOW | O_CLOEXEC);

    if (fd < 0 || fstat(fd, &status) < 0) {
        return failed(err, name);
    }
    if (S_ISLNK(status.st_mode)) {
        int r = sf_dir_read_link(root_fd, name, &link, err);

        return r == 0 && symlink(link, target) < 0 ? failed(err, target) : r;
    }
    if (!S_ISDIR(status.st_mode) && !S_ISREG(status.st_mode)) {
        return 0;
    }

    int r = make_point(target, S_ISDIR(status.st_mode), err);

    return r < 0 ? r : bind_fd(fd, target, err);
}

static bool is_own(const char *name)
{
    for (size_t i = 0; i < sizeof own_directories / sizeof *own_directories; i++) {
        if (strcmp(name, own_directories[i]) == 0) {
            return true;
        }
    }
    return false;
}

/* The first component of `path`, to be freed. */
static char *first_component(const char *path)
{
    return strndup(path + 1, strcspn(path + 1, "/"));
}

/* Of the caller's mount points, those whose first component the root has not are directories. */
static int make_first_components(const struct sf_sandbox *sandbox, int root_fd,
                                 struct sf_error *err)
{
    for (size_t i = 0; i < sandbox->mount_count; i++) {
        const char *target = sandbox->mounts[i].target;
        sf_autofree char *first = first_component(target);
        sf_autofree char *point = first == NULL ? NULL : sf_path_join(TOP, first);

        if (point == NULL) {
            return sf_error_no_memory(err);
        }
        if (!is_own(first) && !sf_dir_has(root_fd, first) && mkdir(point, 0755) < 0 &&
            errno != EEXIST) {
            return failed(err, point);
        }
    }
    return 0;
}

/* TOP with the root's entries. */
static int assemble_top(const struct sf_sandbox *sandbox, int root_fd, struct sf_error *err)
{
    sf_auto(strlist) struct sf_strlist names = {0};
    int r = sf_dir_list(root_fd, ".", &names, err);

    if (r < 0) {
        return r;
    }
    if (mount("tmpfs", SCRATCH, "tmpfs", 0, "mode=755") < 0 || mkdir(TOP, 0755) < 0 ||
        mount("tmpfs", TOP, "tmpfs", 0, "mode=755") < 0) {
        return failed(err, TOP);
    }
    for (size_t i = 0; r == 0 && i < names.count; i++) {
        r = is_own(names.items[i]) ? 0 : bind_entry(root_fd, names.items[i], err);
    }
    for (size_t i = 0; r == 0 && i < sizeof own_directories / sizeof *own_directories; i++) {
        sf_autofree char *path = sf_path_join(TOP, own_directories[i]);

        r = path == NULL ? sf_error_no_memory(err)
                         : make_point(path, /* is_directory= */ true, err);
    }
    return r < 0 ? r : make_first_components(sandbox, root_fd, err);
}

/* The sources by descriptor, while their paths mean this machine's. -1 where there is none. */
static int open_sources(const struct sf_sandbox *sandbox, int fds[static MAX_MOUNTS],
                        struct sf_error *err)
{
    if (sandbox->mount_count > MAX_MOUNTS) {
        return sf_error_set(err, SF_E_INTERNAL, "a sandbox takes at most %d mounts", MAX_MOUNTS);
    }
    for (size_t i = 0; i < sandbox->mount_count; i++) {
        const char *source = sandbox->mounts[i].source;

        fds[i] = source == NULL ? -1 : open(source, O_PATH | O_CLOEXEC);
        if (source != NULL && fds[i] < 0) {
            return sf_error_errno(err, errno, "open '%s' for the sandbox", source);
        }
    }
    return 0;
}

static int make_devices(const int device_fds[], struct sf_error *err)
{
    static const struct {
        const char *target;
        const char *name;
    } links[] = {
        {"pts/ptmx", "/dev/ptmx"},          {"/proc/self/fd", "/dev/fd"},
        {"/proc/self/fd/0", "/dev/stdin"},  {"/proc/self/fd/1", "/dev/stdout"},
        {"/proc/self/fd/2", "/dev/stderr"},
    };

    if (mount("tmpfs", "/dev", "tmpfs", MS_NOSUID, "mode=755") < 0) {
        return failed(err, "/dev");
    }
    for (size_t i = 0; i < sizeof devices / sizeof *devices; i++) {
        char path[64];

        (void)snprintf(path, sizeof path, "/dev/%s", devices[i]);

        int r = make_point(path, /* is_directory= */ false, err);

        if (r < 0 || (r = bind_fd(device_fds[i], path, err)) < 0) {
            return r;
        }
    }
    for (size_t i = 0; i < sizeof links / sizeof *links; i++) {
        if (symlink(links[i].target, links[i].name) < 0) {
            return failed(err, links[i].name);
        }
    }
    if (mkdir("/dev/pts", 0755) < 0 || mount("devpts", "/dev/pts", "devpts", MS_NOSUID | MS_NOEXEC,
                                             "newinstance,ptmxmode=0666,mode=620") < 0) {
        return failed(err, "/dev/pts");
    }
    if (mkdir("/dev/shm", 0755) < 0 ||
        mount("tmpfs", "/dev/shm", "tmpfs", MS_NOSUID | MS_NODEV, "mode=1777") < 0) {
        return failed(err, "/dev/shm");
    }
    return 0;
}

/* Who may write there is asked for by user, and root is root in these. */
static int protect_kernel(struct sf_error *err)
{
    static const char *const paths[] = {"/proc/sys", "/proc/sysrq-trigger", "/proc/irq",
                                        "/proc/bus", "/proc/fs"};
    int r = 0;

    for (size_t i = 0; r == 0 && i < sizeof paths / sizeof *paths; i++) {
        if (access(paths[i], F_OK) == 0) {
            r = mount(paths[i], paths[i], NULL, MS_BIND | MS_REC, NULL) < 0
                    ? failed(err, paths[i])
                    : make_read_only(paths[i], err);
        }
    }
    return r;
}

static int mount_own(const int device_fds[], struct sf_error *err)
{
    if (mount("proc", "/proc", "proc", MS_NOSUID | MS_NODEV | MS_NOEXEC, NULL) < 0) {
        return failed(err, "/proc");
    }
    if (mount("tmpfs", "/tmp", "tmpfs", MS_NOSUID | MS_NODEV, "mode=1777") < 0) {
        return failed(err, "/tmp");
    }
    if (mount("tmpfs", "/run", "tmpfs", MS_NOSUID | MS_NODEV, "mode=755") < 0) {
        return failed(err, "/run");
    }

    int r = protect_kernel(err);

    return r < 0 ? r : make_devices(device_fds, err);
}

/* Makes what is missing of a mount point; fails where the root would have to be written to. */
static int make_target(const char *target, bool is_directory, struct sf_error *err)
{
    sf_autofree char *parent = sf_path_parent(target);
    int r = 0;

    if (parent == NULL) {
        return sf_error_no_memory(err);
    }
    if (strcmp(parent, "/") != 0 && access(parent, F_OK) < 0) {
        r = make_target(parent, /* is_directory= */ true, err);
    }
    return r < 0 ? r : make_point(target, is_directory, err);
}

/* Nothing, in the form of what is there. */
static int mask(const char *target, struct sf_error *err)
{
    struct stat status;

    if (stat(target, &status) < 0) {
        return sf_error_errno(err, errno, "hide '%s' in the sandbox", target);
    }
    if (S_ISDIR(status.st_mode)) {
        return mount("tmpfs", target, "tmpfs", MS_NOSUID | MS_NODEV, "mode=755") < 0
                   ? failed(err, target)
                   : 0;
    }
    return mount("/dev/null", target, NULL, MS_BIND, NULL) < 0 ? failed(err, target) : 0;
}

static int mount_callers(const struct sf_sandbox *sandbox, const int fds[], struct sf_error *err)
{
    for (size_t i = 0; i < sandbox->mount_count; i++) {
        const struct sf_sandbox_mount *wanted = &sandbox->mounts[i];
        struct stat status;
        int r = 0;

        if (wanted->source == NULL) {
            r = mask(wanted->target, err);
        } else if (fstat(fds[i], &status) < 0) {
            r = failed(err, wanted->source);
        } else {
            if (access(wanted->target, F_OK) < 0) {
                r = make_target(wanted->target, S_ISDIR(status.st_mode), err);
            }
            r = r < 0 ? r : bind_fd(fds[i], wanted->target, err);
        }
        if (r == 0 && !wanted->is_writable) {
            r = make_read_only(wanted->target, err);
        }
        if (r < 0) {
            return r;
        }
    }
    return 0;
}

/* The old root goes on top of the new one, out of sight; its mounts still serve as sources. */
static int swap_roots(int *ret_old_fd, struct sf_error *err)
{
    sf_autoclose int old_fd = open("/", O_PATH | O_DIRECTORY | O_CLOEXEC);

    if (old_fd < 0 || chdir(TOP) < 0 || syscall(SYS_pivot_root, ".", ".") < 0 || chdir("/") < 0) {
        return failed(err, "/");
    }
    *ret_old_fd = sf_steal_fd(&old_fd);
    return 0;
}

static int drop_old_root(int old_fd, struct sf_error *err)
{
    if (fchdir(old_fd) < 0 || umount2(".", MNT_DETACH) < 0 || chdir("/") < 0) {
        return failed(err, "/");
    }
    return 0;
}

static void close_all(const int *fds, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        sf_cleanup_close(&fds[i]);
    }
}

static int enter_top(const struct sf_sandbox *sandbox, const int device_fds[],
                     const int source_fds[], struct sf_error *err)
{
    sf_autoclose int old_fd = -1;
    int r = swap_roots(&old_fd, err);

    if (r == 0) {
        r = mount_own(device_fds, err);
    }
    if (r == 0) {
        r = mount_callers(sandbox, source_fds, err);
    }
    if (r == 0) {
        r = drop_old_root(old_fd, err);
    }
    return r == 0 ? make_read_only("/", err) : r;
}

int sf_sandbox_make_root(const struct sf_sandbox *sandbox, struct sf_error *err)
{
    int source_fds[MAX_MOUNTS];
    int device_fds[sizeof devices / sizeof *devices];
    sf_autoclose int root_fd = -1;

    (void)memset(source_fds, -1, sizeof source_fds);
    if (mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) < 0) {
        return failed(err, "/");
    }
    for (size_t i = 0; i < sizeof devices / sizeof *devices; i++) {
        char path[64];

        (void)snprintf(path, sizeof path, "/dev/%s", devices[i]);
        device_fds[i] = open(path, O_PATH | O_CLOEXEC);
        if (device_fds[i] < 0) {
            close_all(device_fds, i);
            return failed(err, path);
        }
    }

    int r = sf_dir_open_follow(sandbox->root, &root_fd, err);

    if (r == 0) {
        r = open_sources(sandbox, source_fds, err);
    }
    if (r == 0) {
        r = assemble_top(sandbox, root_fd, err);
    }
    if (r == 0) {
        r = make_all_read_only(err);
    }
    if (r == 0) {
        r = enter_top(sandbox, device_fds, source_fds, err);
    }
    close_all(source_fds, MAX_MOUNTS);
    close_all(device_fds, sizeof devices / sizeof *devices);
    return r;
}
