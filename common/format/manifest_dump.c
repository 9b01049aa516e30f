/* A manifest as JSON text, the inner and the outer copy. */
#include "common/base/error.h"
#include "common/format/json.h"
#include "common/format/json_release.h"
#include "common/format/manifest.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Each writer returns NULL when out of memory; json_*_new() calls take NULL and report it. */

static json_t *write_names(const struct sf_strlist *names)
{
    sf_auto(json) json_t *array = json_array();

    for (size_t i = 0; i < names->count; i++) {
        if (json_array_append_new(array, json_string(names->items[i])) < 0) {
            return NULL;
        }
    }
    return sf_steal(&array);
}

static json_t *write_file(const struct sf_manifest_file *file)
{
    char mode[16];

    (void)snprintf(mode, sizeof mode, "%04o", file->mode);
    if (file->type == SF_FILE_LINK) {
        return json_pack("{s:s, s:s, s:s}", "path", file->path, "type", "link", "target",
                         file->target);
    }
    if (file->type == SF_FILE_DIRECTORY) {
        return json_pack("{s:s, s:s, s:s}", "path", file->path, "type", "dir", "mode", mode);
    }
    sf_auto(json) json_t *entry =
        json_pack("{s:s, s:s, s:s, s:I, s:s}", "path", file->path, "type", "file", "mode", mode,
                  "size", (json_int_t)file->size_bytes, "sha256", file->sha256);

    if (file->is_rendered && json_object_set_new(entry, "render", json_true()) < 0) {
        return NULL;
    }
    return sf_steal(&entry);
}

static json_t *write_relocation(const struct sf_manifest_file *file)
{
    sf_auto(json) json_t *offsets = json_array();

    for (size_t i = 0; i < file->offset_count; i++) {
        if (json_array_append_new(offsets, json_integer((json_int_t)file->offsets[i])) < 0) {
            return NULL;
        }
    }
    return json_pack("{s:s, s:O}", "path", file->path, "offsets", offsets);
}

static int compare_files(const void *a, const void *b)
{
    return strcmp((*(const struct sf_manifest_file *const *)a)->path,
                  (*(const struct sf_manifest_file *const *)b)->path);
}

/* Sets `files` and `relocations`, ascending by path. */
static int set_files(json_t *document, const struct sf_manifest *manifest)
{
    sf_auto(json) json_t *files = json_array();
    sf_auto(json) json_t *relocations = json_array();
    sf_autofree const struct sf_manifest_file **sorted =
        calloc(manifest->file_count + 1, sizeof *sorted);

    if (sorted == NULL) {
        return -1;
    }
    for (size_t i = 0; i < manifest->file_count; i++) {
        sorted[i] = &manifest->files[i];
    }
    qsort(sorted, manifest->file_count, sizeof *sorted, compare_files);
    for (size_t i = 0; i < manifest->file_count; i++) {
        if (json_array_append_new(files, write_file(sorted[i])) < 0 ||
            (sorted[i]->offset_count > 0 &&
             json_array_append_new(relocations, write_relocation(sorted[i])) < 0)) {
            return -1;
        }
    }
    return json_object_set(document, "files", files) < 0 ||
                   json_object_set(document, "relocations", relocations) < 0
               ? -1
               : 0;
}

static json_t *write_components(const struct sf_manifest *manifest)
{
    sf_auto(json) json_t *array = json_array();

    for (size_t i = 0; i < manifest->component_count; i++) {
        const struct sf_component *component = &manifest->components[i];

        if (json_array_append_new(array, json_pack("{s:s, s:s, s:s, s:s}", "name", component->name,
                                                   "version", component->version, "license",
                                                   component->license, "package",
                                                   component->package)) < 0) {
            return NULL;
        }
    }
    return sf_steal(&array);
}

static json_t *write_related(const struct sf_manifest_origin *origin)
{
    sf_auto(json) json_t *array = json_array();

    for (size_t i = 0; i < origin->related_count; i++) {
        const struct sf_manifest_related *related = &origin->related[i];

        if (json_array_append_new(array,
                                  json_pack("{s:s, s:s, s:I, s:s}", "kind", related->kind, "name",
                                            related->name, "size", (json_int_t)related->size_bytes,
                                            "sha256", related->sha256)) < 0) {
            return NULL;
        }
    }
    return sf_steal(&array);
}

static int set_origin(json_t *document, const struct sf_manifest_origin *origin)
{
    sf_auto(json) json_t *builder = json_pack("{s:s}", "version", origin->builder_version);

    return json_object_set_new(builder, "options", write_names(origin->options)) < 0 ||
                   json_object_set(document, "builder", builder) < 0 ||
                   json_object_set_new(document, "sources", write_names(origin->sources)) < 0 ||
                   (origin->related_count > 0 &&
                    json_object_set_new(document, "related", write_related(origin)) < 0) ||
                   json_object_set_new(document, "source_date_epoch",
                                       json_integer(origin->source_date_epoch_s)) < 0
               ? -1
               : 0;
}

char *sf_manifest_dump(const struct sf_manifest *manifest, const struct sf_manifest_origin *origin)
{
    sf_auto(json) json_t *document =
        sf_json_release_write(&manifest->release, manifest->glibc, manifest->cpu_level);
    const struct {
        const char *key;
        json_t *value;
    } members[] = {{"format", json_integer(SF_MANIFEST_FORMAT)},
                   {"name", json_string("slurm")},
                   {"build_prefix", json_string(manifest->build_prefix)},
                   {"default_prefix", json_string(manifest->default_prefix)},
                   {"components", write_components(manifest)},
                   {"units", write_names(&manifest->units)},
                   {"plugins", write_names(&manifest->plugins)},
                   {"host_libraries", write_names(&manifest->host_libraries)}};
    int failed = 0;

    for (size_t i = 0; i < sizeof members / sizeof *members; i++) {
        failed |= json_object_set_new(document, members[i].key, members[i].value);
    }
    if (failed != 0 || set_files(document, manifest) < 0 || set_origin(document, origin) < 0) {
        return NULL;
    }
    return sf_json_dump(document);
}

static json_t *write_blocks(const char (*digests)[65], size_t count)
{
    sf_auto(json) json_t *array = json_array();

    for (size_t i = 0; i < count; i++) {
        if (json_array_append_new(array, json_string(digests[i])) < 0) {
            return NULL;
        }
    }
    return json_pack("{s:I, s:O}", "size", (json_int_t)SF_MANIFEST_BLOCK_SIZE, "sha256", array);
}

int sf_manifest_dump_outer(const char *inner, uint64_t artifact_size_bytes,
                           const char (*blocks)[65], size_t block_count, char **ret_text,
                           struct sf_error *err)
{
    sf_auto(json) json_t *document = NULL;
    int r = sf_json_parse(inner, strlen(inner), &document, err);

    if (r < 0) {
        return sf_error_prefix(err, "manifest: ");
    }
    if (json_object_set_new(document, "artifact_size",
                            json_integer((json_int_t)artifact_size_bytes)) < 0 ||
        json_object_set_new(document, "blocks", write_blocks(blocks, block_count)) < 0) {
        return sf_error_no_memory(err);
    }
    char *text = sf_json_dump(document);

    if (text == NULL) {
        return sf_error_no_memory(err);
    }
    *ret_text = text;
    return 0;
}
