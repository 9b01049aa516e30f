/* Which release on the node a person means, and whether it may go. */
#include "agent/present.h"

#include <stdio.h>
#include <stdlib.h>

#include "agent/context.h"
#include "common/base/cleanup.h"
#include "common/base/error.h"
#include "common/base/path.h"
#include "common/base/str.h"
#include "common/base/strlist.h"
#include "common/host/dir.h"
#include "common/host/process_scan.h"
#include "common/store/layout.h"
#include "common/store/tree.h"

static int say_what_is_present(const struct sf_release *releases, size_t count, const char *text,
                               struct sf_error *err)
{
    sf_auto(strlist) struct sf_strlist names = {0};
    char id[SF_RELEASE_ID_SIZE];

    for (size_t i = 0; i < count; i++) {
        sf_release_format(&releases[i], id);
        if (sf_strlist_add(&names, id, err) < 0) {
            return -(int)err->code;
        }
    }
    sf_autofree char *joined = sf_strlist_join(&names, ", ");

    if (joined == NULL) {
        return sf_error_no_memory(err);
    }
    return sf_error_set(err, SF_E_NOT_FOUND,
                        "release '%s' is not on this node; present: %s; `sf-agent install %s` "
                        "fetches it",
                        text, count == 0 ? "none" : joined, text);
}

int sf_present_find(const struct sf_agent *agent, const char *text, struct sf_release *ret,
                    struct sf_error *err)
{
    sf_autofree struct sf_release *releases = NULL;
    const struct sf_release *found = NULL;
    struct sf_wanted wanted;
    size_t count = 0;
    int r = sf_wanted_parse(text, &wanted, err);

    if (r == 0) {
        r = sf_tree_list(agent->layout, &releases, &count, err);
    }
    if (r < 0) {
        return r;
    }
    for (size_t i = 0; i < count; i++) {
        bool is_ours = sf_str_is_equal(releases[i].toolchain, agent->facts.toolchain);

        if (sf_wanted_matches(&wanted, &releases[i]) &&
            (found == NULL ||
             (is_ours && !sf_str_is_equal(found->toolchain, agent->facts.toolchain)))) {
            found = &releases[i];
        }
    }
    if (found == NULL) {
        return say_what_is_present(releases, count, text, err);
    }
    *ret = *found;
    return 0;
}

int sf_present_operand(const struct sf_agent *agent, char **operands, int count,
                       struct sf_release *ret, struct sf_error *err)
{
    char active[SF_RELEASE_ID_SIZE] = "";

    if (count > 0) {
        return sf_present_find(agent, operands[0], ret, err);
    }
    int r = sf_tree_active(agent->layout, active, err);

    if (r < 0) {
        return r;
    }
    if (active[0] == '\0') {
        return sf_error_set(err, SF_E_NOT_FOUND,
                            "no release is active on this node: name one, or install one first");
    }
    return sf_release_parse(active, ret, err);
}

/* The tree is named by a descriptor: in an image an absolute link leads to a place in the image. */
int sf_present_users(const struct sf_agent *agent, const char *id, struct sf_strlist *ret_users,
                     struct sf_error *err)
{
    sf_autofree char *path = sf_path_join(SF_LAYOUT_RELEASES, id);
    sf_autoclose int tree_fd = -1;
    char directory[64];

    if (path == NULL) {
        return sf_error_no_memory(err);
    }
    int r = sf_dir_open(agent->layout->root_fd, path, &tree_fd, err);

    if (r < 0) {
        return r;
    }
    (void)snprintf(directory, sizeof directory, "/proc/self/fd/%d", tree_fd);
    return sf_process_scan_users(directory, ret_users, err);
}

static int check_processes(const struct sf_agent *agent, const char *id, struct sf_error *err)
{
    sf_auto(strlist) struct sf_strlist users = {0};
    int r = sf_present_users(agent, id, &users, err);

    if (r < 0 || users.count == 0) {
        return r;
    }
    sf_autofree char *joined = sf_strlist_join(&users, ", ");

    if (joined == NULL) {
        return sf_error_no_memory(err);
    }
    return sf_error_set(err, SF_E_IN_USE,
                        "release %s is used by %.300s: it can go when they have ended", id, joined);
}

int sf_present_check_unused(const struct sf_agent *agent, const char *id, bool may_take_previous,
                            struct sf_error *err)
{
    char active[SF_RELEASE_ID_SIZE] = "";
    char previous[SF_RELEASE_ID_SIZE] = "";
    int r = sf_tree_active(agent->layout, active, err);

    if (r == 0) {
        r = sf_tree_previous(agent->layout, previous, err);
    }
    if (r < 0) {
        return r;
    }
    if (sf_str_is_equal(active, id)) {
        return sf_error_set(err, SF_E_IN_USE,
                            "release %s is active: make another one active first with `sf-agent "
                            "use`",
                            id);
    }
    if (sf_str_is_equal(previous, id) && !may_take_previous) {
        return sf_error_set(err, SF_E_IN_USE,
                            "release %s is what `sf-agent rollback` would go back to: remove it "
                            "with --and-rollback if that is no longer wanted",
                            id);
    }
    return check_processes(agent, id, err);
}
