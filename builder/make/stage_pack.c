/* Stage pack: what was installed becomes an artifact in the release's own repository directory. */
#include "builder/make/stage.h"

#include <fcntl.h>
#include <stdio.h>

#include "builder/make/bundled.h"
#include "builder/make/make.h"
#include "builder/pack/build.h"
#include "builder/pack/pack.h"
#include "builder/recipe/recipe.h"
#include "builder/repository/publish.h"
#include "builder/spack/lock.h"
#include "builder/spack/spack_build.h"
#include "common/base/buffer.h"
#include "common/base/error.h"
#include "common/base/path.h"
#include "common/base/str.h"
#include "common/host/digest.h"
#include "common/host/dir.h"

static int describe(const struct sf_make *make, struct sf_buffer *inputs, struct sf_error *err)
{
    const struct sf_recipe *recipe = make->recipe;

    if (sf_buffer_format(inputs, err, "sf-builder %s\nlevel %d\n", make->own_digest, make->level) <
            0 ||
        sf_make_describe_list(inputs, "plugins", &recipe->plugins, err) < 0 ||
        sf_make_describe_list(inputs, "files", &recipe->files, err) < 0 ||
        sf_make_describe_list(inputs, "components", &recipe->components, err) < 0 ||
        sf_make_describe_list(inputs, "libraries", &recipe->libraries, err) < 0 ||
        sf_make_describe_list(inputs, "host-libraries", &recipe->host_libraries, err) < 0) {
        return -(int)err->code;
    }
    return 0;
}

static int fill_lists(const struct sf_make *make, struct sf_build *build, struct sf_error *err)
{
    const struct sf_recipe *recipe = make->recipe;

    if (sf_strlist_add_all(&build->libraries, &recipe->libraries, err) < 0 ||
        sf_strlist_add_all(&build->host_libraries, &recipe->host_libraries, err) < 0 ||
        sf_strlist_add_all(&build->options, &recipe->configure, err) < 0 ||
        sf_strlist_add_all(&build->expected_plugins, &recipe->plugins, err) < 0 ||
        sf_strlist_add_all(&build->expected_files, &recipe->files, err) < 0 ||
        sf_strlist_add_all(&build->expected_components, &recipe->components, err) < 0) {
        return -SF_E_NO_MEMORY;
    }
    return 0;
}

/* Spack's lock names every package by a hash over its recipe, its sources and all it is built of.
 */
static int fill_lock(const struct sf_make *make, struct sf_build *build, struct sf_error *err)
{
    sf_autoclose int fd = -1;
    char sha256[SF_DIGEST_HEX];
    uint64_t size = 0;
    sf_auto(buffer) struct sf_buffer text = {.limit_bytes = SF_SPACK_LOCK_MAX_BYTES};
    int r = sf_dir_open_file(make->cell.fd, SF_SPACK_LOCK, O_RDONLY, 0, &fd, err);

    if (r == 0) {
        r = sf_digest_fd(fd, sha256, &size, err);
    }
    if (r == 0) {
        r = sf_dir_read_fd(fd, SF_SPACK_LOCK, &text, err);
    }
    if (r == 0) {
        r = sf_spack_lock_parts(text.data == NULL ? "" : text.data, text.size, "slurm",
                                &build->parts, err);
    }
    return r < 0 ? r
                 : sf_strlist_take(&build->sources, sf_str_format("spack.lock %s", sha256), err);
}

static int fill_source(const struct sf_make *make, struct sf_build *build, struct sf_error *err)
{
    sf_autoclose int fd = -1;
    const char *file = NULL;
    const char *sha256 = NULL;
    int r = sf_make_open_source(make, &fd, &file, &sha256, err);

    return r < 0 ? r : sf_strlist_take(&build->sources, sf_str_format("%s %s", file, sha256), err);
}

static void log_stage(void *context, const char *stage)
{
    (void)dprintf(*(const int *)context, "%s\n", stage);
}

static int run(struct sf_make *make, int log_fd, struct sf_error *err)
{
    sf_autofree char *destdir = sf_path_join(make->cell.path, SF_MAKE_DESTDIR);
    sf_autofree char *repository = sf_path_join(make->cell.path, SF_MAKE_REPOSITORY);
    sf_auto(build) struct sf_build build = {
        .release = make->release,
        .level = make->level,
        .epoch_s = make->epoch_s,
        .destdir = destdir,
        .place_root = make->root,
        .repository = repository,
        /* Spack's libraries are in the prefix already, and no distribution's. */
        .needs_packages = make->spack == NULL,
    };

    if (destdir == NULL || repository == NULL) {
        return sf_error_no_memory(err);
    }

    int r = sf_dir_remove(make->cell.fd, SF_MAKE_REPOSITORY, err);

    if (r == 0) {
        r = fill_lists(make, &build, err);
    }
    if (r == 0) {
        r = make->spack == NULL ? fill_source(make, &build, err) : fill_lock(make, &build, err);
    }
    if (r == 0) {
        r = sf_pack_defaults(&build, err);
    }
    if (r == 0) {
        r = sf_pack_run(&build, log_stage, &log_fd, err);
    }
    return r < 0 ? r : sf_bundled_write(make->cell.fd, make->root, &build.components, err);
}

/* What it made, and what it made that of. */
static bool is_current(const struct sf_make *make)
{
    sf_autofree char *artifact = sf_release_artifact_path(&make->release);
    sf_autofree char *path = artifact == NULL ? NULL : sf_path_join(SF_MAKE_REPOSITORY, artifact);
    sf_autofree char *manifest =
        path == NULL ? NULL : sf_str_format("%s" SF_PUBLISH_MANIFEST_SUFFIX, path);

    return manifest != NULL && sf_dir_has(make->cell.fd, path) &&
           sf_dir_has(make->cell.fd, manifest) && sf_bundled_is_same(make->cell.fd, make->root);
}

const struct sf_make_stage sf_make_pack = {
    .describe = describe, .run = run, .is_current = is_current};
