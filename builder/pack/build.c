/* A release in the making: where it comes from, where it is worked on, and what is known of it. */
#include "builder/pack/build.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

#include "builder/pack/copy_file.h"
#include "builder/repository/work_dir.h"
#include "common/base/error.h"
#include "common/base/log.h"
#include "common/base/number.h"
#include "common/base/path.h"
#include "common/base/str.h"
#include "common/host/dir.h"

/* 9999-12-31: what the manifest's form of a date can hold. */
#define MAX_EPOCH_S 253402300799ULL

static int name_release(struct sf_build *build, struct sf_error *err)
{
    if (sf_release_check(&build->release, err) < 0) {
        return sf_error_recode(err, SF_E_USAGE);
    }
    sf_release_format(&build->release, build->id);
    build->artifact_path = sf_release_artifact_path(&build->release);
    build->debug_name = sf_str_format("slurm-%s-debug.tar.zst", build->id);
    if (build->artifact_path == NULL || build->debug_name == NULL) {
        return sf_error_no_memory(err);
    }

    int r = sf_prefix_of_release(SF_PREFIX_DEFAULT_ROOT, &build->release, &build->prefix, err);

    if (r < 0) {
        return r;
    }
    sf_prefix_pad(build->prefix, build->slot);
    return 0;
}

static int open_input(struct sf_build *build, struct sf_error *err)
{
    sf_autofree char *path = sf_path_join(build->destdir, build->prefix + 1);

    if (path == NULL) {
        return sf_error_no_memory(err);
    }
    if (sf_dir_open_follow(path, &build->input_fd, err) < 0) {
        return sf_error_prefix(
            err,
            "no installed %s: configure Slurm with the --prefix that 'sf-builder prefix' prints "
            "and install it with DESTDIR=%s: ",
            build->id, build->destdir);
    }
    if (!sf_dir_has(build->input_fd, "sbin/slurmd")) {
        return sf_error_set(err, SF_E_NOT_FOUND,
                            "this does not look like an installed Slurm: %s has no sbin/slurmd",
                            path);
    }
    return 0;
}

static int open_repository(struct sf_build *build, struct sf_error *err)
{
    build->has_made_repository = mkdir(build->repository, 0755) == 0;
    if (!build->has_made_repository && errno != EEXIST) {
        return sf_error_errno(err, errno, "make the repository '%s'", build->repository);
    }

    int r = sf_dir_open_follow(build->repository, &build->repository_fd, err);

    if (r < 0) {
        return r;
    }
    build->was_published = sf_dir_has(build->repository_fd, build->artifact_path);
    return 0;
}

static int make_work(struct sf_build *build, struct sf_error *err)
{
    sf_autofree char *repository = realpath(build->repository, NULL);

    if (repository == NULL) {
        return sf_error_errno(err, errno, "find '%s'", build->repository);
    }

    int r =
        sf_work_dir_make(repository, build->repository_fd, &build->work_name, &build->work_fd, err);

    if (r < 0) {
        return r;
    }
    build->tree_path = sf_str_format("%s/%s/tree", repository, build->work_name);
    if (build->tree_path == NULL) {
        return sf_error_no_memory(err);
    }

    r = sf_dir_make(build->work_fd, "tree/view", err);
    if (r == 0) {
        r = sf_dir_make(build->work_fd, SF_BUILD_OUT, err);
    }
    if (r == 0) {
        r = sf_dir_open(build->work_fd, SF_BUILD_OUT, &build->out_fd, err);
    }
    if (r < 0) {
        return r;
    }
    return sf_dir_open(build->work_fd, "tree", &build->tree_fd, err);
}

int sf_build_open(struct sf_build *build, struct sf_error *err)
{
    int r = name_release(build, err);

    if (r < 0) {
        return r;
    }

    r = sf_sysroot_open(build->place_root, &build->place, err);
    if (r == 0) {
        r = sf_os_release_read(build->place.fd, &build->os, err);
    }
    if (r < 0) {
        return r;
    }

    r = open_input(build, err);
    if (r < 0) {
        return r;
    }

    r = open_repository(build, err);
    if (r < 0) {
        return r;
    }
    return make_work(build, err);
}

static void close_one(const int *fd)
{
    /* 0 is what a build that was never opened holds. */
    if (*fd > 0) {
        (void)close(*fd);
    }
}

static void remove_work(struct sf_build *build)
{
    struct sf_error err;

    if (build->work_name != NULL &&
        sf_dir_remove(build->repository_fd, build->work_name, &err) < 0) {
        sf_log(SF_LOG_WARNING, "%s, continuing without removing '%s/%s'", err.message,
               build->repository, build->work_name);
    }
    free(build->work_name);
    /* One that a pack has made and put nothing into goes with it. */
    if (build->has_made_repository) {
        (void)rmdir(build->repository);
    }
}

void sf_build_done(struct sf_build *build)
{
    close_one(&build->tree_fd);
    close_one(&build->out_fd);
    close_one(&build->input_fd);
    remove_work(build);
    close_one(&build->work_fd);
    close_one(&build->repository_fd);
    sf_sysroot_done(&build->place);
    sf_pack_components_done(&build->components);
    sf_manifest_free(build->manifest);
    free(build->manifest_text);
    free(build->prefix);
    free(build->artifact_path);
    free(build->debug_name);
    free(build->tree_path);
    sf_strlist_done(&build->host_libraries);
    sf_strlist_done(&build->libraries);
    sf_strlist_done(&build->sources);
    sf_strlist_done(&build->parts);
    sf_strlist_done(&build->options);
    sf_strlist_done(&build->expected_plugins);
    sf_strlist_done(&build->expected_files);
    sf_strlist_done(&build->expected_components);
    *build = (struct sf_build){0};
}

int sf_build_keep_published(const struct sf_build *build, const char *suffix, bool *ret_is_there,
                            struct sf_error *err)
{
    sf_autofree char *path = sf_str_format("%s%s", build->artifact_path, suffix);
    sf_autoclose int fd = -1;

    if (path == NULL) {
        return sf_error_no_memory(err);
    }
    if (!sf_dir_has(build->repository_fd, path)) {
        *ret_is_there = false;
        return 0;
    }

    int r = sf_dir_open_file(build->repository_fd, path, O_RDONLY, 0, &fd, err);

    if (r == 0) {
        r = sf_copy_file(fd, build->out_fd, sf_path_base(path), 0644, err);
    }
    if (r == 0) {
        *ret_is_there = true;
    }
    return r;
}

int sf_build_epoch(const char *environment, const char *version, int64_t *ret_time_s,
                   struct sf_error *err)
{
    uint64_t seconds = 0;
    uint64_t year = 0;
    uint64_t month = 0;

    if (environment != NULL) {
        if (!sf_number_parse(environment, MAX_EPOCH_S, &seconds)) {
            return sf_error_set(err, SF_E_USAGE,
                                "SOURCE_DATE_EPOCH '%s' is not a number of seconds since 1970",
                                environment);
        }
        *ret_time_s = (int64_t)seconds;
        return 0;
    }
    for (size_t i = 0; i < 2 && version[i] >= '0' && version[i] <= '9'; i++) {
        year = year * 10 + (uint64_t)(version[i] - '0');
        month = month * 10 + (uint64_t)(version[i + 3] - '0');
    }

    struct tm first = {.tm_year = (int)year + 100, .tm_mon = (int)month - 1, .tm_mday = 1};

    *ret_time_s = timegm(&first);
    return 0;
}
