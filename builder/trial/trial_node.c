/* A node that exists for one test. */
#include "builder/trial/trial_node.h"

#include <errno.h>
#include <fcntl.h>
#include <fnmatch.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "builder/trial/public_copy.h"
#include "builder/trial/trial.h"
#include "builder/trial/trial_cluster.h"
#include "builder/trial/trial_run.h"
#include "common/base/error.h"
#include "common/base/path.h"
#include "common/base/str.h"
#include "common/host/dir.h"

/* What a node has of its own, and what is in it from the start. */
static const char *const own[] = {"etc", "opt", "run", "srv", "tmp", "var"};
static const char *const made[] = {"var/cache",         "var/lib",
                                   "var/log/slurm",     "var/tmp",
                                   "var/spool/slurm/d", "var/spool/slurm/ctld",
                                   "etc/slurm",         "etc/sf-agent/keys.d"};

/* What it has of its root when sf-agent looks at it from outside. */
static const char *const system_directories[] = {"usr", "lib", "lib64"};

#define SYSTEM_COUNT (sizeof system_directories / sizeof *system_directories)
#define OWN_COUNT    (sizeof own / sizeof *own)
#define MADE_COUNT   (sizeof made / sizeof *made)

/* The last of two names for one file is a link, and needs no hiding. */
static const char *const compilers[] = {
    "*cc",    "*gcc-*", "c[0-9]9*", "*c++",  "*g++-*", "*cpp",      "*cpp-*",
    "clang*", "*-ld",   "ld",       "ld.*",  "*-ld.*", "*-as",      "as",
    "*gold",  "make",   "gmake",    "cmake", "ninja",  "gfortran*", "*-gfortran*"};
static const char *const compiler_directories[] = {"/usr/include", "/usr/lib/gcc",
                                                   "/usr/libexec/gcc"};

static int copy_etc(const struct sf_trial_run *run, int node_fd, struct sf_error *err)
{
    sf_autofree char *path = sf_path_join(run->trial->root, "etc");
    sf_autoclose int from_fd = -1;
    sf_autoclose int to_fd = -1;
    int r = path == NULL ? sf_error_no_memory(err) : sf_dir_open_follow(path, &from_fd, err);

    if (r == 0) {
        r = sf_dir_open(node_fd, "etc", &to_fd, err);
    }
    if (r == 0) {
        r = sf_public_copy(from_fd, to_fd, err);
    }
    return r < 0 ? sf_error_prefix(err, "copying %s: ", path == NULL ? "/etc" : path) : 0;
}

static int make_links(const struct sf_trial_run *run, int node_fd, struct sf_error *err)
{
    sf_autoclose int root_fd = -1;
    int r = sf_dir_open_follow(run->trial->root, &root_fd, err);

    if (r == 0 && symlinkat("/run", node_fd, "var/run") < 0) {
        r = sf_error_errno(err, errno, "make the link 'var/run'");
    }
    for (size_t i = 0; r == 0 && i < SYSTEM_COUNT; i++) {
        sf_autofree char *target = NULL;
        struct sf_error ignored;

        if (sf_dir_read_link(root_fd, system_directories[i], &target, &ignored) == 0 &&
            symlinkat(target, node_fd, system_directories[i]) < 0) {
            r = sf_error_errno(err, errno, "make the link '%s'", system_directories[i]);
        }
    }
    return r;
}

int sf_trial_node_make(const struct sf_trial_run *run, struct sf_error *err)
{
    sf_autoclose int work_fd = -1;
    sf_autoclose int node_fd = -1;
    int r = sf_dir_open_follow(run->trial->work, &work_fd, err);

    if (r == 0) {
        r = sf_dir_make(work_fd, run->node, err);
    }
    if (r == 0) {
        r = sf_dir_open(work_fd, run->node, &node_fd, err);
    }
    for (size_t i = 0; r == 0 && i < OWN_COUNT; i++) {
        r = sf_dir_make(node_fd, own[i], err);
    }
    if (r == 0) {
        r = copy_etc(run, node_fd, err);
    }
    for (size_t i = 0; r == 0 && i < MADE_COUNT; i++) {
        r = sf_dir_make(node_fd, made[i], err);
    }
    if (r == 0) {
        r = make_links(run, node_fd, err);
    }
    return r < 0 ? r : sf_trial_cluster_write(run->manifest, node_fd, err);
}

/* A list of mounts that owns its texts. */
struct mounts {
    struct sf_sandbox_mount *items;
    size_t count;
    struct sf_strlist texts;
};

static void mounts_done(struct mounts *mounts)
{
    free(mounts->items);
    sf_strlist_done(&mounts->texts);
}

SF_DEFINE_AUTO_STRUCT(mounts, struct mounts, mounts_done)

static const char *keep(struct mounts *mounts, char *text, struct sf_error *err)
{
    return sf_strlist_take(&mounts->texts, text, err) < 0
               ? NULL
               : mounts->texts.items[mounts->texts.count - 1];
}

/* Both texts are taken; no source hides the target. */
static int add_mount(struct mounts *mounts, char *source, char *target, bool is_writable,
                     struct sf_error *err)
{
    struct sf_sandbox_mount mount = {.is_writable = is_writable};

    mount.source = source == NULL ? NULL : keep(mounts, source, err);
    mount.target = keep(mounts, target, err);
    if (mount.target == NULL) {
        return -SF_E_NO_MEMORY;
    }

    struct sf_sandbox_mount *grown =
        reallocarray(mounts->items, mounts->count + 1, sizeof *mounts->items);

    if (grown == NULL) {
        return sf_error_no_memory(err);
    }
    mounts->items = grown;
    mounts->items[mounts->count++] = mount;
    return 0;
}

/* The node's own directories, over those of its root. */
static int add_own(const struct sf_trial_run *run, struct mounts *mounts, struct sf_error *err)
{
    int r = 0;

    for (size_t i = 0; r == 0 && i < OWN_COUNT; i++) {
        char *source = sf_str_format("%s/%s/%s", run->trial->work, run->node, own[i]);

        r = source == NULL ? sf_error_no_memory(err)
                           : add_mount(mounts, source, sf_path_join("/", own[i]),
                                       /* is_writable= */ true, err);
    }
    return r;
}

/* What a sandbox is to run, by the signature that it has. */
struct call {
    struct sf_trial_run *run;
    sf_trial_body body;
};

static int call(void *context, struct sf_error *err)
{
    const struct call *wanted = context;

    return wanted->body(wanted->run, err);
}

static int enter(const char *root, const struct mounts *mounts, struct call *wanted,
                 struct sf_error *err)
{
    const struct sf_sandbox sandbox = {.root = root,
                                       .hostname = "sf-trial",
                                       .mounts = mounts->items,
                                       .mount_count = mounts->count};

    return sf_sandbox_run(&sandbox, call, wanted, err);
}

/* Where sf-agent finds out what the node is; with a merged /usr the others are links. */
static int add_system(const struct sf_trial_run *run, struct mounts *mounts, struct sf_error *err)
{
    int r = 0;

    for (size_t i = 0; r == 0 && i < SYSTEM_COUNT; i++) {
        sf_autofree char *path = sf_path_join(run->trial->root, system_directories[i]);
        struct stat status;

        if (path == NULL) {
            return sf_error_no_memory(err);
        }
        if (lstat(path, &status) == 0 && S_ISDIR(status.st_mode)) {
            r = add_mount(mounts, sf_steal(&path),
                          sf_path_join(SF_TRIAL_ROOT, system_directories[i]),
                          /* is_writable= */ false, err);
        }
    }
    return r;
}

int sf_trial_node_install(struct sf_trial_run *run, sf_trial_body body, struct sf_error *err)
{
    sf_auto(mounts) struct mounts mounts = {0};
    struct call wanted = {run, body};
    char *work = strdup(run->trial->work);
    int r = work == NULL ? sf_error_no_memory(err)
                         : add_mount(&mounts, work, strdup(SF_TRIAL_WORK),
                                     /* is_writable= */ true, err);
    char *node = r < 0 ? NULL : sf_path_join(run->trial->work, run->node);

    if (r == 0) {
        r = node == NULL
                ? sf_error_no_memory(err)
                : add_mount(&mounts, node, strdup(SF_TRIAL_ROOT), /* is_writable= */ true, err);
    }
    if (r == 0) {
        r = add_system(run, &mounts, err);
    }
    return r < 0 ? r : enter("/", &mounts, &wanted, err);
}

int sf_trial_node_run(struct sf_trial_run *run, sf_trial_body body, struct sf_error *err)
{
    sf_auto(mounts) struct mounts mounts = {0};
    sf_auto(strlist) struct sf_strlist hidden = {0};
    struct call wanted = {run, body};
    int r = add_own(run, &mounts, err);

    if (r == 0) {
        r = sf_trial_node_compilers(run->trial->root, &hidden, err);
    }
    for (size_t i = 0; r == 0 && i < hidden.count; i++) {
        r = add_mount(&mounts, /* source= */ NULL, strdup(hidden.items[i]),
                      /* is_writable= */ true, err);
    }
    return r < 0 ? r : enter(run->trial->root, &mounts, &wanted, err);
}

static bool is_compiler(const char *name)
{
    for (size_t i = 0; i < sizeof compilers / sizeof *compilers; i++) {
        if (fnmatch(compilers[i], name, 0) == 0) {
            return true;
        }
    }
    return false;
}

static int add_programs(int bin_fd, struct sf_strlist *ret, struct sf_error *err)
{
    sf_auto(strlist) struct sf_strlist names = {0};
    int r = sf_dir_list(bin_fd, ".", &names, err);

    for (size_t i = 0; r == 0 && i < names.count; i++) {
        struct stat status;

        if (is_compiler(names.items[i]) &&
            fstatat(bin_fd, names.items[i], &status, AT_SYMLINK_NOFOLLOW) == 0 &&
            S_ISREG(status.st_mode)) {
            r = sf_strlist_take(ret, sf_str_format("/usr/bin/%s", names.items[i]), err);
        }
    }
    return r;
}

int sf_trial_node_compilers(const char *root, struct sf_strlist *ret_paths, struct sf_error *err)
{
    sf_autoclose int root_fd = -1;
    sf_autoclose int bin_fd = -1;
    int r = sf_dir_open_follow(root, &root_fd, err);

    if (r == 0) {
        r = sf_dir_open(root_fd, "usr/bin", &bin_fd, err);
    }
    if (r == 0) {
        r = add_programs(bin_fd, ret_paths, err);
    }
    for (size_t i = 0; r == 0 && i < sizeof compiler_directories / sizeof *compiler_directories;
         i++) {
        sf_auto(strlist) struct sf_strlist names = {0};
        struct sf_error ignored;

        if (sf_dir_list(root_fd, compiler_directories[i] + 1, &names, &ignored) == 0 &&
            names.count > 0) {
            r = sf_strlist_add(ret_paths, compiler_directories[i], err);
        }
    }
    return r;
}
