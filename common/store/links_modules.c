/* The links of modules/slurm, through which Lmod and Environment Modules find the releases. */
#include "common/store/links.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/base/cleanup.h"
#include "common/base/error.h"
#include "common/base/str.h"
#include "common/format/release.h"
#include "common/host/atomic_link.h"
#include "common/host/dir.h"
#include "common/store/layout.h"
#include "common/store/tree.h"

/* The text of our links begins with one of these; any other is the administrator's. */
#define TO_RELEASES "../../" SF_LAYOUT_RELEASES "/"
#define TO_CURRENT  "../../" SF_LAYOUT_CURRENT "/"

/* Names and, at the same places, what they should point at. */
struct wanted_links {
    struct sf_strlist names;
    struct sf_strlist targets;
};

static void wanted_links_done(struct wanted_links *wanted)
{
    sf_strlist_done(&wanted->names);
    sf_strlist_done(&wanted->targets);
}

SF_DEFINE_AUTO_STRUCT(wanted_links, struct wanted_links, wanted_links_done)

/* Who asks first for a name gets it. */
static int want(struct wanted_links *wanted, const char *name, const char *target,
                struct sf_error *err)
{
    if (sf_strlist_has(&wanted->names, name)) {
        return 0;
    }
    int r = sf_strlist_add(&wanted->names, name, err);

    if (r < 0) {
        return r;
    }
    return sf_strlist_add(&wanted->targets, target, err);
}

/* `name` in one of the two languages, when the release has such a file. */
static int want_file(const struct sf_layout *layout, struct wanted_links *wanted, const char *id,
                     const char *name, const char *file, struct sf_error *err)
{
    sf_autofree char *inside = sf_str_format(SF_LAYOUT_RELEASES "/%s/meta/modules/%s", id, file);
    sf_autofree char *target = sf_str_format("../../%s", inside == NULL ? "" : inside);

    if (inside == NULL || target == NULL) {
        return sf_error_no_memory(err);
    }
    bool is_there = false;
    int r = sf_dir_look(layout->root_fd, inside, &is_there, err);

    return r < 0 || !is_there ? r : want(wanted, name, target, err);
}

/* Both links of a release under one name: Lmod knows Lua by its suffix, Tcl has none. */
static int want_both(const struct sf_layout *layout, struct wanted_links *wanted, const char *id,
                     const char *name, struct sf_error *err)
{
    sf_autofree char *lua = sf_str_format("%s.lua", name);

    if (lua == NULL) {
        return sf_error_no_memory(err);
    }
    int r = want_file(layout, wanted, id, name, "slurm.tcl", err);

    if (r < 0) {
        return r;
    }
    return want_file(layout, wanted, id, lua, "slurm.lua", err);
}

static int want_release(const struct sf_layout *layout, struct wanted_links *wanted,
                        const struct sf_release *release, struct sf_error *err)
{
    char id[SF_RELEASE_ID_SIZE];
    char name[SF_RELEASE_ID_SIZE];
    char series[16];

    sf_release_format(release, id);
    sf_release_short(release, name);
    sf_release_series(release->version, series);
    int r = want_both(layout, wanted, id, name, err);

    if (r < 0) {
        return r;
    }
    r = want_both(layout, wanted, id, series, err);
    if (r < 0) {
        return r;
    }
    (void)snprintf(name, sizeof name, "%s-%s", series, release->toolchain);
    return want_both(layout, wanted, id, name, err);
}

/* The active release first, then from the newest to the oldest: that is who owns a shared name. */
static int want_all(const struct sf_layout *layout, struct wanted_links *wanted,
                    const char *active_id, struct sf_error *err)
{
    sf_autofree struct sf_release *releases = NULL;
    struct sf_release active = {0};
    size_t count = 0;
    int r = sf_tree_list(layout, &releases, &count, err);

    if (r < 0) {
        return r;
    }
    if (*active_id != '\0') {
        r = sf_release_parse(active_id, &active, err);
        if (r < 0) {
            return r;
        }
        r = want_release(layout, wanted, &active, err);
        if (r < 0) {
            return r;
        }
        r = want(wanted, ".modulerc.lua", TO_CURRENT "meta/modules/modulerc.lua", err);
        if (r < 0) {
            return r;
        }
        r = want(wanted, ".modulerc", TO_CURRENT "meta/modules/modulerc.tcl", err);
        if (r < 0) {
            return r;
        }
    }
    for (size_t i = 0; i < count; i++) {
        r = want_release(layout, wanted, &releases[i], err);
        if (r < 0) {
            return r;
        }
    }
    return 0;
}

enum link_state {
    LINK_ABSENT,
    LINK_OURS,
    LINK_FOREIGN /* a file, or a link to another place: the administrator's */
};

static int read_state(int modules_fd, const char *name, enum link_state *ret, struct sf_error *err)
{
    sf_autofree char *target = NULL;
    bool is_there = false;
    int r = sf_dir_look(modules_fd, name, &is_there, err);

    if (r < 0) {
        return r;
    }
    *ret = is_there ? LINK_FOREIGN : LINK_ABSENT;
    if (!is_there) {
        return 0;
    }
    r = sf_dir_read_link(modules_fd, name, &target, err);
    if (r == -SF_E_NOT_FOUND) {
        return 0;
    }
    if (r == 0 &&
        (sf_str_has_prefix(target, TO_RELEASES) || sf_str_has_prefix(target, TO_CURRENT))) {
        *ret = LINK_OURS;
    }
    return r;
}

static int set_links(int modules_fd, const struct wanted_links *wanted,
                     struct sf_strlist *ret_skipped, struct sf_error *err)
{
    for (size_t i = 0; i < wanted->names.count; i++) {
        const char *name = wanted->names.items[i];
        enum link_state state = LINK_ABSENT;
        int r = read_state(modules_fd, name, &state, err);

        if (r == 0) {
            r = state == LINK_FOREIGN
                    ? sf_strlist_add(ret_skipped, name, err)
                    : sf_atomic_link_set(modules_fd, name, wanted->targets.items[i], err);
        }
        if (r < 0) {
            return r;
        }
    }
    return 0;
}

static int remove_stale(int modules_fd, const struct wanted_links *wanted, struct sf_error *err)
{
    sf_auto(strlist) struct sf_strlist names = {0};
    int r = sf_dir_list(modules_fd, ".", &names, err);

    if (r < 0) {
        return r;
    }
    for (size_t i = 0; i < names.count; i++) {
        const char *name = names.items[i];
        enum link_state state = LINK_FOREIGN;

        if (sf_strlist_has(&wanted->names, name)) {
            continue;
        }
        r = read_state(modules_fd, name, &state, err);
        if (r < 0) {
            return r;
        }
        if (state == LINK_OURS && unlinkat(modules_fd, name, 0) < 0) {
            return sf_error_errno(err, errno, "remove '%s'", name);
        }
    }
    return sf_dir_sync(modules_fd, err);
}

int sf_links_sync_modules(const struct sf_layout *layout, const char *active_id,
                          struct sf_strlist *ret_skipped, struct sf_error *err)
{
    sf_auto(wanted_links) struct wanted_links wanted = {0};
    sf_autoclose int modules_fd = -1;
    int r = want_all(layout, &wanted, active_id, err);

    if (r < 0) {
        return r;
    }
    r = sf_dir_open(layout->root_fd, SF_LAYOUT_MODULES, &modules_fd, err);
    if (r < 0) {
        return r;
    }
    r = set_links(modules_fd, &wanted, ret_skipped, err);
    if (r < 0) {
        return sf_error_prefix(err, "%s/" SF_LAYOUT_MODULES ": ", layout->root);
    }
    return remove_stale(modules_fd, &wanted, err);
}
