/* A release built by Spack. */
#include "builder/spack/spack_build.h"

#include <stdio.h>
#include <string.h>

#include "builder/place/place.h"
#include "builder/spack/prefixes.h"
#include "builder/spack/spack_yaml.h"
#include "builder/spack/tree.h"
#include "common/base/buffer.h"
#include "common/base/error.h"
#include "common/base/path.h"
#include "common/base/str.h"
#include "common/host/atomic_file.h"
#include "common/host/dir.h"

/* Hours: a compiler or a GPU library among the packages takes that long. */
#define TIMEOUT_S      (24U * 3600)
#define MAX_TEXT_BYTES (1UL << 20)
#define ENVIRONMENT    SF_SPACK_DIRECTORY "/" SF_SPACK_ENVIRONMENT
#define INDEXES        SF_SPACK_DIRECTORY "/" SF_SPACK_INDEXES

/* Runs "spack -e ENVIRONMENT <words>"; `words` end with NULL, at most six of them. */
static int run_spack(const struct sf_spack_build *build, const char *const *words, int log_fd,
                     struct sf_error *err)
{
    sf_autofree char *directory = sf_place_path(build->place, ENVIRONMENT);
    sf_autofree char *base = sf_place_path(build->place, SF_SPACK_DIRECTORY);
    sf_autofree char *home = base == NULL ? NULL : sf_str_format("HOME=%s", base);
    sf_autofree char *cache =
        base == NULL ? NULL : sf_str_format("SPACK_USER_CACHE_PATH=%s/user-cache", base);
    const char *environment[] = {"SPACK_DISABLE_LOCAL_CONFIG=1", "SPACK_COLOR=never", home, cache,
                                 /* In a root directory everything is done as root. */
                                 "FORCE_UNSAFE_CONFIGURE=1", NULL};
    const char *argv[10] = {build->program == NULL ? "spack" : build->program, "-e", directory};

    if (directory == NULL || home == NULL || cache == NULL) {
        return sf_error_no_memory(err);
    }
    for (size_t i = 0; i < 6 && words[i] != NULL; i++) {
        argv[3 + i] = words[i];
    }

    const struct sf_place_command command = {.argv = argv,
                                             .environment = environment,
                                             .directory = SF_SPACK_DIRECTORY,
                                             .output_fd = log_fd,
                                             .timeout_s = TIMEOUT_S};
    int r = sf_place_run(build->place, &command, err);

    if (r == -(int)SF_E_NOT_FOUND && build->program == NULL) {
        return sf_error_prefix(err, "name the program of a Spack 1.1 or later with --spack: ");
    }
    return r < 0 ? sf_error_prefix(err, "spack %s: ", words[0]) : 0;
}

static int open_work(const struct sf_spack_build *build, const char *path, int *ret_fd,
                     struct sf_error *err)
{
    sf_autoclose int work_fd = -1;
    int r = sf_dir_open_follow(build->place->work, &work_fd, err);

    if (r == 0 && path != NULL) {
        return sf_dir_open(work_fd, path, ret_fd, err);
    }
    if (r == 0) {
        *ret_fd = sf_steal_fd(&work_fd);
    }
    return r;
}

/* A lock of an earlier environment would still decide what is built, and so would indexes of other
 * packages: Spack compares only times, which say nothing after a change of commits. */
static int make_environment(const struct sf_spack_build *build, const struct sf_buffer *text,
                            struct sf_error *err)
{
    sf_autoclose int work_fd = -1;
    sf_autoclose int fd = -1;
    int r = open_work(build, NULL, &work_fd, err);

    if (r == 0) {
        r = sf_dir_remove(work_fd, ENVIRONMENT, err);
    }
    if (r == 0) {
        r = sf_dir_remove(work_fd, INDEXES, err);
    }
    if (r == 0) {
        r = sf_dir_make(work_fd, ENVIRONMENT, err);
    }
    if (r == 0) {
        r = sf_dir_open(work_fd, ENVIRONMENT, &fd, err);
    }
    return r < 0 ? r : sf_atomic_file_write(fd, "spack.yaml", text->data, text->size, 0644, err);
}

int sf_spack_concretize(const struct sf_spack_build *build, int log_fd, struct sf_error *err)
{
    static const char *const words[] = {"concretize", "--fresh", NULL};
    sf_auto(buffer) struct sf_buffer text = {.limit_bytes = MAX_TEXT_BYTES};
    sf_autofree char *base = sf_place_path(build->place, SF_SPACK_DIRECTORY);

    if (base == NULL) {
        return sf_error_no_memory(err);
    }

    int r = sf_spack_yaml_write(build->config, build->release, base, &text, err);

    if (r == 0) {
        r = make_environment(build, &text, err);
    }
    return r < 0 ? r : run_spack(build, words, log_fd, err);
}

int sf_spack_install(const struct sf_spack_build *build, int log_fd, struct sf_error *err)
{
    char jobs[16];
    const char *const words[] = {"install", "--fail-fast", jobs, NULL};

    (void)snprintf(jobs, sizeof jobs, "-j%u", build->jobs == 0 ? 1 : build->jobs);
    return run_spack(build, words, log_fd, err);
}

/* Spack makes a view beside its name and has the name be a link to it, by a path of the place. */
static int open_view(const struct sf_spack_build *build, int base_fd, int *ret_fd,
                     struct sf_error *err)
{
    sf_autofree char *base = sf_place_path(build->place, SF_SPACK_DIRECTORY "/");
    sf_autofree char *target = NULL;
    struct sf_error ignored;

    if (base == NULL) {
        return sf_error_no_memory(err);
    }
    if (sf_dir_read_link(base_fd, SF_SPACK_VIEW, &target, &ignored) < 0) {
        return sf_dir_open(base_fd, SF_SPACK_VIEW, ret_fd, err);
    }
    return sf_dir_open(base_fd, sf_str_has_prefix(target, base) ? target + strlen(base) : target,
                       ret_fd, err);
}

static int open_destdir(const struct sf_spack_build *build, const char *destdir, int *ret_fd,
                        struct sf_error *err)
{
    sf_autoclose int work_fd = -1;
    int r = open_work(build, NULL, &work_fd, err);

    if (r == 0) {
        r = sf_dir_remove(work_fd, destdir, err);
    }
    if (r == 0) {
        r = sf_dir_make(work_fd, destdir, err);
    }
    return r < 0 ? r : sf_dir_open(work_fd, destdir, ret_fd, err);
}

static int find_prefixes(const struct sf_spack_build *build, int base_fd,
                         struct sf_spack_prefixes *prefixes, struct sf_error *err)
{
    sf_autofree char *root = sf_place_path(build->place, SF_SPACK_DIRECTORY "/" SF_SPACK_TREE);
    sf_autoclose int tree_fd = -1;
    int r = sf_dir_open(base_fd, SF_SPACK_TREE, &tree_fd, err);

    if (r == 0 && root == NULL) {
        r = sf_error_no_memory(err);
    }
    return r < 0 ? r : sf_spack_prefixes_find(prefixes, tree_fd, root, err);
}

int sf_spack_merge(const struct sf_spack_build *build, const char *destdir, int log_fd,
                   struct sf_error *err)
{
    static const char *const words[] = {"env", "view", "regenerate", NULL};
    sf_auto(spack_prefixes) struct sf_spack_prefixes prefixes = {0};
    sf_auto(spack_tree) struct sf_spack_tree tree = {.config = build->config,
                                                     .prefixes = &prefixes};
    sf_autoclose int base_fd = -1;
    sf_autoclose int view_fd = -1;
    sf_autoclose int destdir_fd = -1;
    int r = run_spack(build, words, log_fd, err);

    if (r == 0) {
        r = open_work(build, SF_SPACK_DIRECTORY, &base_fd, err);
    }
    if (r == 0) {
        r = find_prefixes(build, base_fd, &prefixes, err);
    }
    if (r == 0) {
        r = open_view(build, base_fd, &view_fd, err);
    }
    if (r == 0) {
        r = open_destdir(build, destdir, &destdir_fd, err);
    }
    if (r == 0) {
        r = sf_spack_tree_open(&tree, build->release, destdir_fd, err);
    }
    if (r == 0) {
        r = sf_spack_tree_add(&tree, view_fd, "the view", err);
    }
    return r < 0 ? r : sf_spack_tree_finish(&tree, err);
}
