/* The checks a staged tree passes before it may be committed. */
#include "agent/preflight.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>

#include "agent/facts.h"
#include "common/base/buffer.h"
#include "common/base/error.h"
#include "common/base/path.h"
#include "common/base/str.h"
#include "common/content/closure.h"
#include "common/content/relocate.h"
#include "common/format/manifest.h"
#include "common/host/dir.h"
#include "common/host/process.h"

#define RUN_TIMEOUT_S  30
#define RUN_OUTPUT_MAX 65536

static int check_closure(const struct sf_preflight *preflight, struct sf_error *err)
{
    const struct sf_closure closure = {
        .tree_fd = preflight->tree_fd,
        .arch = preflight->facts->arch,
        .glibc = preflight->facts->glibc,
        .host_libraries = &preflight->manifest->host_libraries,
    };
    char glibc[16];

    return sf_closure_check(&closure, glibc, err);
}

static int check_plugins(const struct sf_preflight *preflight, struct sf_error *err)
{
    const struct sf_strlist *plugins = &preflight->manifest->plugins;

    for (size_t i = 0; i < plugins->count; i++) {
        sf_autofree char *path = sf_str_format("view/lib/slurm/%s", plugins->items[i]);

        if (path == NULL) {
            return sf_error_no_memory(err);
        }
        if (sf_manifest_find(preflight->manifest, path) == NULL) {
            return sf_error_set(err, SF_E_UNHEALTHY,
                                "plugin %s, which the release promises, is not in it: have the "
                                "release built again",
                                plugins->items[i]);
        }
    }
    return 0;
}

/* A file that still names the build prefix would look for its plugins where nothing is. */
static int check_no_build_prefix(const struct sf_preflight *preflight, struct sf_error *err)
{
    const struct sf_manifest *manifest = preflight->manifest;

    if (sf_str_is_equal(preflight->node_prefix, manifest->default_prefix)) {
        return 0;
    }
    for (size_t i = 0; i < manifest->file_count; i++) {
        const struct sf_manifest_file *file = &manifest->files[i];
        sf_autofree uint64_t *offsets = NULL;
        sf_autoclose int fd = -1;
        size_t count = 0;

        if (file->type != SF_FILE_REGULAR) {
            continue;
        }
        int r = sf_dir_open_file(preflight->tree_fd, file->path, O_RDONLY, 0, &fd, err);

        if (r == 0) {
            r = sf_relocate_scan(fd, manifest->build_prefix, manifest->default_prefix, &offsets,
                                 &count, err);
        }
        if (r == 0 && count > 0) {
            r = sf_error_set(err, SF_E_UNHEALTHY,
                             "still names the build prefix at offset %llu, which its relocation "
                             "table does not list: have the release built again",
                             (unsigned long long)offsets[0]);
        }
        if (r < 0) {
            return sf_error_prefix(err, "%s: ", file->path);
        }
    }
    return 0;
}

static int check_slurmd_runs(const struct sf_preflight *preflight, struct sf_error *err)
{
    sf_auto(buffer) struct sf_buffer output = {.limit_bytes = RUN_OUTPUT_MAX};
    sf_autofree char *program = sf_path_join(preflight->tree_path, "view/sbin/slurmd");
    const char *const argv[] = {program, "-V", NULL};
    const struct sf_process_options options = {
        .argv = argv, .timeout_s = RUN_TIMEOUT_S, .output = &output};

    if (program == NULL) {
        return sf_error_no_memory(err);
    }
    int r = sf_process_check(&options, err);

    if (r < 0) {
        return err->code == SF_E_NO_MEMORY ? r : sf_error_recode(err, SF_E_UNHEALTHY);
    }
    if (output.size == 0 || strstr(output.data, preflight->manifest->release.version) == NULL) {
        return sf_error_set(err, SF_E_UNHEALTHY, "slurmd -V says '%s', not version %s",
                            output.size == 0 ? "" : sf_str_trim(output.data),
                            preflight->manifest->release.version);
    }
    return 0;
}

int sf_preflight_run(const struct sf_preflight *preflight, struct sf_error *err)
{
    int r = check_closure(preflight, err);

    if (r == 0) {
        r = check_plugins(preflight, err);
    }
    if (r == 0) {
        r = check_no_build_prefix(preflight, err);
    }
    if (r == 0 && preflight->may_run &&
        sf_manifest_find(preflight->manifest, "view/sbin/slurmd") != NULL) {
        r = check_slurmd_runs(preflight, err);
    }
    return r < 0 ? sf_error_prefix(err, "preflight: ") : 0;
}
