/* The rules that hold between a manifest's fields. */
#include "common/format/manifest_check.h"

#include "common/base/error.h"
#include "common/base/path.h"
#include "common/base/str.h"
#include "common/format/manifest.h"
#include "common/format/prefix.h"

#include <string.h>

#define WRITABLE_BY_OTHERS 0022U
#define BLOCK_SIZE_MIN     4096UL
#define BLOCK_SIZE_MAX     (16UL << 20)

static int refuse(const struct sf_manifest_file *file, const char *rule, struct sf_error *err)
{
    return sf_error_set(err, SF_E_FORMAT, "file '%s': %s", file->path, rule);
}

/* The entry above is a directory of its own: so nothing is ever reached through a link. */
static int check_parent(const struct sf_manifest *manifest, const struct sf_manifest_file *file,
                        struct sf_error *err)
{
    sf_autofree char *parent = sf_path_parent(file->path);

    if (parent == NULL) {
        return sf_error_no_memory(err);
    }
    if (sf_str_is_equal(parent, ".")) {
        return 0;
    }
    const struct sf_manifest_file *above = sf_manifest_find(manifest, parent);

    if (above == NULL || above->type != SF_FILE_DIRECTORY) {
        return refuse(file, "the directory it is in is not listed as one", err);
    }
    return 0;
}

static int check_mode(const struct sf_manifest_file *file, struct sf_error *err)
{
    uint32_t least = file->type == SF_FILE_DIRECTORY ? 0700 : 0400;

    if (file->type == SF_FILE_LINK) {
        return 0;
    }
    if ((file->mode & ~0777U) != 0 || (file->mode & WRITABLE_BY_OTHERS) != 0 ||
        (file->mode & least) != least) {
        return refuse(file, "the mode is not one that its owner can use and nobody else can change",
                      err);
    }
    return 0;
}

static int check_offsets(const struct sf_manifest_file *file, struct sf_error *err)
{
    uint64_t least = 0;

    if (file->offset_count > 0 && file->is_rendered) {
        return refuse(file, "rendered files have no relocations", err);
    }
    for (size_t i = 0; i < file->offset_count; i++) {
        uint64_t offset = file->offsets[i];

        if (offset < least) {
            return refuse(file, "relocations overlap or are not ascending", err);
        }
        if (file->size_bytes < SF_PREFIX_SLOT || offset > file->size_bytes - SF_PREFIX_SLOT) {
            return refuse(file, "a relocation ends behind the file", err);
        }
        least = offset + SF_PREFIX_SLOT;
    }
    return 0;
}

static int check_file(const struct sf_manifest *manifest, const struct sf_manifest_file *file,
                      struct sf_error *err)
{
    if (!sf_path_is_safe_relative(file->path)) {
        return refuse(file, "the path is not a safe relative one", err);
    }
    if (sf_str_is_equal(file->path, SF_MANIFEST_PATH)) {
        return refuse(file, "the manifest cannot list itself", err);
    }
    if (file->type == SF_FILE_LINK && !sf_path_link_is_inside(file->path, file->target)) {
        return refuse(file, "the link's target is not inside the tree", err);
    }
    int r = check_parent(manifest, file, err);

    if (r == 0) {
        r = check_mode(file, err);
    }
    if (r == 0) {
        r = check_offsets(file, err);
    }
    return r;
}

static int check_prefixes(const struct sf_manifest *manifest, struct sf_error *err)
{
    char id[SF_RELEASE_ID_SIZE];
    char slot[SF_PREFIX_SLOT + 1];

    sf_release_format(&manifest->release, id);
    sf_autofree char *end = sf_str_format("/releases/%s/view", id);

    if (end == NULL) {
        return sf_error_no_memory(err);
    }
    if (!sf_path_is_clean_absolute(manifest->default_prefix) ||
        strlen(manifest->default_prefix) > SF_PREFIX_SLOT ||
        !sf_str_has_suffix(manifest->default_prefix, end)) {
        return sf_error_set(err, SF_E_FORMAT,
                            "'default_prefix' is '%s', not an absolute path of at most %d "
                            "bytes that ends in '%s'",
                            manifest->default_prefix, SF_PREFIX_SLOT, end);
    }
    sf_prefix_pad(manifest->default_prefix, slot);
    if (!sf_str_is_equal(manifest->build_prefix, slot)) {
        return sf_error_set(err, SF_E_FORMAT,
                            "'build_prefix' is not 'default_prefix' padded to %d bytes",
                            SF_PREFIX_SLOT);
    }
    return 0;
}

/* Each name is a file that the tree has, below `folder`. */
static int check_names(const struct sf_manifest *manifest, const struct sf_strlist *names,
                       const char *folder, struct sf_error *err)
{
    for (size_t i = 0; i < names->count; i++) {
        sf_autofree char *path = sf_str_format("%s/%s", folder, names->items[i]);

        if (path == NULL) {
            return sf_error_no_memory(err);
        }
        if (sf_manifest_find(manifest, path) == NULL) {
            return sf_error_set(err, SF_E_FORMAT, "'%s' is named but '%s' is not in 'files'",
                                names->items[i], path);
        }
    }
    return 0;
}

static int check_blocks(const struct sf_manifest *manifest, struct sf_error *err)
{
    uint64_t size = manifest->block_size_bytes;

    if (manifest->block_count == 0) {
        return 0;
    }
    if (size < BLOCK_SIZE_MIN || size > BLOCK_SIZE_MAX) {
        return sf_error_set(err, SF_E_FORMAT, "blocks of %llu bytes, not between %lu and %lu",
                            (unsigned long long)size, BLOCK_SIZE_MIN, BLOCK_SIZE_MAX);
    }
    uint64_t expected = manifest->artifact_size_bytes / size;

    expected += manifest->artifact_size_bytes % size > 0 ? 1 : 0;
    if (manifest->block_count != expected) {
        return sf_error_set(
            err, SF_E_FORMAT, "%zu block digests, an artifact of %llu bytes has %llu blocks",
            manifest->block_count, (unsigned long long)manifest->artifact_size_bytes,
            (unsigned long long)expected);
    }
    return 0;
}

int sf_manifest_check(const struct sf_manifest *manifest, struct sf_error *err)
{
    int r = check_prefixes(manifest, err);

    for (size_t i = 0; r == 0 && i < manifest->file_count; i++) {
        r = check_file(manifest, &manifest->files[i], err);
    }
    if (r == 0) {
        r = check_names(manifest, &manifest->units, "meta/units", err);
    }
    if (r == 0) {
        r = check_names(manifest, &manifest->plugins, "view/lib/slurm", err);
    }
    return r < 0 ? r : check_blocks(manifest, err);
}
