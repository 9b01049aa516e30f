/* Writes artifact, signature and outer manifest, and publishes them in that order. */
#include "builder/pack/stage.h"

#include <fcntl.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "builder/pack/build.h"
#include "builder/repository/publish.h"
#include "common/base/buffer.h"
#include "common/base/error.h"
#include "common/base/str.h"
#include "common/content/archive_write.h"
#include "common/content/sign.h"
#include "common/host/atomic_file.h"
#include "common/host/dir.h"

#define ARTIFACT            "artifact"
#define SIGNATURE           "signature"
#define MANIFEST            "manifest"
#define SIGNATURE_MAX_BYTES 65536

struct blocks {
    char (*digests)[65];
    size_t count;
};

static int write_members(const struct sf_build *build, struct sf_archive_writer *writer,
                         struct sf_error *err)
{
    const struct sf_manifest *manifest = build->manifest;
    /* First, so that a reader knows what to expect before it gets the first file. */
    int r = sf_archive_writer_add_bytes(writer, SF_MANIFEST_PATH, 0644, build->manifest_text,
                                        strlen(build->manifest_text), err);

    for (size_t i = 0; r == 0 && i < manifest->file_count; i++) {
        r = sf_archive_writer_add_file(writer, build->tree_fd, &manifest->files[i], err);
    }
    return r;
}

static int write_artifact(struct sf_build *build, int fd, struct blocks *ret_blocks,
                          struct sf_error *err)
{
    sf_auto(archive_writer) struct sf_archive_writer *writer = NULL;
    int r = sf_archive_writer_open(fd, build->level, build->epoch_s, &writer, err);

    if (r < 0) {
        return r;
    }

    r = write_members(build, writer, err);
    if (r < 0) {
        return r;
    }
    return sf_archive_writer_finish(writer, &build->artifact_size_bytes, &ret_blocks->digests,
                                    &ret_blocks->count, build->artifact_sha256, err);
}

static int write_manifest(const struct sf_build *build, const struct blocks *blocks,
                          struct sf_error *err)
{
    sf_autofree char *text = NULL;
    int r = sf_manifest_dump_outer(build->manifest_text, build->artifact_size_bytes,
                                   (const char(*)[65])blocks->digests, blocks->count, &text, err);

    if (r < 0) {
        return r;
    }
    return sf_atomic_file_write(build->work_fd, MANIFEST, text, strlen(text), 0644, err);
}

static int publish(const struct sf_build *build, const char *name, const char *suffix,
                   struct sf_error *err)
{
    sf_autofree char *path = sf_str_format("%s%s", build->artifact_path, suffix);

    if (path == NULL) {
        return sf_error_no_memory(err);
    }
    return sf_publish_file(build->work_fd, name, build->repository_fd, path, err);
}

/* Each signature has its own time in it: one that is published stays. */
static int write_signature(const struct sf_build *build, int fd, bool *ret_is_new,
                           struct sf_error *err)
{
    sf_auto(buffer) struct sf_buffer signature = {.limit_bytes = SIGNATURE_MAX_BYTES};
    sf_autofree char *path = sf_str_format("%s.asc", build->artifact_path);

    if (path == NULL) {
        return sf_error_no_memory(err);
    }
    *ret_is_new = build->signer != NULL && !sf_dir_has(build->repository_fd, path);
    if (!*ret_is_new) {
        return 0;
    }

    int r = sf_sign_detached(build->signer, fd, &signature, err);

    if (r < 0) {
        return r;
    }
    return sf_atomic_file_write(build->work_fd, SIGNATURE, signature.data, signature.size, 0644,
                                err);
}

/* The manifest comes last: an index is made of what has one. */
static int publish_all(const struct sf_build *build, bool has_signature, struct sf_error *err)
{
    int r = publish(build, ARTIFACT, "", err);

    if (r == 0 && has_signature) {
        r = publish(build, SIGNATURE, ".asc", err);
    }
    return r < 0 ? r : publish(build, MANIFEST, SF_PUBLISH_MANIFEST_SUFFIX, err);
}

int sf_stage_write(struct sf_build *build, struct sf_error *err)
{
    sf_autoclose int fd = -1;
    bool has_signature = false;
    struct blocks blocks = {0};
    int r = sf_dir_open_file(build->work_fd, ARTIFACT, O_RDWR | O_CREAT | O_EXCL, 0644, &fd, err);

    if (r < 0) {
        return r;
    }

    r = write_artifact(build, fd, &blocks, err);
    if (r == 0) {
        r = write_manifest(build, &blocks, err);
    }
    free(blocks.digests);
    if (r < 0) {
        return r;
    }

    r = write_signature(build, fd, &has_signature, err);
    if (r < 0) {
        return r;
    }
    return publish_all(build, has_signature, err);
}
