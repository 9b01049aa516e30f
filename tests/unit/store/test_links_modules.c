/* modules/slurm follows the trees and leaves what others put there. */
#include "common/base/strlist.h"
#include "common/store/links.h"
#include "common/store/tree.h"
#include "tests/unit/store/store_test.h"

#define MODULES "opt/slurm/modules/slurm/"
#define NEWER   "25.11.7-1-noble-amd64"

static void sync_modules(const struct sf_layout *layout, const char *active, const char *skipped)
{
    sf_auto(strlist) struct sf_strlist names = {0};
    struct sf_error err;

    assert_sf_ok(sf_links_sync_modules(layout, active, &names, &err), &err);
    sf_autofree char *text = sf_strlist_join(&names, " ");

    assert_string_equal(text, skipped);
}

static void assert_link(void **state, const char *name, const char *id, const char *file)
{
    char path[256];
    char target[512] = "";

    (void)snprintf(path, sizeof path, MODULES "%s", name);
    if (id != NULL) {
        (void)snprintf(target, sizeof target, "../../releases/%s/meta/modules/%s", id, file);
    }
    assert_string_equal(store_link(state, path), target);
}

/* The links of both languages under one name. */
static void assert_both(void **state, const char *name, const char *id)
{
    char lua[128];

    (void)snprintf(lua, sizeof lua, "%s.lua", name);
    assert_link(state, name, id, "slurm.tcl");
    assert_link(state, lua, id, "slurm.lua");
}

static void modules_of_trees_are_linked(void **state)
{
    sf_auto(layout) struct sf_layout *layout = store_open(state);
    struct sf_error err;

    store_add_tree(state, OLD_ID);
    store_add_tree(state, NEW_ID);
    store_add_tree(state, NEWER);
    assert_sf_ok(sf_tree_activate(layout, NEW_ID, "", &err), &err);
    sync_modules(layout, NEW_ID, "");
    assert_both(state, "24.11.5-1", OLD_ID);
    assert_both(state, "25.11.6-1", NEW_ID);
    assert_both(state, "25.11.7-1", NEWER);
    /* The series is the active release's, although a newer one is there. */
    assert_both(state, "25.11", NEW_ID);
    assert_both(state, "25.11-noble", NEW_ID);
    assert_both(state, "24.11", OLD_ID);
    assert_string_equal(store_link(state, MODULES ".modulerc.lua"),
                        "../../current/meta/modules/modulerc.lua");
    assert_string_equal(store_link(state, MODULES ".modulerc"),
                        "../../current/meta/modules/modulerc.tcl");
    assert_true(store_has(state, MODULES ".modulerc"));
    assert_non_null(strstr(store_text(state, MODULES "25.11.lua"), "slurm.lua of " NEW_ID));
    assert_non_null(strstr(store_text(state, MODULES ".modulerc"), "modulerc.tcl of " NEW_ID));
}

static void modules_without_active_release_have_no_default(void **state)
{
    sf_auto(layout) struct sf_layout *layout = store_open(state);

    store_add_tree(state, NEW_ID);
    store_add_tree(state, NEWER);
    sync_modules(layout, NEW_ID, "");
    sync_modules(layout, "", "");
    assert_both(state, "25.11", NEWER);
    assert_false(store_has(state, MODULES ".modulerc"));
    assert_false(store_has(state, MODULES ".modulerc.lua"));
}

static void modules_of_a_removed_tree_go(void **state)
{
    sf_auto(layout) struct sf_layout *layout = store_open(state);
    struct sf_error err;

    store_add_tree(state, OLD_ID);
    store_add_tree(state, NEW_ID);
    sync_modules(layout, NEW_ID, "");
    assert_sf_ok(sf_tree_remove(layout, OLD_ID, &err), &err);
    sync_modules(layout, NEW_ID, "");
    assert_both(state, "24.11.5-1", NULL);
    assert_both(state, "24.11", NULL);
    assert_both(state, "24.11-noble", NULL);
    assert_both(state, "25.11.6-1", NEW_ID);
}

static void variants_share_a_name_and_the_active_one_has_it(void **state)
{
    sf_auto(layout) struct sf_layout *layout = store_open(state);

    store_add_tree(state, NEW_ID);
    store_add_tree(state, GPU_ID);
    sync_modules(layout, GPU_ID, "");
    assert_both(state, "25.11.6-1", GPU_ID);
    sync_modules(layout, NEW_ID, "");
    assert_both(state, "25.11.6-1", NEW_ID);
}

static void tree_without_modulefiles_has_no_links(void **state)
{
    sf_auto(layout) struct sf_layout *layout = store_open(state);

    store_write(state, "opt/slurm/releases/" NEW_ID "/meta/manifest.json", "{}");
    sync_modules(layout, "", "");
    assert_both(state, "25.11.6-1", NULL);
}

static void modules_of_the_administrator_are_left(void **state)
{
    sf_auto(layout) struct sf_layout *layout = store_open(state);

    store_add_tree(state, NEW_ID);
    store_write(state, MODULES "25.11", "# mine");
    store_symlink(state, "/etc/my.lua", MODULES "25.11.lua");
    store_symlink(state, "25.11.6-1", MODULES "default");
    store_write(state, MODULES "own.lua", "-- mine");
    sync_modules(layout, NEW_ID, "25.11 25.11.lua");
    assert_string_equal(store_text(state, MODULES "25.11"), "# mine");
    assert_string_equal(store_link(state, MODULES "25.11.lua"), "/etc/my.lua");
    assert_string_equal(store_link(state, MODULES "default"), "25.11.6-1");
    assert_string_equal(store_text(state, MODULES "own.lua"), "-- mine");
    assert_both(state, "25.11.6-1", NEW_ID);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        store_unit_test(modules_of_trees_are_linked),
        store_unit_test(modules_without_active_release_have_no_default),
        store_unit_test(modules_of_a_removed_tree_go),
        store_unit_test(variants_share_a_name_and_the_active_one_has_it),
        store_unit_test(tree_without_modulefiles_has_no_links),
        store_unit_test(modules_of_the_administrator_are_left),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
