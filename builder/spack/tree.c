/* The tree of a release made of Spack's. */
#include "builder/spack/tree.h"

#include <errno.h>
#include <fcntl.h>
#include <fnmatch.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "builder/spack/prefixes.h"
#include "builder/spack/spack_config.h"
#include "builder/spack/units.h"
#include "common/base/error.h"
#include "common/base/log.h"
#include "common/base/path.h"
#include "common/base/str.h"
#include "common/host/digest.h"
#include "common/host/dir.h"

/* Where a file is written that is compared with the one that is there. */
#define DUPLICATE ".sf-duplicate"

int sf_spack_tree_open(struct sf_spack_tree *tree, const struct sf_release *release, int dir_fd,
                       struct sf_error *err)
{
    sf_autofree char *prefix = NULL;
    int r = sf_prefix_of_release(SF_PREFIX_DEFAULT_ROOT, release, &prefix, err);

    if (r < 0) {
        return r;
    }
    if (sf_dir_has(dir_fd, prefix + 1)) {
        return sf_error_set(err, SF_E_USAGE, "'%s' is there already", prefix + 1);
    }
    sf_prefix_pad(prefix, tree->slot);

    r = sf_dir_make(dir_fd, prefix + 1, err);
    return r < 0 ? r : sf_dir_open(dir_fd, prefix + 1, &tree->fd, err);
}

static bool is_any(const struct sf_strlist *patterns, const char *path)
{
    for (size_t i = 0; i < patterns->count; i++) {
        if (fnmatch(patterns->items[i], path, 0) == 0) {
            return true;
        }
    }
    return false;
}

/* Where a path of a package stands in the tree. NULL when out of memory. */
static char *place_of(const char *path)
{
    return sf_str_has_prefix(path, "lib64/") ? sf_str_format("lib/%s", path + strlen("lib64/"))
                                             : strdup(path);
}

/* Makes the directory that `path` is in. */
static int make_parent(const struct sf_spack_tree *tree, const char *path, struct sf_error *err)
{
    sf_autofree char *parent = sf_path_parent(path);

    if (parent == NULL) {
        return sf_error_no_memory(err);
    }
    return sf_str_is_equal(parent, ".") ? 0 : sf_dir_make(tree->fd, parent, err);
}

/* The bytes of the file at `from_fd` with its prefixes replaced, to `to_fd`. */
static int rewrite_file(struct sf_spack_tree *tree, int from_fd, size_t size, int to_fd,
                        struct sf_error *err)
{
    if (size == 0) {
        return 0;
    }

    char *bytes = mmap(NULL, size, PROT_READ, MAP_PRIVATE, from_fd, 0);

    if (bytes == MAP_FAILED) {
        return sf_error_errno(err, errno, "map it");
    }

    int r = sf_spack_prefixes_rewrite(tree->prefixes, tree->slot, bytes, size, to_fd, &tree->links,
                                      err);

    (void)munmap(bytes, size);
    return r;
}

static int digest_of(const struct sf_spack_tree *tree, const char *path,
                     char hex[static SF_DIGEST_HEX], struct sf_error *err)
{
    sf_autoclose int fd = -1;
    uint64_t size = 0;
    int r = sf_dir_open_file(tree->fd, path, O_RDONLY, 0, &fd, err);

    return r < 0 ? r : sf_digest_fd(fd, hex, &size, err);
}

/* Two packages may bring the same file, but not two that differ. */
static int compare_duplicate(const struct sf_spack_tree *tree, const char *path,
                             struct sf_error *err)
{
    char first[SF_DIGEST_HEX];
    char second[SF_DIGEST_HEX];
    int r = digest_of(tree, path, first, err);

    if (r == 0) {
        r = digest_of(tree, DUPLICATE, second, err);
    }
    (void)unlinkat(tree->fd, DUPLICATE, 0);
    if (r == 0 && !sf_str_is_equal(first, second)) {
        return sf_error_set(err, SF_E_INCOMPATIBLE,
                            "another package has this file too, with other bytes: leave it out, or "
                            "the package, in " SF_SPACK_CONFIG_NAME);
    }
    return r;
}

static int add_file(struct sf_spack_tree *tree, int source_fd, const char *path, const char *place,
                    struct sf_error *err)
{
    sf_autoclose int from_fd = -1;
    sf_autoclose int to_fd = -1;
    struct stat status;
    bool is_duplicate = sf_dir_has(tree->fd, place);
    int r = sf_dir_open_file(source_fd, path, O_RDONLY, 0, &from_fd, err);

    if (r == 0 && fstat(from_fd, &status) < 0) {
        r = sf_error_errno(err, errno, "examine it");
    }
    if (r == 0) {
        r = make_parent(tree, place, err);
    }
    if (r == 0) {
        r = sf_dir_open_file(tree->fd, is_duplicate ? DUPLICATE : place,
                             O_WRONLY | O_CREAT | O_EXCL, 0600, &to_fd, err);
    }
    if (r == 0) {
        r = rewrite_file(tree, from_fd, (size_t)status.st_size, to_fd, err);
    }
    if (r == 0 && fchmod(to_fd, (status.st_mode & 0111) != 0 ? 0755 : 0644) < 0) {
        r = sf_error_errno(err, errno, "set its mode");
    }
    return r == 0 && is_duplicate ? compare_duplicate(tree, place, err) : r;
}

/* A link into a package becomes one within the tree. NULL when out of memory. */
static char *relative_target(const char *place, const char *within)
{
    sf_autofree char *target = place_of(*within == '\0' ? "." : within);

    for (const char *slash = strchr(place, '/'); slash != NULL && target != NULL;
         slash = strchr(slash + 1, '/')) {
        char *longer = sf_str_format("../%s", target);

        free(target);
        target = longer;
    }
    return sf_steal(&target);
}

static int resolve_link(const struct sf_spack_tree *tree, const char *place, char **target,
                        struct sf_error *err)
{
    const char *within = sf_spack_prefixes_within(tree->prefixes, *target);

    if (within != NULL) {
        char *relative = relative_target(place, within);

        free(*target);
        *target = relative;
        if (relative == NULL) {
            return sf_error_no_memory(err);
        }
    }
    if (!sf_path_link_is_inside(place, *target)) {
        sf_autofree char *shown = sf_str_printable(*target);

        return sf_error_set(err, SF_E_INCOMPATIBLE,
                            "it is a link to '%s', which is in no package of the tree",
                            shown == NULL ? "" : shown);
    }
    return 0;
}

static int add_link(struct sf_spack_tree *tree, int source_fd, const char *path, const char *place,
                    struct sf_error *err)
{
    sf_autofree char *target = NULL;
    sf_autofree char *present = NULL;
    struct sf_error ignored;
    int r = sf_dir_read_link(source_fd, path, &target, err);

    if (r == 0) {
        r = resolve_link(tree, place, &target, err);
    }
    if (r == 0) {
        r = make_parent(tree, place, err);
    }
    if (r < 0) {
        return r;
    }
    if (sf_dir_read_link(tree->fd, place, &present, &ignored) == 0 &&
        sf_str_is_equal(present, target)) {
        return 0;
    }
    if (symlinkat(target, tree->fd, place) < 0) {
        return errno == EEXIST ? sf_error_set(err, SF_E_INCOMPATIBLE,
                                              "another package has something else of this name")
                               : sf_error_errno(err, errno, "make the link");
    }
    return 0;
}

/* What is being added from where. */
struct adding {
    struct sf_spack_tree *tree;
    const char *name;
};

static int add_entry(void *context, int source_fd, const char *path, const struct stat *status,
                     struct sf_error *err)
{
    const struct adding *adding = context;
    struct sf_spack_tree *tree = adding->tree;
    sf_autofree char *place = place_of(path);
    int r = 0;

    if (place == NULL) {
        return sf_error_no_memory(err);
    }
    if (S_ISDIR(status->st_mode) || sf_str_is_equal(path, "lib64") ||
        (is_any(&tree->config->left_out, path) && !is_any(&tree->config->kept, path))) {
        return 0;
    }
    tree->has_lib64 |= sf_str_has_prefix(path, "lib64/");
    if (S_ISLNK(status->st_mode)) {
        r = add_link(tree, source_fd, path, place, err);
    } else if (S_ISREG(status->st_mode)) {
        r = add_file(tree, source_fd, path, place, err);
    } else {
        r = sf_error_set(err, SF_E_INCOMPATIBLE, "it is no file, directory or link");
    }
    return r < 0 ? sf_error_prefix(err, "%s: %s: ", adding->name, path) : 0;
}

int sf_spack_tree_add(struct sf_spack_tree *tree, int source_fd, const char *name,
                      struct sf_error *err)
{
    struct adding adding = {tree, name};

    return sf_dir_walk(source_fd, ".", add_entry, &adding, err);
}

/* Links to files that were left out, or never were there. */
static int remove_dangling(void *context, int dir_fd, const char *path, const struct stat *status,
                           struct sf_error *err)
{
    bool *has_removed = context;
    struct stat found;

    if (!S_ISLNK(status->st_mode) || fstatat(dir_fd, path, &found, 0) == 0) {
        return 0;
    }
    if (unlinkat(dir_fd, path, 0) < 0) {
        return sf_error_errno(err, errno, "remove the link '%s'", path);
    }
    sf_log(SF_LOG_DEBUG, "left out '%s', a link to nothing", path);
    *has_removed = true;
    return 0;
}

static int add_own_link(const struct sf_spack_tree *tree, const char *name, const char *target,
                        struct sf_error *err)
{
    if (symlinkat(target, tree->fd, name) < 0) {
        return sf_error_errno(err, errno, "make the link '%s'", name);
    }
    return 0;
}

int sf_spack_tree_finish(struct sf_spack_tree *tree, struct sf_error *err)
{
    bool has_removed = true;
    int r = tree->has_lib64 ? add_own_link(tree, "lib64", "lib", err) : 0;

    for (size_t i = 0; r == 0 && i < tree->links.count; i++) {
        r = add_own_link(tree, tree->links.items[i], ".", err);
    }
    /* One link may lead to another. */
    while (r == 0 && has_removed) {
        has_removed = false;
        r = sf_dir_walk(tree->fd, ".", remove_dangling, &has_removed, err);
    }
    return r < 0 ? r : sf_spack_units_write(tree->fd, tree->slot, err);
}

void sf_spack_tree_done(struct sf_spack_tree *tree)
{
    if (tree->fd > 0) {
        (void)close(tree->fd);
    }
    sf_strlist_done(&tree->links);
    *tree = (struct sf_spack_tree){0};
}
