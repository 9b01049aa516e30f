/* The parts of an OCI image, layer, config and manifest, written in that order. */
#include "builder/export/oci_image.h"

#include <fcntl.h>
#include <jansson.h>
#include <string.h>

#include "builder/export/artifact.h"
#include "builder/export/oci_layout.h"
#include "builder/export/oci_root.h"
#include "common/base/clock.h"
#include "common/base/error.h"
#include "common/base/str.h"
#include "common/base/strlist.h"
#include "common/format/json.h"
#include "common/format/manifest.h"
#include "common/host/dir.h"

#define MANIFEST_TYPE "application/vnd.oci.image.manifest.v1+json"
#define CONFIG_TYPE   "application/vnd.oci.image.config.v1+json"
#define LAYER_TYPE    "application/vnd.oci.image.layer.v1.tar+"
#define ROOT          "root"
#define LAYER         "layer"

static int write_layer(const struct sf_artifact *artifact, const struct sf_oci_options *options,
                       const struct sf_oci_layout *layout, struct sf_tarball *ret,
                       struct sf_error *err)
{
    const struct sf_tarball_options tarball = {
        .compression = options->compression, .level = options->level, .mtime_s = artifact->epoch_s};
    sf_autoclose int root_fd = -1;
    sf_autoclose int fd = -1;
    int r = sf_dir_make(layout->work_fd, ROOT, err);

    if (r < 0) {
        return r;
    }

    r = sf_dir_open(layout->work_fd, ROOT, &root_fd, err);
    if (r < 0) {
        return r;
    }

    r = sf_oci_root_make(artifact, root_fd, err);
    if (r < 0) {
        return r;
    }

    r = sf_dir_open_file(layout->work_fd, LAYER, O_RDWR | O_CREAT | O_EXCL, 0644, &fd, err);
    if (r < 0) {
        return r;
    }

    r = sf_tarball_write(root_fd, &tarball, fd, ret, err);
    return r < 0 ? r : sf_oci_layout_put_file(layout, LAYER, ret->sha256, err);
}

/* That of every part, each once. Nothing is said where one part's is not known. */
static int add_licenses(const struct sf_manifest *manifest, json_t *annotations)
{
    sf_auto(strlist) struct sf_strlist licenses = {0};
    struct sf_error ignored;

    for (size_t i = 0; i < manifest->component_count; i++) {
        const char *license = manifest->components[i].license;
        bool has_choice = strstr(license, " OR ") != NULL;
        sf_autofree char *term = sf_str_format(has_choice ? "(%s)" : "%s", license);

        if (license[0] == '\0') {
            return 0;
        }
        if (term == NULL ||
            (!sf_strlist_has(&licenses, term) && sf_strlist_add(&licenses, term, &ignored) < 0)) {
            return -1;
        }
    }

    sf_autofree char *all = sf_strlist_join(&licenses, " AND ");

    return licenses.count == 0
               ? 0
               : json_object_set_new(annotations, "org.opencontainers.image.licenses",
                                     all == NULL ? NULL : json_string(all));
}

/* What people and registries see of the image; also its labels. */
static json_t *write_annotations(const struct sf_artifact *artifact)
{
    char created[SF_CLOCK_TEXT_SIZE];
    char version[SF_RELEASE_ID_SIZE];

    sf_clock_format(artifact->epoch_s, created);
    sf_release_short(&artifact->manifest->release, version);

    const char *const pairs[][2] = {
        {"org.opencontainers.image.created", created},
        {"org.opencontainers.image.version", version},
        {"org.opencontainers.image.title", artifact->id},
        {"org.opencontainers.image.description", "Slurm workload manager, below /opt/slurm"},
        {"org.opencontainers.image.url", "https://slurm.schedmd.com"},
        {"org.opencontainers.image.source", "https://github.com/SchedMD/slurm"},
    };
    sf_auto(json) json_t *object = json_object();

    for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++) {
        if (json_object_set_new(object, pairs[i][0], json_string(pairs[i][1])) < 0) {
            return NULL;
        }
    }
    return add_licenses(artifact->manifest, object) < 0 ? NULL : sf_steal(&object);
}

static json_t *write_descriptor(const char *type, const char *suffix, const char *sha256,
                                uint64_t size_bytes)
{
    return json_pack("{s:s+, s:s+, s:I}", "mediaType", type, suffix, "digest", "sha256:", sha256,
                     "size", (json_int_t)size_bytes);
}

static json_t *write_config(const struct sf_artifact *artifact, const struct sf_tarball *layer)
{
    char created[SF_CLOCK_TEXT_SIZE];

    sf_clock_format(artifact->epoch_s, created);
    return json_pack("{s:s, s:s, s:s, s:{s:o}, s:{s:s, s:[s+]}, s:[{s:s, s:s}]}", "architecture",
                     artifact->manifest->release.arch, "os", "linux", "created", created, "config",
                     "Labels", write_annotations(artifact), "rootfs", "type", "layers", "diff_ids",
                     "sha256:", layer->tar_sha256, "history", "created", created, "created_by",
                     "sf-builder export");
}

static json_t *write_manifest(const struct sf_artifact *artifact, enum sf_compression compression,
                              const struct sf_tarball *layer, const char *config_sha256,
                              size_t config_size)
{
    const char *suffix = compression == SF_COMPRESSION_GZIP ? "gzip" : "zstd";

    return json_pack("{s:i, s:s, s:o, s:[o], s:o}", "schemaVersion", 2, "mediaType", MANIFEST_TYPE,
                     "config", write_descriptor(CONFIG_TYPE, "", config_sha256, config_size),
                     "layers",
                     write_descriptor(LAYER_TYPE, suffix, layer->sha256, layer->size_bytes),
                     "annotations", write_annotations(artifact));
}

/* As a blob. */
static int put_json(const struct sf_oci_layout *layout, const json_t *value, char sha256[static 65],
                    size_t *ret_size, struct sf_error *err)
{
    sf_autofree char *text = value == NULL ? NULL : sf_json_dump(value);

    if (text == NULL) {
        return sf_error_no_memory(err);
    }

    int r = sf_oci_layout_put_text(layout, text, sha256, err);

    if (r < 0) {
        return r;
    }
    *ret_size = strlen(text);
    return 0;
}

static int add_to_index(const struct sf_artifact *artifact, const struct sf_oci_options *options,
                        const struct sf_oci_layout *layout, struct sf_oci_image *image,
                        size_t manifest_size, struct sf_error *err)
{
    sf_auto(json) json_t *descriptor =
        write_descriptor(MANIFEST_TYPE, "", image->manifest_sha256, manifest_size);
    json_t *platform =
        json_pack("{s:s, s:s}", "architecture", artifact->manifest->release.arch, "os", "linux");
    json_t *annotations = json_pack("{s:s}", SF_OCI_TAG_ANNOTATION, options->tag);
    int failed = json_object_set_new(descriptor, "platform", platform);

    failed |= json_object_set_new(descriptor, "annotations", annotations);
    return failed != 0 ? sf_error_no_memory(err)
                       : sf_oci_layout_add(layout, descriptor, &image->is_changed, err);
}

int sf_oci_image_write(const struct sf_artifact *artifact, const struct sf_oci_options *options,
                       struct sf_oci_image *ret, struct sf_error *err)
{
    sf_auto(oci_layout) struct sf_oci_layout layout = {.fd = -1, .work_fd = -1};
    sf_auto(json) json_t *config = NULL;
    sf_auto(json) json_t *manifest = NULL;
    struct sf_oci_image image = {0};
    char config_sha256[65];
    size_t size = 0;
    int r = sf_oci_layout_open(options->directory, &layout, err);

    if (r < 0) {
        return r;
    }

    r = write_layer(artifact, options, &layout, &image.layer, err);
    if (r < 0) {
        return r;
    }
    config = write_config(artifact, &image.layer);

    r = put_json(&layout, config, config_sha256, &size, err);
    if (r < 0) {
        return r;
    }
    manifest = write_manifest(artifact, options->compression, &image.layer, config_sha256, size);

    r = put_json(&layout, manifest, image.manifest_sha256, &size, err);
    if (r < 0) {
        return r;
    }

    r = add_to_index(artifact, options, &layout, &image, size, err);
    if (r < 0) {
        return r;
    }
    *ret = image;
    return 0;
}
