/* The manifest: what a release is and every file in it. */
#include "common/format/manifest.h"

#include "common/base/error.h"
#include "common/base/str.h"
#include "common/format/json.h"
#include "common/format/json_release.h"
#include "common/format/manifest_check.h"
#include "common/format/manifest_files.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#define MAX_NAMES      20000
#define MAX_COMPONENTS 20000
#define MAX_BLOCKS     (1UL << 20)
#define MAX_ARTIFACT   (1ULL << 40)

static int check_format(const json_t *document, struct sf_error *err)
{
    uint64_t format = 0;
    const char *name = NULL;
    int r = sf_json_u64(document, "format", UINT32_MAX, &format, err);

    if (r < 0) {
        return r;
    }
    if (format > SF_MANIFEST_FORMAT) {
        return sf_error_set(err, SF_E_INCOMPATIBLE,
                            "it has format %llu, this program reads up to %d: update it",
                            (unsigned long long)format, SF_MANIFEST_FORMAT);
    }
    r = sf_json_string(document, "name", &name, err);
    if (r < 0) {
        return r;
    }
    if (format == 0 || !sf_str_is_equal(name, "slurm")) {
        return sf_error_set(err, SF_E_FORMAT, "it is not the manifest of a Slurm release");
    }
    return 0;
}

static int read_names(const json_t *document, const char *key, struct sf_strlist *list,
                      struct sf_error *err)
{
    const json_t *names = NULL;
    int r = sf_json_array(document, key, MAX_NAMES, &names, err);

    for (size_t i = 0; r == 0 && i < json_array_size(names); i++) {
        const char *name = json_string_value(json_array_get(names, i));

        if (name == NULL || name[0] == '\0') {
            return sf_error_set(err, SF_E_FORMAT, "'%s' holds something that is not a name", key);
        }
        r = sf_strlist_add(list, name, err);
    }
    return r;
}

static int copy_string(const json_t *object, const char *key, char **ret, struct sf_error *err)
{
    const char *text = NULL;
    int r = sf_json_string(object, key, &text, err);

    if (r < 0) {
        return r;
    }
    *ret = strdup(text);
    return *ret == NULL ? sf_error_no_memory(err) : 0;
}

static int read_component(const json_t *entry, struct sf_component *component, struct sf_error *err)
{
    int r = copy_string(entry, "name", &component->name, err);

    if (r == 0) {
        r = copy_string(entry, "version", &component->version, err);
    }
    if (r == 0) {
        r = copy_string(entry, "license", &component->license, err);
    }
    if (r == 0) {
        r = copy_string(entry, "package", &component->package, err);
    }
    return r;
}

static int read_components(const json_t *document, struct sf_manifest *manifest,
                           struct sf_error *err)
{
    const json_t *entries = NULL;
    int r = sf_json_array(document, "components", MAX_COMPONENTS, &entries, err);

    if (r < 0) {
        return r;
    }
    size_t count = json_array_size(entries);

    manifest->components = calloc(count + 1, sizeof *manifest->components);
    if (manifest->components == NULL) {
        return sf_error_no_memory(err);
    }
    for (size_t i = 0; i < count; i++) {
        r = read_component(json_array_get(entries, i),
                           &manifest->components[manifest->component_count++], err);
        if (r < 0) {
            return sf_error_prefix(err, "'components': ");
        }
    }
    return 0;
}

static int read_block_digests(const json_t *digests, struct sf_manifest *manifest,
                              struct sf_error *err)
{
    size_t count = json_array_size(digests);

    if (count == 0) {
        return sf_error_set(err, SF_E_FORMAT, "'blocks' has no digests");
    }
    manifest->blocks = calloc(count, sizeof *manifest->blocks);
    if (manifest->blocks == NULL) {
        return sf_error_no_memory(err);
    }
    manifest->block_count = count;
    for (size_t i = 0; i < count; i++) {
        const char *digest = json_string_value(json_array_get(digests, i));

        if (digest == NULL || strlen(digest) != 64 || strspn(digest, "0123456789abcdef") != 64) {
            return sf_error_set(err, SF_E_FORMAT, "the digest of block %zu is not a SHA-256", i);
        }
        memcpy(manifest->blocks[i], digest, 65);
    }
    return 0;
}

/* The outer copy's two members come together or not at all. */
static int read_blocks(const json_t *document, struct sf_manifest *manifest, struct sf_error *err)
{
    const json_t *blocks = NULL;
    const json_t *digests = NULL;

    if (json_object_get(document, "blocks") == NULL &&
        json_object_get(document, "artifact_size") == NULL) {
        return 0;
    }
    int r =
        sf_json_u64(document, "artifact_size", MAX_ARTIFACT, &manifest->artifact_size_bytes, err);

    if (r == 0) {
        r = sf_json_object(document, "blocks", &blocks, err);
    }
    if (r == 0) {
        r = sf_json_u64(blocks, "size", UINT32_MAX, &manifest->block_size_bytes, err);
    }
    if (r == 0) {
        r = sf_json_array(blocks, "sha256", MAX_BLOCKS, &digests, err);
    }
    return r < 0 ? r : read_block_digests(digests, manifest, err);
}

static int read_header(const json_t *document, struct sf_manifest *manifest, struct sf_error *err)
{
    struct sf_release_needs needs;
    int r = check_format(document, err);

    if (r == 0) {
        r = sf_json_release_read(document, &manifest->release, &needs, err);
    }
    if (r < 0) {
        return r;
    }
    memcpy(manifest->glibc, needs.glibc, sizeof manifest->glibc);
    memcpy(manifest->cpu_level, needs.cpu_level, sizeof manifest->cpu_level);
    r = copy_string(document, "build_prefix", &manifest->build_prefix, err);
    return r < 0 ? r : copy_string(document, "default_prefix", &manifest->default_prefix, err);
}

static int read_document(const json_t *document, struct sf_manifest *manifest, struct sf_error *err)
{
    int r = read_header(document, manifest, err);

    if (r == 0) {
        r = sf_manifest_files_read(document, manifest, err);
    }
    if (r == 0) {
        r = read_components(document, manifest, err);
    }
    if (r == 0) {
        r = read_names(document, "units", &manifest->units, err);
    }
    if (r == 0) {
        r = read_names(document, "plugins", &manifest->plugins, err);
    }
    if (r == 0) {
        r = read_names(document, "host_libraries", &manifest->host_libraries, err);
    }
    return r < 0 ? r : read_blocks(document, manifest, err);
}

int sf_manifest_parse(const char *text, size_t size, struct sf_manifest **ret, struct sf_error *err)
{
    if (size > SF_MANIFEST_MAX_BYTES) {
        return sf_error_set(err, SF_E_FORMAT, "manifest: larger than %lu bytes",
                            SF_MANIFEST_MAX_BYTES);
    }
    sf_auto(manifest) struct sf_manifest *manifest = calloc(1, sizeof *manifest);

    if (manifest == NULL) {
        return sf_error_no_memory(err);
    }
    int r = sf_json_parse(text, size, &manifest->document, err);

    if (r == 0) {
        r = read_document(manifest->document, manifest, err);
    }
    if (r == 0) {
        r = sf_manifest_check(manifest, err);
    }
    if (r < 0) {
        return sf_error_prefix(err, "manifest: ");
    }
    *ret = sf_steal(&manifest);
    return 0;
}

/* What only the copy outside the artifact has. */
static bool is_outer_key(const char *key)
{
    return sf_str_is_equal(key, "artifact_size") || sf_str_is_equal(key, "blocks");
}

/* True when each member of `a` is in `b` with the same value; the outer copy's apart. */
static bool is_contained(json_t *a, const json_t *b)
{
    const char *key = NULL;
    json_t *value = NULL;

    json_object_foreach(a, key, value)
    {
        if (!is_outer_key(key) && !json_equal(value, json_object_get(b, key))) {
            return false;
        }
    }
    return true;
}

bool sf_manifest_is_same(const struct sf_manifest *a, const struct sf_manifest *b)
{
    return is_contained(a->document, b->document) && is_contained(b->document, a->document);
}

static int compare_path(const void *path, const void *file)
{
    return strcmp(path, ((const struct sf_manifest_file *)file)->path);
}

const struct sf_manifest_file *sf_manifest_find(const struct sf_manifest *manifest,
                                                const char *path)
{
    if (manifest->file_count == 0) {
        return NULL;
    }
    return bsearch(path, manifest->files, manifest->file_count, sizeof *manifest->files,
                   compare_path);
}

static void free_files(struct sf_manifest *manifest)
{
    for (size_t i = 0; i < manifest->file_count; i++) {
        free(manifest->files[i].path);
        free(manifest->files[i].target);
    }
    free(manifest->files);
    free(manifest->offset_pool);
}

static void free_components(struct sf_manifest *manifest)
{
    for (size_t i = 0; i < manifest->component_count; i++) {
        free(manifest->components[i].name);
        free(manifest->components[i].version);
        free(manifest->components[i].license);
        free(manifest->components[i].package);
    }
    free(manifest->components);
}

void sf_manifest_free(struct sf_manifest *manifest)
{
    if (manifest == NULL) {
        return;
    }
    free_files(manifest);
    free_components(manifest);
    free(manifest->build_prefix);
    free(manifest->default_prefix);
    sf_strlist_done(&manifest->units);
    sf_strlist_done(&manifest->plugins);
    sf_strlist_done(&manifest->host_libraries);
    free(manifest->blocks);
    sf_json_free(manifest->document);
    free(manifest);
}
