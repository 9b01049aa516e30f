/* A path resolved below a directory fd: by openat2(2), else component by component. */
#include "common/host/dir_resolve.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

/* EL8's kernel headers lack <linux/openat2.h>; the number is the same on every architecture. */
#define OPENAT2_NUMBER        437
#define OPENAT2_NO_MAGICLINKS 0x02U
#define OPENAT2_NO_SYMLINKS   0x04U
#define OPENAT2_BENEATH       0x08U
#define OPENAT2_IN_ROOT       0x10U
#define OPENAT2_ATTEMPTS_MAX  8
#define RESOLVE_DEPTH_MAX     128
#define RESOLVE_LINKS_MAX     40
#define RESOLVE_PATH_SIZE     4096

struct open_how_v0 {
    uint64_t flags;
    uint64_t mode;
    uint64_t resolve;
};

/* The directories from the top (first) to where the resolution stands (last), and what is left. */
struct resolution {
    int top_fd; /* borrowed */
    int fds[RESOLVE_DEPTH_MAX];
    size_t depth;
    unsigned links;
    bool follows_links;
    char rest[RESOLVE_PATH_SIZE];
};

static int fail(int errnum)
{
    errno = errnum;
    return -1;
}

static void resolution_done(struct resolution *state)
{
    int saved = errno;

    while (state->depth > 0) {
        (void)close(state->fds[--state->depth]);
    }
    errno = saved;
}

static int current_fd(const struct resolution *state)
{
    return state->depth == 0 ? state->top_fd : state->fds[state->depth - 1];
}

/* Takes the next component off the front of what is left; "" at the end. A slash at the very end
 * leaves ".": it demands a directory. */
static int next_component(struct resolution *state, char name[static NAME_MAX + 1])
{
    const char *start = state->rest + strspn(state->rest, "/");
    size_t length = strcspn(start, "/");

    if (length > NAME_MAX) {
        return fail(ENAMETOOLONG);
    }
    memcpy(name, start, length);
    name[length] = '\0';
    start += length;

    const char *next = start + strspn(start, "/");

    if (next > start && *next == '\0') {
        next = ".";
    }
    memmove(state->rest, next, strlen(next) + 1);
    return 0;
}

static int descend(struct resolution *state, const char *name)
{
    if (strcmp(name, "..") == 0) {
        /* The parent of the top is the top. */
        if (state->depth > 0) {
            (void)close(state->fds[--state->depth]);
        }
        return 0;
    }
    if (state->depth == RESOLVE_DEPTH_MAX) {
        return fail(ENAMETOOLONG);
    }

    int fd = openat(current_fd(state), name, O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);

    if (fd < 0) {
        return -1;
    }
    state->fds[state->depth++] = fd;
    return 0;
}

/* Puts a link's target in front of what is left. */
static int follow_link(struct resolution *state, const char *target)
{
    size_t length = strlen(target);
    size_t left = strlen(state->rest);

    if (++state->links > RESOLVE_LINKS_MAX) {
        return fail(ELOOP);
    }
    if (length + 1 + left >= sizeof state->rest) {
        return fail(ENAMETOOLONG);
    }
    if (target[0] == '/') {
        resolution_done(state);
    }
    memmove(state->rest + length + 1, state->rest, left + 1);
    memcpy(state->rest, target, length);
    state->rest[length] = left == 0 ? '\0' : '/';
    return 0;
}

/* True when `name` is a link, whose target is put in `target`. */
static bool read_target(int dir_fd, const char *name, char target[static RESOLVE_PATH_SIZE])
{
    ssize_t length = readlinkat(dir_fd, name, target, RESOLVE_PATH_SIZE - 1);

    if (length < 0) {
        return false;
    }
    target[length] = '\0';
    return true;
}

/* One step: 1 when `*ret_fd` is the answer, 0 to go on, -1 with errno. */
static int resolve_step(struct resolution *state, int flags, mode_t mode, int *ret_fd)
{
    char name[NAME_MAX + 1];
    char target[RESOLVE_PATH_SIZE];

    if (next_component(state, name) < 0) {
        return -1;
    }
    if (name[0] == '\0') {
        *ret_fd = openat(current_fd(state), ".", (flags & ~O_NOFOLLOW) | O_CLOEXEC);
        return *ret_fd < 0 ? -1 : 1;
    }

    bool is_last = state->rest[0] == '\0';
    bool is_dots = strcmp(name, ".") == 0 || strcmp(name, "..") == 0;
    bool keeps_link = is_last && (flags & O_NOFOLLOW) != 0;

    if (!is_dots && !keeps_link && read_target(current_fd(state), name, target)) {
        return state->follows_links ? follow_link(state, target) : fail(ELOOP);
    }
    if (is_last && !is_dots) {
        *ret_fd = openat(current_fd(state), name, flags | O_NOFOLLOW | O_CLOEXEC, mode);
        return *ret_fd < 0 ? -1 : 1;
    }
    return descend(state, name);
}

static int resolve_by_components(int top_fd, const char *path, int flags, mode_t mode,
                                 bool follows_links)
{
    struct resolution state = {.top_fd = top_fd, .follows_links = follows_links};
    int fd = -1;
    int r = 0;

    if (strlen(path) >= sizeof state.rest) {
        return fail(ENAMETOOLONG);
    }
    memcpy(state.rest, path, strlen(path) + 1);
    while (r == 0) {
        r = resolve_step(&state, flags, mode, &fd);
    }
    resolution_done(&state);
    return fd;
}

/* openat2(2). A rename elsewhere can make it ask to be called again (EAGAIN). */
static int resolve_by_kernel(int dir_fd, const char *path, int flags, mode_t mode,
                             uint64_t restrictions)
{
    struct open_how_v0 how = {
        .flags = (uint64_t)(unsigned)(flags | O_CLOEXEC),
        .mode = (flags & O_CREAT) != 0 ? mode : 0,
        .resolve = restrictions | OPENAT2_NO_MAGICLINKS,
    };
    long fd = fail(EAGAIN);

    if (getenv("SF_NO_OPENAT2") != NULL) {
        return fail(ENOSYS);
    }
    for (int i = 0; i < OPENAT2_ATTEMPTS_MAX && fd < 0 && errno == EAGAIN; i++) {
        fd = syscall(OPENAT2_NUMBER, dir_fd, path, &how, sizeof how);
    }
    return (int)fd;
}

/* An old kernel (ENOSYS), a container's filter (EPERM), or a flag openat2 is strict about. */
static bool wants_fallback(int errnum)
{
    return errnum == ENOSYS || errnum == EPERM || errnum == EINVAL || errnum == EAGAIN;
}

static bool climbs(const char *path)
{
    for (const char *at = path; *at != '\0'; at += strspn(at, "/")) {
        size_t length = strcspn(at, "/");

        if (length == 2 && at[0] == '.' && at[1] == '.') {
            return true;
        }
        at += length;
    }
    return false;
}

int sf_dir_resolve_beneath(int dir_fd, const char *path, int flags, mode_t mode)
{
    if (path[0] == '\0') {
        return fail(ENOENT);
    }
    if (path[0] == '/' || climbs(path)) {
        return fail(EXDEV);
    }

    int fd = resolve_by_kernel(dir_fd, path, flags, mode, OPENAT2_BENEATH | OPENAT2_NO_SYMLINKS);

    if (fd < 0 && wants_fallback(errno)) {
        fd = resolve_by_components(dir_fd, path, flags, mode,
                                   /* follows_links= */ false);
    }
    return fd;
}

int sf_dir_resolve_in_root(int root_fd, const char *path, int flags, mode_t mode)
{
    if (path[0] == '\0') {
        return fail(ENOENT);
    }

    int fd = resolve_by_kernel(root_fd, path, flags, mode, OPENAT2_IN_ROOT);

    if (fd < 0 && wants_fallback(errno)) {
        fd = resolve_by_components(root_fd, path, flags, mode,
                                   /* follows_links= */ true);
    }
    return fd;
}
