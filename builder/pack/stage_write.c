/* Writes the artifact and the manifest beside it. */
#include "builder/pack/stage.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>

#include "builder/pack/build.h"
#include "builder/repository/publish.h"
#include "common/base/error.h"
#include "common/base/path.h"
#include "common/base/str.h"
#include "common/content/archive_write.h"
#include "common/host/atomic_file.h"
#include "common/host/dir.h"
#include "common/host/interrupt.h"

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
        /* At the highest levels this takes minutes. */
        r = sf_interrupt_is_pending()
                ? sf_error_set(err, SF_E_INTERRUPTED, "stopped by a signal")
                : sf_archive_writer_add_file(writer, build->tree_fd, &manifest->files[i], err);
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
    sf_autofree char *name =
        sf_str_format("%s" SF_PUBLISH_MANIFEST_SUFFIX, sf_path_base(build->artifact_path));

    if (name == NULL) {
        return sf_error_no_memory(err);
    }

    int r = sf_manifest_dump_outer(build->manifest_text, build->artifact_size_bytes,
                                   (const char(*)[65])blocks->digests, blocks->count, &text, err);

    if (r < 0) {
        return r;
    }
    return sf_atomic_file_write(build->out_fd, name, text, strlen(text), 0644, err);
}

int sf_stage_write(struct sf_build *build, struct sf_error *err)
{
    sf_autoclose int fd = -1;
    struct blocks blocks = {0};
    int r = sf_dir_open_file(build->out_fd, sf_path_base(build->artifact_path),
                             O_RDWR | O_CREAT | O_EXCL, 0644, &fd, err);

    if (r < 0) {
        return r;
    }

    r = write_artifact(build, fd, &blocks, err);
    if (r == 0) {
        r = write_manifest(build, &blocks, err);
    }
    free(blocks.digests);
    return r;
}
