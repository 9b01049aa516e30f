/* A directory of another machine to publish to, behind rsync(1), over ssh(1) or its own daemon. */
#include "builder/repository/target.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "builder/pack/copy_file.h"
#include "builder/repository/rsync_place.h"
#include "builder/repository/rsync_verdict.h"
#include "builder/repository/secret_environment.h"
#include "builder/repository/work_dir.h"
#include "common/base/buffer.h"
#include "common/base/error.h"
#include "common/base/path.h"
#include "common/base/str.h"
#include "common/host/dir.h"
#include "common/host/process.h"

#define PASSWORD         "RSYNC_PASSWORD"
#define LINGER_MS        1000 /* ssh can tell why after rsync has given up */
#define MAX_ARGUMENTS    32
#define MAX_VARIABLES    4
#define EXIT_VANISHED    24
#define MAX_OUTPUT_BYTES (64UL << 20)
#define TIMEOUT_S        (12 * 3600) /* an artifact over a slow line; rsync itself sees a stall */

/* Nobody is there to answer a question, a dead host is noticed, and what a server says to all who
 * log in is not taken for what rsync says. */
#define SSH_OPTIONS                                                                                \
    " -o BatchMode=yes -o LogLevel=ERROR -o ConnectTimeout=15 -o ServerAliveInterval=15"           \
    " -o ServerAliveCountMax=4"

struct rsync {
    char *place;                   /* as sf_rsync_place_read() gives it */
    char *rsh;                     /* NULL: a daemon */
    struct sf_strlist environment; /* what ssh finds its keys by, or a daemon's password */
    char *local;                   /* absolute path of a private directory; NULL until needed */
    char *local_name;
    int base_fd;  /* the directory it is in */
    int local_fd; /* itself */
};

static void free_rsync(void *self)
{
    struct rsync *rsync = self;
    struct sf_error ignored;

    if (rsync->local_name != NULL) {
        (void)sf_dir_remove(rsync->base_fd, rsync->local_name, &ignored);
    }
    sf_cleanup_close(&rsync->local_fd);
    sf_cleanup_close(&rsync->base_fd);
    free(rsync->local_name);
    free(rsync->local);
    sf_strlist_done(&rsync->environment);
    free(rsync->rsh);
    free(rsync->place);
    free(rsync);
}

static int keep_environment(struct rsync *self, struct sf_error *err)
{
    static const char *const names[] = {"HOME", "SSH_AUTH_SOCK", "KRB5CCNAME"};
    int r = 0;

    for (size_t i = 0; r == 0 && i < sizeof names / sizeof *names; i++) {
        const char *value = getenv(names[i]);

        if (value != NULL) {
            r = sf_strlist_take(&self->environment, sf_str_format("%s=%s", names[i], value), err);
        }
    }
    if (r == 0 && self->rsh == NULL) {
        const char *password = sf_secret_environment_get(PASSWORD);

        /* Also an empty one: without any rsync would ask on the terminal. */
        r = sf_strlist_take(&self->environment,
                            sf_str_format(PASSWORD "=%s", password == NULL ? "" : password), err);
    }
    return r;
}

static int fill(struct rsync *self, const char *where, struct sf_error *err)
{
    const char *rsh = getenv("RSYNC_RSH");
    bool is_daemon = false;
    int r = sf_rsync_place_read(where, &self->place, &is_daemon, err);

    if (r < 0) {
        return r;
    }
    if (!is_daemon) {
        self->rsh = sf_str_format("%s" SSH_OPTIONS, rsh == NULL || rsh[0] == '\0' ? "ssh" : rsh);
        if (self->rsh == NULL) {
            return sf_error_no_memory(err);
        }
    }
    return keep_environment(self, err);
}

int sf_target_rsync_open(const char *where, void **ret_self, struct sf_error *err)
{
    struct rsync *rsync = calloc(1, sizeof *rsync);

    if (rsync == NULL) {
        return sf_error_no_memory(err);
    }
    rsync->base_fd = rsync->local_fd = -1;

    int r = fill(rsync, where, err);

    if (r < 0) {
        free_rsync(rsync);
        return r;
    }
    *ret_self = rsync;
    return 0;
}

/* Where files get the names that they have, or are to have, in the repository. */
static int prepare(struct rsync *self, struct sf_error *err)
{
    const char *wanted = getenv("TMPDIR");
    const char *base = wanted == NULL || wanted[0] != '/' ? "/var/tmp" : wanted;
    int r = 0;

    if (self->local != NULL) {
        return 0;
    }
    if (self->base_fd < 0) {
        r = sf_dir_open_follow(base, &self->base_fd, err);
    }
    if (r == 0 && self->local_fd < 0) {
        r = sf_work_dir_make(base, self->base_fd, &self->local_name, &self->local_fd, err);
    }
    if (r < 0) {
        return r;
    }
    self->local = sf_path_join(base, self->local_name);
    return self->local == NULL ? sf_error_no_memory(err) : 0;
}

/* One call. `options` is NULL-terminated; `to` may be NULL. */
static int call(const struct rsync *self, const char *const *options, const char *from,
                const char *to, struct sf_buffer *output, int *ret_status, struct sf_error *err)
{
    const char *argv[MAX_ARGUMENTS] = {"rsync", "-s", "--timeout=300"};
    const char *environment[MAX_VARIABLES + 1] = {NULL};
    size_t count = 3;
    const struct sf_process_options process = {.argv = argv,
                                               .environment = environment,
                                               .timeout_s = TIMEOUT_S,
                                               .output = output,
                                               .linger_ms = LINGER_MS};

    for (size_t i = 0; i < self->environment.count; i++) {
        environment[i] = self->environment.items[i];
    }
    argv[count++] = self->rsh == NULL ? "--contimeout=15" : "-e";
    if (self->rsh != NULL) {
        argv[count++] = self->rsh;
    }
    for (size_t i = 0; options[i] != NULL; i++) {
        argv[count++] = options[i];
    }
    argv[count++] = "--";
    argv[count++] = from;
    argv[count++] = to;

    int r = sf_process_run(&process, ret_status, err);

    if (r == -(int)SF_E_NOT_FOUND) {
        return sf_error_set(err, SF_E_NOT_FOUND, "rsync is not installed here");
    }
    /* So that it is a string. */
    return r < 0 ? r : sf_buffer_append(output, "", 0, err);
}

/* The path below the private directory from which rsync takes it as `path`. */
static char *local_source(const struct rsync *self, const char *path)
{
    return sf_str_format("%s/./%s", self->local, path);
}

/* Makes the file at `fd` a file of that name in the private directory, without copying it. */
static int make_source(struct rsync *self, const char *path, int fd, struct sf_error *err)
{
    sf_autofree char *target = sf_str_format("/proc/%ld/fd/%d", (long)getpid(), fd);
    sf_autofree char *parent = sf_path_parent(path);
    int r = target == NULL || parent == NULL ? sf_error_no_memory(err) : prepare(self, err);

    if (r == 0) {
        r = sf_dir_remove(self->local_fd, path, err);
    }
    if (r == 0) {
        r = sf_dir_make(self->local_fd, parent, err);
    }
    if (r < 0) {
        return r;
    }
    return symlinkat(target, self->local_fd, path) < 0
               ? sf_error_errno(err, errno, "make a link to '%s'", path)
               : 0;
}

/* Sends `path` of the private directory; `*ret_is_sent` says whether rsync did anything. */
static int send_file(struct rsync *self, const char *const *options, const char *path,
                     bool *ret_is_sent, struct sf_error *err)
{
    sf_auto(buffer) struct sf_buffer output = {.limit_bytes = MAX_OUTPUT_BYTES};
    sf_autofree char *from = local_source(self, path);
    int status = 0;
    int r = from == NULL ? sf_error_no_memory(err)
                         : call(self, options, from, self->place, &output, &status, err);

    if (r < 0) {
        return r;
    }
    /* Some versions say that what is to be removed, for it is missing here, has vanished. */
    if (status != 0 && status != EXIT_VANISHED) {
        return sf_rsync_judge(status, output.data, err);
    }
    /* "<f+++++++++ path", "*deleting   path" */
    *ret_is_sent = strstr(output.data, "<f") != NULL || strstr(output.data, "*deleting") != NULL;
    return 0;
}

static int get_local(struct rsync *self, const char *name, int fd, struct sf_error *err)
{
    sf_autoclose int from_fd = -1;
    int r = sf_dir_open_file(self->local_fd, name, O_RDONLY, 0, &from_fd, err);

    return r < 0 ? r : sf_copy_fd(from_fd, fd, name, err);
}

static int get(void *self, const char *path, int fd, bool *ret_is_there, struct sf_error *err)
{
    static const char name[] = "got";
    static const char *const options[] = {NULL};
    struct rsync *rsync = self;
    sf_auto(buffer) struct sf_buffer output = {.limit_bytes = MAX_OUTPUT_BYTES};
    int status = 0;
    int r = prepare(rsync, err);

    if (r == 0) {
        r = sf_dir_remove(rsync->local_fd, name, err);
    }
    if (r < 0) {
        return r;
    }

    sf_autofree char *from = sf_str_format("%s%s", rsync->place, path);
    sf_autofree char *to = sf_path_join(rsync->local, name);

    r = from == NULL || to == NULL ? sf_error_no_memory(err)
                                   : call(rsync, options, from, to, &output, &status, err);
    if (r < 0) {
        return r;
    }
    if (sf_rsync_is_absent(status, output.data)) {
        *ret_is_there = false;
        return 0;
    }
    if (status != 0) {
        return sf_rsync_judge(status, output.data, err);
    }

    r = get_local(rsync, name, fd, err);
    if (r == 0) {
        r = sf_dir_remove(rsync->local_fd, name, err);
    }
    if (r < 0) {
        return r;
    }
    *ret_is_there = true;
    return 0;
}

/* rsync writes a hidden file beside it and renames that, as it does by itself. */
#define SEND "-R", "-L", "-p", "--chmod=D755,F644", "--no-implied-dirs", "--itemize-changes"

static int put(void *self, const char *path, int fd, struct sf_error *err)
{
    static const char *const new_only[] = {SEND, "--ignore-existing", NULL};
    static const char *const compare[] = {
        "-R", "-L", "--no-implied-dirs", "--itemize-changes", "--checksum", "--dry-run", NULL};
    struct rsync *rsync = self;
    bool is_sent = false;
    bool is_other = false;
    int r = make_source(rsync, path, fd, err);

    if (r == 0) {
        r = send_file(rsync, new_only, path, &is_sent, err);
    }
    if (r == 0 && !is_sent) {
        r = send_file(rsync, compare, path, &is_other, err);
    }
    if (r < 0) {
        return r;
    }
    if (is_other) {
        return sf_error_set(err, SF_E_USAGE,
                            "'%s' is published with other bytes, and a name never gets others: "
                            "raise --build",
                            path);
    }
    return sf_dir_remove(rsync->local_fd, path, err);
}

static int replace(void *self, const char *path, int fd, struct sf_error *err)
{
    static const char *const options[] = {SEND, "--ignore-times", NULL};
    struct rsync *rsync = self;
    bool is_sent = false;
    int r = make_source(rsync, path, fd, err);

    if (r == 0) {
        r = send_file(rsync, options, path, &is_sent, err);
    }
    return r < 0 ? r : sf_dir_remove(rsync->local_fd, path, err);
}

/* What is missing here is removed there; of directories only those that are empty. */
static int remove_one(struct rsync *self, const char *path, bool *ret_is_removed,
                      struct sf_error *err)
{
    static const char *const options[] = {"-R", "--no-implied-dirs", "--delete-missing-args",
                                          "--itemize-changes", NULL};
    int r = prepare(self, err);

    if (r == 0) {
        r = sf_dir_remove(self->local_fd, path, err);
    }
    return r < 0 ? r : send_file(self, options, path, ret_is_removed, err);
}

static int remove_file(void *self, const char *path, struct sf_error *err)
{
    bool is_removed = false;
    int r = remove_one(self, path, &is_removed, err);
    sf_autofree char *parent = sf_path_parent(path);

    while (r == 0 && is_removed && parent != NULL && strcmp(parent, ".") != 0) {
        char *next = sf_path_parent(parent);

        r = remove_one(self, parent, &is_removed, err);
        free(parent);
        parent = next;
    }
    return r;
}

/* "-rw-r--r--           3 2026/11/21 04:51:55 c/d/e" */
static int add_listed(char *line, struct sf_strlist *paths, struct sf_error *err)
{
    char *rest = line;

    if (line[0] != '-') {
        return 0;
    }
    for (int i = 0; i < 4; i++) {
        rest += strcspn(rest, " ");
        rest += i < 3 ? strspn(rest, " ") : strlen(rest) > 0;
    }
    return sf_path_is_safe_relative(rest) ? sf_strlist_add(paths, rest, err) : 0;
}

static int parse_list(char *text, struct sf_strlist *ret_paths, struct sf_error *err)
{
    sf_auto(strlist) struct sf_strlist paths = {0};
    char *rest = text;
    int r = 0;

    for (char *line = strsep(&rest, "\n"); r == 0 && line != NULL; line = strsep(&rest, "\n")) {
        r = add_listed(line, &paths, err);
    }
    if (r < 0) {
        return r;
    }
    sf_strlist_sort(&paths);
    return sf_strlist_add_all(ret_paths, &paths, err);
}

static int list(void *self, struct sf_strlist *ret_paths, struct sf_error *err)
{
    static const char *const options[] = {"-r", "--list-only", "--no-human-readable",
                                          "--exclude=.*", NULL};
    struct rsync *rsync = self;
    sf_auto(buffer) struct sf_buffer output = {.limit_bytes = MAX_OUTPUT_BYTES};
    int status = 0;
    int r = call(rsync, options, rsync->place, /* to= */ NULL, &output, &status, err);

    if (r < 0 || sf_rsync_is_absent(status, output.data)) {
        return r;
    }
    /* What another publisher removes meanwhile is not listed. */
    if (status != 0 && status != EXIT_VANISHED) {
        return sf_rsync_judge(status, output.data, err);
    }
    if (output.size >= output.limit_bytes) {
        return sf_error_set(err, SF_E_FORMAT, "its list of files is larger than %lu bytes",
                            MAX_OUTPUT_BYTES);
    }
    return parse_list(output.data, ret_paths, err);
}

const struct sf_target_kind sf_target_rsync = {
    .get = get,
    .put = put,
    .replace = replace,
    .remove = remove_file,
    .list = list,
    .free = free_rsync,
};
