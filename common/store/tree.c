/* The trees of releases: listed, staged, published, activated, removed. */
#include "common/store/tree.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/base/buffer.h"
#include "common/base/cleanup.h"
#include "common/base/error.h"
#include "common/base/str.h"
#include "common/base/strlist.h"
#include "common/host/atomic_link.h"
#include "common/host/dir.h"
#include "common/store/layout.h"

#define PATH_SIZE (SF_RELEASE_ID_SIZE + 64)
#define REMOVED   ".removed"

/* "<directory>/<id><suffix>"; ids come from people, too, and become paths only here. */
static int format_path(const char *directory, const char *id, const char *suffix,
                       char path[static PATH_SIZE], struct sf_error *err)
{
    struct sf_release release;
    int r = sf_release_parse(id, &release, err);

    if (r < 0) {
        return r;
    }
    (void)snprintf(path, PATH_SIZE, "%s/%s%s", directory, id, suffix);
    return 0;
}

/* True when releases/ has a directory of that name; its manifest may be missing. */
static bool is_tree(const struct sf_layout *layout, const char *id)
{
    struct sf_error ignored;
    struct stat status = {0};
    char path[PATH_SIZE];

    return format_path(SF_LAYOUT_RELEASES, id, "", path, &ignored) == 0 &&
           fstatat(layout->root_fd, path, &status, AT_SYMLINK_NOFOLLOW) == 0 &&
           S_ISDIR(status.st_mode);
}

static int compare_releases(const void *a, const void *b)
{
    char id_a[SF_RELEASE_ID_SIZE];
    char id_b[SF_RELEASE_ID_SIZE];
    int order = sf_release_compare(b, a);

    if (order != 0) {
        return order;
    }
    sf_release_format(a, id_a);
    sf_release_format(b, id_b);
    return strcmp(id_a, id_b);
}

int sf_tree_list(const struct sf_layout *layout, struct sf_release **ret, size_t *ret_count,
                 struct sf_error *err)
{
    sf_auto(strlist) struct sf_strlist names = {0};
    size_t count = 0;

    if (layout->root_fd >= 0) {
        int r = sf_dir_list(layout->root_fd, SF_LAYOUT_RELEASES, &names, err);

        if (r < 0 && r != -SF_E_NOT_FOUND) {
            return r;
        }
    }
    struct sf_release *releases = calloc(names.count + 1, sizeof *releases);

    if (releases == NULL) {
        return sf_error_no_memory(err);
    }
    for (size_t i = 0; i < names.count; i++) {
        struct sf_error ignored;

        if (sf_release_parse(names.items[i], &releases[count], &ignored) == 0 &&
            is_tree(layout, names.items[i])) {
            count++;
        }
    }
    if (count > 1) {
        qsort(releases, count, sizeof *releases, compare_releases);
    }
    *ret = releases;
    *ret_count = count;
    return 0;
}

bool sf_tree_is_present(const struct sf_layout *layout, const char *id)
{
    struct sf_error ignored;
    char path[PATH_SIZE];

    return layout->root_fd >= 0 &&
           format_path(SF_LAYOUT_RELEASES, id, "/" SF_MANIFEST_PATH, path, &ignored) == 0 &&
           sf_dir_has(layout->root_fd, path);
}

/* The release that the link `name` points at. */
static int read_release_link(const struct sf_layout *layout, const char *name,
                             char ret_id[static SF_RELEASE_ID_SIZE], struct sf_error *err)
{
    static const char to_releases[] = SF_LAYOUT_RELEASES "/";
    sf_autofree char *target = NULL;
    struct sf_release release;
    struct stat status = {0};

    if (layout->root_fd < 0) {
        *ret_id = '\0';
        return 0;
    }
    if (fstatat(layout->root_fd, name, &status, AT_SYMLINK_NOFOLLOW) < 0) {
        if (errno != ENOENT) {
            return sf_error_errno(err, errno, "look at '%s/%s'", layout->root, name);
        }
        *ret_id = '\0';
        return 0;
    }
    int r = sf_dir_read_link(layout->root_fd, name, &target, err);

    if (r < 0 && r != -SF_E_NOT_FOUND) {
        return r;
    }
    const char *id =
        r == 0 && sf_str_has_prefix(target, to_releases) ? target + strlen(to_releases) : "";

    if (sf_release_parse(id, &release, err) < 0) {
        return sf_error_set(err, SF_E_FORMAT,
                            "'%s/%s' is not a link to a release of this store; move it away",
                            layout->root, name);
    }
    *ret_id = '\0';
    if (is_tree(layout, id)) {
        sf_release_format(&release, ret_id);
    }
    return 0;
}

int sf_tree_active(const struct sf_layout *layout, char ret_id[static SF_RELEASE_ID_SIZE],
                   struct sf_error *err)
{
    return read_release_link(layout, SF_LAYOUT_CURRENT, ret_id, err);
}

int sf_tree_previous(const struct sf_layout *layout, char ret_id[static SF_RELEASE_ID_SIZE],
                     struct sf_error *err)
{
    return read_release_link(layout, SF_LAYOUT_PREVIOUS, ret_id, err);
}

int sf_tree_open(const struct sf_layout *layout, const char *id, int *ret_fd, struct sf_error *err)
{
    char path[PATH_SIZE];
    int r = format_path(SF_LAYOUT_RELEASES, id, "", path, err);

    if (r < 0) {
        return r;
    }
    if (!sf_tree_is_present(layout, id)) {
        return sf_error_set(err, SF_E_NOT_FOUND, "release '%s' is not installed", id);
    }
    return sf_dir_open(layout->root_fd, path, ret_fd, err);
}

int sf_tree_manifest(const struct sf_layout *layout, const char *id, struct sf_manifest **ret,
                     struct sf_error *err)
{
    sf_auto(buffer) struct sf_buffer text = {.limit_bytes = SF_MANIFEST_MAX_BYTES};
    sf_auto(manifest) struct sf_manifest *manifest = NULL;
    sf_autoclose int fd = -1;
    char named[SF_RELEASE_ID_SIZE];
    int r = sf_tree_open(layout, id, &fd, err);

    if (r < 0) {
        return r;
    }
    r = sf_dir_read_file(fd, SF_MANIFEST_PATH, &text, err);
    if (r < 0) {
        return sf_error_prefix(err, "release '%s': ", id);
    }
    r = sf_manifest_parse(text.data == NULL ? "" : text.data, text.size, &manifest, err);
    if (r < 0) {
        return sf_error_prefix(err, "manifest of release '%s': ", id);
    }
    sf_release_format(&manifest->release, named);
    if (strcmp(named, id) != 0) {
        return sf_error_set(err, SF_E_FORMAT, "the manifest of release '%s' is that of '%s'", id,
                            named);
    }
    *ret = sf_steal(&manifest);
    return 0;
}

int sf_tree_unstage(const struct sf_layout *layout, const char *id, struct sf_error *err)
{
    char path[PATH_SIZE];
    int r = format_path(SF_LAYOUT_STAGING, id, ".partial", path, err);

    if (r < 0) {
        return r;
    }
    return sf_dir_remove(layout->root_fd, path, err);
}

int sf_tree_stage(const struct sf_layout *layout, const char *id, int *ret_fd, struct sf_error *err)
{
    char path[PATH_SIZE];
    int r = format_path(SF_LAYOUT_STAGING, id, ".partial", path, err);

    if (r < 0) {
        return r;
    }
    r = sf_dir_remove(layout->root_fd, path, err);
    if (r < 0) {
        return r;
    }
    r = sf_dir_make(layout->root_fd, path, err);
    if (r < 0) {
        return r;
    }
    return sf_dir_open(layout->root_fd, path, ret_fd, err);
}

static int sync_directory(const struct sf_layout *layout, const char *path, struct sf_error *err)
{
    sf_autoclose int fd = -1;
    int r = sf_dir_open(layout->root_fd, path, &fd, err);

    if (r < 0) {
        return r;
    }
    return sf_dir_sync(fd, err);
}

/* Both ends of a rename between releases/ and .staging/. */
static int sync_both(const struct sf_layout *layout, struct sf_error *err)
{
    int r = sync_directory(layout, SF_LAYOUT_RELEASES, err);

    if (r < 0) {
        return r;
    }
    return sync_directory(layout, SF_LAYOUT_STAGING, err);
}

int sf_tree_publish(const struct sf_layout *layout, const char *id, struct sf_error *err)
{
    char from[PATH_SIZE];
    char to[PATH_SIZE];
    int r = format_path(SF_LAYOUT_STAGING, id, ".partial", from, err);

    if (r < 0) {
        return r;
    }
    r = format_path(SF_LAYOUT_RELEASES, id, "", to, err);
    if (r < 0) {
        return r;
    }
    r = sf_dir_sync_tree(layout->root_fd, from, err);
    if (r < 0) {
        return r;
    }
    /* A directory is never renamed over one that holds something. */
    if (renameat(layout->root_fd, from, layout->root_fd, to) < 0) {
        if (errno == EEXIST || errno == ENOTEMPTY) {
            return sf_error_set(err, SF_E_IN_USE,
                                "'%s/%s' is already there, without its manifest: `sf-agent verify "
                                "--repair %s` mends it",
                                layout->root, to, id);
        }
        return sf_error_errno(err, errno, "rename '%s/%s' to '%s'", layout->root, from, to);
    }
    r = sync_both(layout, err);
    if (r < 0) {
        /* What a power cut could take away must not be found there by the next run. */
        (void)renameat(layout->root_fd, to, layout->root_fd, from);
    }
    return r;
}

int sf_tree_has_removed(const struct sf_layout *layout, bool *ret, struct sf_error *err)
{
    sf_auto(strlist) struct sf_strlist names = {0};
    int r = sf_dir_list(layout->root_fd, SF_LAYOUT_STAGING, &names, err);

    if (r < 0 && r != -SF_E_NOT_FOUND) {
        return r;
    }
    *ret = false;
    for (size_t i = 0; i < names.count; i++) {
        *ret = *ret || sf_str_has_suffix(names.items[i], REMOVED);
    }
    return 0;
}

int sf_tree_sweep(const struct sf_layout *layout, struct sf_error *err)
{
    sf_auto(strlist) struct sf_strlist names = {0};
    int r = sf_dir_list(layout->root_fd, SF_LAYOUT_STAGING, &names, err);

    if (r == -SF_E_NOT_FOUND) {
        return 0;
    }
    if (r < 0) {
        return r;
    }
    for (size_t i = 0; i < names.count; i++) {
        sf_autofree char *path = sf_str_format("%s/%s", SF_LAYOUT_STAGING, names.items[i]);

        if (path == NULL) {
            return sf_error_no_memory(err);
        }
        r = sf_dir_remove(layout->root_fd, path, err);
        if (r < 0) {
            return r;
        }
    }
    return 0;
}

int sf_tree_forget_previous(const struct sf_layout *layout, struct sf_error *err)
{
    if (unlinkat(layout->root_fd, SF_LAYOUT_PREVIOUS, 0) < 0) {
        if (errno == ENOENT) {
            return 0;
        }
        return sf_error_errno(err, errno, "remove '%s/previous'", layout->root);
    }
    return sf_dir_sync(layout->root_fd, err);
}

static int set_previous(const struct sf_layout *layout, const char *id, struct sf_error *err)
{
    char target[PATH_SIZE];

    if (*id == '\0') {
        return sf_tree_forget_previous(layout, err);
    }
    int r = format_path(SF_LAYOUT_RELEASES, id, "", target, err);

    return r < 0 ? r : sf_atomic_link_set(layout->root_fd, SF_LAYOUT_PREVIOUS, target, err);
}

int sf_tree_activate(const struct sf_layout *layout, const char *id, const char *previous_id,
                     struct sf_error *err)
{
    char target[PATH_SIZE];
    int r = format_path(SF_LAYOUT_RELEASES, id, "", target, err);

    if (r < 0) {
        return r;
    }
    if (!sf_tree_is_present(layout, id)) {
        return sf_error_set(err, SF_E_NOT_FOUND, "release '%s' is not installed", id);
    }
    r = set_previous(layout, previous_id, err);
    if (r < 0) {
        return r;
    }
    return sf_atomic_link_set(layout->root_fd, SF_LAYOUT_CURRENT, target, err);
}

int sf_tree_remove(const struct sf_layout *layout, const char *id, struct sf_error *err)
{
    char from[PATH_SIZE];
    char to[PATH_SIZE];
    int r = format_path(SF_LAYOUT_RELEASES, id, "", from, err);

    if (r < 0) {
        return r;
    }
    r = format_path(SF_LAYOUT_STAGING, id, REMOVED, to, err);
    if (r < 0) {
        return r;
    }
    r = sf_dir_remove(layout->root_fd, to, err);
    if (r < 0) {
        return r;
    }
    if (renameat(layout->root_fd, from, layout->root_fd, to) < 0) {
        if (errno == ENOENT) {
            return sf_error_set(err, SF_E_NOT_FOUND, "release '%s' is not installed", id);
        }
        return sf_error_errno(err, errno, "rename '%s/%s' to '%s'", layout->root, from, to);
    }
    return sync_both(layout, err);
}
