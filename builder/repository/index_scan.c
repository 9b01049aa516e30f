/* Finds the artifacts of a repository by their manifests and checks each before it is listed. */
#include "builder/repository/index_scan.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "builder/repository/block_check.h"
#include "builder/repository/index_entries.h"
#include "builder/repository/publish.h"
#include "common/base/buffer.h"
#include "common/base/error.h"
#include "common/base/str.h"
#include "common/format/manifest.h"
#include "common/format/repo_index.h"
#include "common/host/digest.h"
#include "common/host/dir.h"
#include "common/host/interrupt.h"

struct scan {
    int repository_fd;
    struct sf_repo_index *index;
};

static bool is_hidden(const char *path)
{
    return path[0] == '.' || strstr(path, "/.") != NULL;
}

static int check_place(const struct sf_manifest *manifest, const char *path, struct sf_error *err)
{
    sf_autofree char *place = sf_release_artifact_path(&manifest->release);

    if (place == NULL) {
        return sf_error_no_memory(err);
    }
    if (!sf_str_is_equal(place, path)) {
        return sf_error_set(err, SF_E_FORMAT, "it is of another release, whose place is %s", place);
    }
    return 0;
}

static int read_manifest(const struct scan *scan, const char *path, struct sf_manifest **ret,
                         struct sf_index_artifact *artifact, struct sf_error *err)
{
    sf_auto(buffer) struct sf_buffer text = {.limit_bytes = SF_MANIFEST_MAX_BYTES};
    int r = sf_dir_read_file(scan->repository_fd, path, &text, err);

    if (r < 0) {
        return r;
    }

    r = sf_digest_bytes(text.data, text.size, artifact->manifest_sha256, err);
    if (r < 0) {
        return r;
    }
    artifact->manifest_size_bytes = text.size;
    return sf_manifest_parse(text.data == NULL ? "" : text.data, text.size, ret, err);
}

static int check_artifact(const struct scan *scan, const struct sf_manifest *manifest,
                          struct sf_index_artifact *artifact, struct sf_error *err)
{
    sf_autoclose int fd = -1;
    int r = check_place(manifest, artifact->path, err);

    if (r < 0) {
        return r;
    }

    r = sf_dir_open_file(scan->repository_fd, artifact->path, O_RDONLY, 0, &fd, err);
    if (r < 0) {
        return r;
    }
    return sf_block_check_file(fd, manifest, artifact->sha256, err);
}

static int scan_manifest(const struct scan *scan, const char *path, struct sf_error *err)
{
    sf_auto(manifest) struct sf_manifest *manifest = NULL;
    sf_autofree char *artifact_path =
        strndup(path, strlen(path) - strlen(SF_PUBLISH_MANIFEST_SUFFIX));
    struct sf_index_artifact artifact = {.path = artifact_path};
    int r = artifact_path == NULL ? sf_error_no_memory(err)
                                  : read_manifest(scan, path, &manifest, &artifact, err);

    if (r < 0) {
        return r;
    }

    r = check_artifact(scan, manifest, &artifact, err);
    if (r < 0) {
        return r;
    }
    artifact.release = manifest->release;
    artifact.size_bytes = manifest->artifact_size_bytes;
    (void)snprintf(artifact.glibc, sizeof artifact.glibc, "%s", manifest->glibc);
    (void)snprintf(artifact.cpu_level, sizeof artifact.cpu_level, "%s", manifest->cpu_level);
    return sf_index_entries_add(scan->index, &artifact, err);
}

static int scan_entry(void *context, int dir_fd, const char *path, const struct stat *status,
                      struct sf_error *err)
{
    const struct scan *scan = context;

    (void)dir_fd;
    if (sf_interrupt_is_pending()) {
        return sf_error_set(err, SF_E_INTERRUPTED, "stopped by a signal");
    }
    if (!S_ISREG(status->st_mode) || is_hidden(path) ||
        !sf_str_has_suffix(path, SF_PUBLISH_MANIFEST_SUFFIX)) {
        return 0;
    }
    return scan_manifest(scan, path, err) < 0 ? sf_error_prefix(err, "%s: ", path) : 0;
}

int sf_index_scan(int repository_fd, struct sf_repo_index *index, struct sf_error *err)
{
    struct scan scan = {repository_fd, index};

    return sf_dir_walk(repository_fd, ".", scan_entry, &scan, err);
}
