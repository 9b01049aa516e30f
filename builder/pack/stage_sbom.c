/* Writes the bills of materials into the tree and beside the artifact. */
#include "builder/pack/stage.h"

#include <fcntl.h>
#include <string.h>

#include "builder/pack/build.h"
#include "builder/pack/sbom.h"
#include "common/base/error.h"
#include "common/base/path.h"
#include "common/base/str.h"
#include "common/host/atomic_file.h"
#include "common/host/digest.h"
#include "common/host/dir.h"

/* As they are shipped: stripped, with their new search path. */
static int digest_libraries(struct sf_build *build, struct sf_error *err)
{
    int r = 0;

    for (size_t i = 0; r == 0 && i < build->components.count; i++) {
        struct sf_pack_component *part = &build->components.items[i];
        sf_autoclose int fd = -1;
        uint64_t size_bytes = 0;

        if (part->path == NULL) {
            continue;
        }
        r = sf_dir_open_file(build->tree_fd, part->path, O_RDONLY, 0, &fd, err);
        if (r == 0) {
            r = sf_digest_fd(fd, part->sha256, &size_bytes, err);
        }
    }
    return r;
}

/* Takes the text. */
static int write_document(const struct sf_build *build, int meta_fd, const char *suffix, char *text,
                          struct sf_error *err)
{
    sf_autofree char *taken = text;
    sf_autofree char *inside = sf_str_format("sbom%s", suffix);
    sf_autofree char *beside = sf_str_format("%s%s", sf_path_base(build->artifact_path), suffix);

    if (taken == NULL || inside == NULL || beside == NULL) {
        return sf_error_no_memory(err);
    }

    int r = sf_atomic_file_write(meta_fd, inside, taken, strlen(taken), 0644, err);

    return r < 0 ? r : sf_atomic_file_write(build->out_fd, beside, taken, strlen(taken), 0644, err);
}

static int describe(const struct sf_build *build, struct sf_sbom *sbom, struct sf_error *err)
{
    sf_autoclose int meta_fd = -1;
    int r = sf_sbom_identify(sbom, err);

    if (r == 0) {
        r = sf_dir_open(build->tree_fd, "meta", &meta_fd, err);
    }
    if (r == 0) {
        r = write_document(build, meta_fd, SF_SBOM_SPDX_SUFFIX, sf_sbom_spdx(sbom), err);
    }
    if (r == 0) {
        r = write_document(build, meta_fd, SF_SBOM_CYCLONEDX_SUFFIX, sf_sbom_cyclonedx(sbom), err);
    }
    return r;
}

int sf_stage_sbom(struct sf_build *build, struct sf_error *err)
{
    struct sf_sbom sbom = {.id = build->id,
                           .release = &build->release,
                           .epoch_s = build->epoch_s,
                           .distro = build->os.id,
                           .distro_version = build->os.version_id,
                           .components = &build->components,
                           .sources = &build->sources};
    int r = digest_libraries(build, err);

    return r < 0 ? r : describe(build, &sbom, err);
}
