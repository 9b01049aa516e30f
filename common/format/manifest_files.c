/* Reading a manifest's files and relocations. */
#include "common/format/manifest_files.h"

#include "common/base/error.h"
#include "common/base/str.h"
#include "common/format/json.h"
#include "common/format/manifest.h"

#include <jansson.h>
#include <string.h>

#define MAX_OFFSETS 1000000

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

/* "0755": four octal digits, the first 0, so there is no setuid, setgid or sticky bit. */
static int read_mode(const json_t *entry, uint32_t *ret, struct sf_error *err)
{
    const char *text = NULL;
    uint32_t mode = 0;
    int r = sf_json_string(entry, "mode", &text, err);

    if (r < 0) {
        return r;
    }
    if (strlen(text) != 4 || text[0] != '0' || strspn(text, "01234567") != 4) {
        return sf_error_set(err, SF_E_FORMAT, "'mode' is '%.16s', not a mode such as \"0755\"",
                            text);
    }
    for (const char *digit = text; *digit != '\0'; digit++) {
        mode = mode << 3 | (uint32_t)(*digit - '0');
    }
    *ret = mode;
    return 0;
}

static int read_regular(const json_t *entry, struct sf_manifest_file *file, struct sf_error *err)
{
    int r = read_mode(entry, &file->mode, err);

    if (r == 0) {
        r = sf_json_u64(entry, "size", SF_MANIFEST_MAX_FILE, &file->size_bytes, err);
    }
    if (r == 0) {
        r = sf_json_sha256(entry, "sha256", file->sha256, err);
    }
    if (r == 0) {
        r = sf_json_flag(entry, "render", &file->is_rendered, err);
    }
    return r;
}

static int read_by_type(const json_t *entry, struct sf_manifest_file *file, struct sf_error *err)
{
    const char *type = NULL;
    int r = sf_json_string(entry, "type", &type, err);

    if (r < 0) {
        return r;
    }
    if (sf_str_is_equal(type, "file")) {
        file->type = SF_FILE_REGULAR;
        return read_regular(entry, file, err);
    }
    if (sf_str_is_equal(type, "dir")) {
        file->type = SF_FILE_DIRECTORY;
        return read_mode(entry, &file->mode, err);
    }
    if (sf_str_is_equal(type, "link")) {
        file->type = SF_FILE_LINK;
        return copy_string(entry, "target", &file->target, err);
    }
    return sf_error_set(err, SF_E_FORMAT, "'type' is '%.16s', not \"file\", \"dir\" or \"link\"",
                        type);
}

static int read_file(const json_t *entry, struct sf_manifest_file *file, struct sf_error *err)
{
    int r = copy_string(entry, "path", &file->path, err);

    if (r < 0) {
        return sf_error_prefix(err, "'files': ");
    }
    r = read_by_type(entry, file, err);
    return r < 0 ? sf_error_prefix(err, "file '%s': ", file->path) : 0;
}

static int read_files(const json_t *document, struct sf_manifest *manifest, struct sf_error *err)
{
    const json_t *entries = NULL;
    int r = sf_json_array(document, "files", SF_MANIFEST_MAX_FILES, &entries, err);

    if (r < 0) {
        return r;
    }
    size_t count = json_array_size(entries);

    manifest->files = calloc(count + 1, sizeof *manifest->files);
    if (manifest->files == NULL) {
        return sf_error_no_memory(err);
    }
    for (size_t i = 0; i < count; i++) {
        struct sf_manifest_file *file = &manifest->files[manifest->file_count++];

        r = read_file(json_array_get(entries, i), file, err);
        if (r < 0) {
            return r;
        }
        manifest->tree_bytes += file->size_bytes;
        /* Strict order makes duplicates neighbours, and is what the binary search stands on. */
        if (i > 0 && strcmp(file[-1].path, file->path) >= 0) {
            return sf_error_set(err, SF_E_FORMAT,
                                "file '%s' is listed twice or out of ascending order", file->path);
        }
    }
    return 0;
}

static int count_offsets(const json_t *relocations, size_t *ret, struct sf_error *err)
{
    const json_t *offsets = NULL;
    size_t total = 0;

    for (size_t i = 0; i < json_array_size(relocations); i++) {
        int r = sf_json_array(json_array_get(relocations, i), "offsets", MAX_OFFSETS - total,
                              &offsets, err);

        if (r < 0) {
            return sf_error_prefix(err, "'relocations': ");
        }
        total += json_array_size(offsets);
    }
    *ret = total;
    return 0;
}

/* The entry in `files` that a relocation speaks of. */
static int find_relocated(const json_t *relocation, const struct sf_manifest *manifest,
                          struct sf_manifest_file **ret, struct sf_error *err)
{
    const char *path = NULL;
    int r = sf_json_string(relocation, "path", &path, err);

    if (r < 0) {
        return sf_error_prefix(err, "'relocations': ");
    }
    const struct sf_manifest_file *found = sf_manifest_find(manifest, path);

    if (found == NULL || found->type != SF_FILE_REGULAR) {
        return sf_error_set(err, SF_E_FORMAT, "relocation of '%s': no such regular file", path);
    }
    if (found->offset_count > 0) {
        return sf_error_set(err, SF_E_FORMAT, "relocation of '%s' is listed twice", path);
    }
    *ret = &manifest->files[found - manifest->files];
    return 0;
}

static int read_offsets(const json_t *offsets, const struct sf_manifest_file *file, uint64_t *pool,
                        struct sf_error *err)
{
    for (size_t i = 0; i < json_array_size(offsets); i++) {
        const json_t *offset = json_array_get(offsets, i);

        if (!json_is_integer(offset) || json_integer_value(offset) < 0) {
            return sf_error_set(err, SF_E_FORMAT,
                                "relocation of '%s': an offset is not a positive integer",
                                file->path);
        }
        pool[i] = (uint64_t)json_integer_value(offset);
    }
    return 0;
}

static int read_relocations(const json_t *document, struct sf_manifest *manifest,
                            struct sf_error *err)
{
    const json_t *relocations = NULL;
    size_t total = 0;
    int r = sf_json_array(document, "relocations", manifest->file_count, &relocations, err);

    if (r == 0) {
        r = count_offsets(relocations, &total, err);
    }
    if (r < 0) {
        return r;
    }
    manifest->offset_pool = calloc(total + 1, sizeof *manifest->offset_pool);
    if (manifest->offset_pool == NULL) {
        return sf_error_no_memory(err);
    }
    uint64_t *pool = manifest->offset_pool;

    for (size_t i = 0; i < json_array_size(relocations); i++) {
        const json_t *relocation = json_array_get(relocations, i);
        const json_t *offsets = json_object_get(relocation, "offsets");
        struct sf_manifest_file *file = NULL;

        r = find_relocated(relocation, manifest, &file, err);
        if (r == 0) {
            r = read_offsets(offsets, file, pool, err);
        }
        if (r < 0) {
            return r;
        }
        file->offsets = pool;
        file->offset_count = json_array_size(offsets);
        pool += file->offset_count;
    }
    return 0;
}

int sf_manifest_files_read(const struct json_t *document, struct sf_manifest *manifest,
                           struct sf_error *err)
{
    int r = read_files(document, manifest, err);

    return r < 0 ? r : read_relocations(document, manifest, err);
}
