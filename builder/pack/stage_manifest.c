/* Describes every file of the finished tree: digest, mode, relocation slots; and the whole. */
#include "builder/pack/stage.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "builder/pack/build.h"
#include "common/base/error.h"
#include "common/base/path.h"
#include "common/base/str.h"
#include "common/content/relocate.h"
#include "common/host/digest.h"
#include "common/host/dir.h"

struct describe {
    const struct sf_build *build;
    struct sf_manifest *manifest; /* files grow here; offsets are set when the pool is final */
    size_t file_capacity;
    size_t offset_count; /* in the pool */
};

/* Appends to the pool, which may move: until the end a file only knows how many are its own. */
static int add_offsets(struct describe *describe, const uint64_t *offsets, size_t count,
                       struct sf_error *err)
{
    struct sf_manifest *manifest = describe->manifest;
    uint64_t *pool =
        reallocarray(manifest->offset_pool, describe->offset_count + count + 1, sizeof *pool);

    if (pool == NULL) {
        return sf_error_no_memory(err);
    }
    manifest->offset_pool = pool;
    if (count > 0) {
        memcpy(pool + describe->offset_count, offsets, count * sizeof *pool);
    }
    describe->offset_count += count;
    return 0;
}

/* Files of meta/ name the clean prefix; those of view/ must hold whole slots or nothing. */
static int describe_regular(struct describe *describe, struct sf_manifest_file *file,
                            struct sf_error *err)
{
    const struct sf_build *build = describe->build;
    sf_autofree uint64_t *offsets = NULL;
    sf_autoclose int fd = -1;
    int r = sf_dir_open_file(build->tree_fd, file->path, O_RDONLY, 0, &fd, err);

    if (r < 0) {
        return r;
    }

    r = sf_digest_fd(fd, file->sha256, &file->size_bytes, err);
    if (r < 0) {
        return r;
    }
    describe->manifest->tree_bytes += file->size_bytes;
    if (sf_str_has_prefix(file->path, "meta/")) {
        file->is_rendered = sf_str_has_prefix(file->path, "meta/units/") ||
                            sf_str_has_prefix(file->path, "meta/modules/");
        return 0;
    }

    r = sf_relocate_scan(fd, build->slot, build->prefix, &offsets, &file->offset_count, err);
    if (r < 0) {
        return sf_error_prefix(err, "%s: ", file->path);
    }
    return add_offsets(describe, offsets, file->offset_count, err);
}

static struct sf_manifest_file *new_file(struct describe *describe)
{
    struct sf_manifest *manifest = describe->manifest;

    if (manifest->file_count == describe->file_capacity) {
        size_t capacity = describe->file_capacity == 0 ? 256 : describe->file_capacity * 2;
        struct sf_manifest_file *files = reallocarray(manifest->files, capacity, sizeof *files);

        if (files == NULL) {
            return NULL;
        }
        manifest->files = files;
        describe->file_capacity = capacity;
    }
    manifest->files[manifest->file_count] = (struct sf_manifest_file){0};
    return &manifest->files[manifest->file_count++];
}

static int describe_entry(void *context, int dir_fd, const char *path, const struct stat *status,
                          struct sf_error *err)
{
    struct describe *describe = context;
    struct sf_manifest_file *file = new_file(describe);

    (void)dir_fd;
    if (file == NULL || (file->path = strdup(path)) == NULL) {
        return sf_error_no_memory(err);
    }
    if (S_ISLNK(status->st_mode)) {
        file->type = SF_FILE_LINK;
        return sf_dir_read_link(describe->build->tree_fd, path, &file->target, err);
    }
    file->mode = status->st_mode & 0777;
    if (S_ISDIR(status->st_mode)) {
        file->type = SF_FILE_DIRECTORY;
        return 0;
    }
    file->type = SF_FILE_REGULAR;
    return describe_regular(describe, file, err);
}

static int compare_paths(const void *a, const void *b)
{
    const struct sf_manifest_file *left = a;
    const struct sf_manifest_file *right = b;

    return strcmp(left->path, right->path);
}

/* Pool and files are in the order of the walk: hand out the slots, then sort by path. */
static void finish_files(struct sf_manifest *manifest)
{
    const uint64_t *next = manifest->offset_pool;

    for (size_t i = 0; i < manifest->file_count; i++) {
        manifest->files[i].offsets = next;
        next += manifest->files[i].offset_count;
    }
    qsort(manifest->files, manifest->file_count, sizeof *manifest->files, compare_paths);
}

/* The units, and the plugins without which a daemon of this build does not start. */
static int list_names(struct sf_manifest *manifest, struct sf_error *err)
{
    static const char units[] = "meta/units/";
    static const char plugins[] = "view/lib/slurm/";
    int r = 0;

    for (size_t i = 0; r == 0 && i < manifest->file_count; i++) {
        const struct sf_manifest_file *file = &manifest->files[i];
        const char *name = sf_path_base(file->path);

        if (file->type != SF_FILE_REGULAR) {
            continue;
        }
        if (sf_str_has_prefix(file->path, units)) {
            r = sf_strlist_add(&manifest->units, name, err);
        } else if (sf_str_has_prefix(file->path, plugins) &&
                   strchr(file->path + sizeof plugins - 1, '/') == NULL &&
                   sf_str_has_suffix(name, ".so") && !sf_str_has_prefix(name, "lib")) {
            r = sf_strlist_add(&manifest->plugins, name, err);
        }
    }
    if (r == 0 && manifest->plugins.count == 0) {
        return sf_error_set(err, SF_E_INCOMPATIBLE,
                            "no plugins in lib/slurm, and no daemon starts without: configure "
                            "Slurm with the prefix alone, not with --libdir");
    }
    return r;
}

static int describe_components(const struct sf_build *build, struct sf_manifest *manifest,
                               struct sf_error *err)
{
    manifest->components = calloc(build->components.count + 1, sizeof *manifest->components);
    if (manifest->components == NULL) {
        return sf_error_no_memory(err);
    }
    for (size_t i = 0; i < build->components.count; i++) {
        const struct sf_pack_component *part = &build->components.items[i];
        struct sf_component *component = &manifest->components[manifest->component_count++];

        component->name = strdup(part->name);
        component->version = strdup(part->package.version);
        component->license = strdup(part->package.license.expression);
        component->package = strdup(part->package.name);
        if (component->name == NULL || component->version == NULL || component->license == NULL ||
            component->package == NULL) {
            return sf_error_no_memory(err);
        }
    }
    return 0;
}

/* What holds for the whole. */
static int describe_whole(const struct sf_build *build, struct sf_manifest *manifest,
                          struct sf_error *err)
{
    manifest->release = build->release;
    (void)snprintf(manifest->glibc, sizeof manifest->glibc, "%s", build->glibc);
    (void)snprintf(manifest->cpu_level, sizeof manifest->cpu_level, "%s", build->cpu_level);
    manifest->build_prefix = strdup(build->slot);
    manifest->default_prefix = strdup(build->prefix);
    if (manifest->build_prefix == NULL || manifest->default_prefix == NULL) {
        return sf_error_no_memory(err);
    }

    int r = describe_components(build, manifest, err);

    return r < 0 ? r : sf_strlist_add_all(&manifest->host_libraries, &build->host_libraries, err);
}

/* The manifest that is kept is the one that a node would read: what it refuses is not published. */
static int write_text(struct sf_build *build, const struct sf_manifest *manifest,
                      struct sf_error *err)
{
    const struct sf_manifest_related debug = {"debug", build->debug_name, build->debug_size_bytes,
                                              build->debug_sha256};
    struct sf_manifest_origin origin = {.related = &debug,
                                        .related_count = build->has_debug ? 1 : 0,
                                        .builder_version = SF_VERSION,
                                        .options = &build->options,
                                        .sources = &build->sources,
                                        .source_date_epoch_s = build->epoch_s};

    build->manifest_text = sf_manifest_dump(manifest, &origin);
    if (build->manifest_text == NULL) {
        return sf_error_no_memory(err);
    }
    return sf_manifest_parse(build->manifest_text, strlen(build->manifest_text), &build->manifest,
                             err);
}

int sf_stage_manifest(struct sf_build *build, struct sf_error *err)
{
    sf_auto(manifest) struct sf_manifest *manifest = calloc(1, sizeof *manifest);
    struct describe describe = {.build = build, .manifest = manifest};

    if (manifest == NULL) {
        return sf_error_no_memory(err);
    }

    int r = sf_dir_walk(build->tree_fd, ".", describe_entry, &describe, err);

    if (r < 0) {
        return r;
    }
    finish_files(manifest);

    r = list_names(manifest, err);
    if (r < 0) {
        return r;
    }

    r = describe_whole(build, manifest, err);
    if (r < 0) {
        return r;
    }
    return write_text(build, manifest, err);
}
