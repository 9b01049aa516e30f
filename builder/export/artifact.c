/* An artifact of a local repository: checked against the manifest beside it, then unpacked. */
#include "builder/export/artifact.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>

#include "builder/repository/block_check.h"
#include "builder/repository/publish.h"
#include "common/base/buffer.h"
#include "common/base/error.h"
#include "common/base/str.h"
#include "common/content/block_source.h"
#include "common/content/unpack.h"
#include "common/format/json.h"
#include "common/format/manifest.h"
#include "common/host/dir.h"

#define MAX_EPOCH_S (1ULL << 40)

static int read_manifest(struct sf_artifact *artifact, const char *path, struct sf_error *err)
{
    sf_auto(buffer) struct sf_buffer text = {.limit_bytes = SF_MANIFEST_MAX_BYTES};
    sf_autofree char *name = sf_str_format("%s" SF_PUBLISH_MANIFEST_SUFFIX, path);
    sf_autoclose int fd = name == NULL ? -1 : open(name, O_RDONLY | O_CLOEXEC);
    uint64_t epoch_s = 0;

    if (name == NULL) {
        return sf_error_no_memory(err);
    }
    if (fd < 0) {
        return sf_error_errno(err, errno, "open '%s', the manifest beside the artifact", name);
    }

    int r = sf_dir_read_fd(fd, name, &text, err);

    if (r < 0) {
        return r;
    }

    r = sf_manifest_parse(text.data == NULL ? "" : text.data, text.size, &artifact->manifest, err);
    if (r < 0) {
        return sf_error_prefix(err, "%s: ", name);
    }

    r = sf_json_u64(artifact->manifest->document, "source_date_epoch", MAX_EPOCH_S, &epoch_s, err);
    if (r < 0) {
        return sf_error_prefix(err, "%s: ", name);
    }
    artifact->epoch_s = (int64_t)epoch_s;
    sf_release_format(&artifact->manifest->release, artifact->id);
    return 0;
}

/* The digest that the blocks vouch for is what every later read is compared with. */
static int check_file(struct sf_artifact *artifact, int fd, struct sf_error *err)
{
    char sha256[65];
    int r = sf_block_check_file(fd, artifact->manifest, sha256, err);

    return r < 0 ? r : sf_verified_file_by_digest(fd, sha256, &artifact->file, err);
}

int sf_artifact_open(const char *path, struct sf_artifact **ret, struct sf_error *err)
{
    sf_auto(artifact) struct sf_artifact *artifact = calloc(1, sizeof *artifact);

    if (artifact == NULL) {
        return sf_error_no_memory(err);
    }
    artifact->file.fd = -1;

    sf_autoclose int fd = open(path, O_RDONLY | O_CLOEXEC);

    if (fd < 0) {
        return sf_error_errno(err, errno, "open '%s'", path);
    }

    int r = read_manifest(artifact, path, err);

    if (r < 0) {
        return r;
    }

    r = check_file(artifact, fd, err);
    if (r < 0) {
        return sf_error_prefix(err, "%s: ", path);
    }
    (void)sf_steal_fd(&fd);
    *ret = sf_steal(&artifact);
    return 0;
}

int sf_artifact_unpack(const struct sf_artifact *artifact, int dir_fd, const char *prefix,
                       struct sf_error *err)
{
    sf_auto(block_source) struct sf_block_source *source = NULL;
    struct sf_unpack unpack = {
        .manifest = artifact->manifest, .stage_fd = dir_fd, .node_prefix = prefix};
    int r = sf_block_source_open_file(&artifact->file, &source, err);

    if (r < 0) {
        return r;
    }
    unpack.source = source;
    return sf_unpack_run(&unpack, err);
}

void sf_artifact_free(struct sf_artifact *artifact)
{
    if (artifact == NULL) {
        return;
    }
    sf_manifest_free(artifact->manifest);
    sf_verified_file_done(&artifact->file);
    free(artifact);
}
