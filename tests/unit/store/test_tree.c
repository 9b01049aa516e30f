/* Trees from staging to removal, and the links that say which one is active. */
#include "common/store/tree.h"

#include "tests/unit/store/store_test.h"

static void assert_active(const struct sf_layout *layout, const char *active, const char *previous)
{
    struct sf_error err;
    char id[SF_RELEASE_ID_SIZE];

    assert_sf_ok(sf_tree_active(layout, id, &err), &err);
    assert_string_equal(id, active);
    assert_sf_ok(sf_tree_previous(layout, id, &err), &err);
    assert_string_equal(id, previous);
}

static void trees_are_listed_newest_first(void **state)
{
    static const char *const expected[] = {"25.11.10-1-noble-amd64", GPU_ID, NEW_ID, OLD_ID};
    sf_auto(layout) struct sf_layout *layout = store_open(state);
    sf_autofree struct sf_release *releases = NULL;
    struct sf_error err;
    size_t count = 0;

    for (size_t i = 0; i < 4; i++) {
        store_add_tree(state, expected[i]);
    }
    store_write(state, "opt/slurm/releases/lost+found/x", "");
    store_write(state, "opt/slurm/releases/25.11.9-1-noble-amd64", "a file");
    store_write(state, "opt/slurm/.staging/26.05.0-1-noble-amd64.partial/x", "");
    assert_sf_ok(sf_tree_list(layout, &releases, &count, &err), &err);
    assert_int_equal(count, 4);
    for (size_t i = 0; i < count; i++) {
        char id[SF_RELEASE_ID_SIZE];

        sf_release_format(&releases[i], id);
        /* Of the same version and build, the shorter id comes first. */
        assert_string_equal(id, expected[i == 1 ? 2 : i == 2 ? 1 : i]);
    }
}

static void store_not_made_yet_is_empty(void **state)
{
    sf_auto(layout) struct sf_layout *layout = NULL;
    sf_autofree struct sf_release *releases = NULL;
    struct sf_error err;
    size_t count = 1;
    int fd = -1;

    assert_sf_ok(sf_layout_open(*state, "/opt/slurm", &layout, &err), &err);
    assert_sf_ok(sf_tree_list(layout, &releases, &count, &err), &err);
    assert_int_equal(count, 0);
    assert_false(sf_tree_is_present(layout, NEW_ID));
    assert_active(layout, "", "");
    assert_sf_fails(sf_tree_open(layout, NEW_ID, &fd, &err), &err, SF_E_NOT_FOUND,
                    "release '" NEW_ID "' is not installed");
}

static void tree_without_manifest_is_not_present(void **state)
{
    sf_auto(layout) struct sf_layout *layout = store_open(state);

    store_write(state, "opt/slurm/releases/" NEW_ID "/view/bin/sinfo", "");
    assert_false(sf_tree_is_present(layout, NEW_ID));
    store_add_tree(state, NEW_ID);
    assert_true(sf_tree_is_present(layout, NEW_ID));
}

static void tree_staged_and_published_is_present(void **state)
{
    sf_auto(layout) struct sf_layout *layout = store_open(state);
    sf_autoclose int fd = -1;
    struct sf_error err;

    store_write(state, "opt/slurm/.staging/" NEW_ID ".partial/left/over", "");
    assert_sf_ok(sf_tree_stage(layout, NEW_ID, &fd, &err), &err);
    assert_false(store_has(state, "opt/slurm/.staging/" NEW_ID ".partial/left"));
    assert_int_equal(mkdirat(fd, "meta", 0755), 0);
    store_write(state, "opt/slurm/.staging/" NEW_ID ".partial/meta/manifest.json", "{}");
    assert_false(sf_tree_is_present(layout, NEW_ID));
    assert_sf_ok(sf_tree_publish(layout, NEW_ID, &err), &err);
    assert_true(sf_tree_is_present(layout, NEW_ID));
    assert_false(store_has(state, "opt/slurm/.staging/" NEW_ID ".partial"));
}

static void tree_published_twice_is_in_use(void **state)
{
    sf_auto(layout) struct sf_layout *layout = store_open(state);
    sf_autoclose int fd = -1;
    struct sf_error err;

    store_add_tree(state, NEW_ID);
    assert_sf_ok(sf_tree_stage(layout, NEW_ID, &fd, &err), &err);
    assert_sf_fails(sf_tree_publish(layout, NEW_ID, &err), &err, SF_E_IN_USE, "already there");
    assert_true(store_has(state, "opt/slurm/releases/" NEW_ID "/view/bin/sinfo"));
    assert_sf_ok(sf_tree_unstage(layout, NEW_ID, &err), &err);
    assert_sf_ok(sf_tree_unstage(layout, NEW_ID, &err), &err);
    assert_false(store_has(state, "opt/slurm/.staging/" NEW_ID ".partial"));
}

static void tree_never_staged_cannot_be_published(void **state)
{
    sf_auto(layout) struct sf_layout *layout = store_open(state);
    struct sf_error err;

    assert_sf_fails(sf_tree_publish(layout, NEW_ID, &err), &err, SF_E_NOT_FOUND, NEW_ID);
    assert_false(store_has(state, "opt/slurm/releases/" NEW_ID));
}

static void staging_swept_is_empty(void **state)
{
    sf_auto(layout) struct sf_layout *layout = store_open(state);
    struct sf_error err;

    store_write(state, "opt/slurm/.staging/" NEW_ID ".partial/a/b", "");
    store_write(state, "opt/slurm/.staging/" OLD_ID ".removed/c", "");
    store_write(state, "opt/slurm/.staging/a file", "");
    store_add_tree(state, NEW_ID);
    assert_sf_ok(sf_tree_sweep(layout, &err), &err);
    assert_false(store_has(state, "opt/slurm/.staging/" NEW_ID ".partial"));
    assert_false(store_has(state, "opt/slurm/.staging/" OLD_ID ".removed"));
    assert_false(store_has(state, "opt/slurm/.staging/a file"));
    assert_true(sf_tree_is_present(layout, NEW_ID));
}

static void tree_activated_is_current(void **state)
{
    sf_auto(layout) struct sf_layout *layout = store_open(state);
    struct sf_error err;

    store_add_tree(state, OLD_ID);
    store_add_tree(state, NEW_ID);
    assert_sf_ok(sf_tree_activate(layout, OLD_ID, "", &err), &err);
    assert_active(layout, OLD_ID, "");
    assert_sf_ok(sf_tree_activate(layout, NEW_ID, OLD_ID, &err), &err);
    assert_active(layout, NEW_ID, OLD_ID);
    assert_string_equal(store_link(state, "opt/slurm/current"), "releases/" NEW_ID);
    assert_string_equal(store_link(state, "opt/slurm/previous"), "releases/" OLD_ID);
    assert_true(store_has(state, "opt/slurm/view/bin/sinfo"));
    assert_sf_ok(sf_tree_activate(layout, OLD_ID, "", &err), &err);
    assert_active(layout, OLD_ID, "");
    assert_false(store_has(state, "opt/slurm/previous"));
}

static void tree_absent_cannot_be_activated(void **state)
{
    sf_auto(layout) struct sf_layout *layout = store_open(state);
    struct sf_error err;

    store_add_tree(state, OLD_ID);
    assert_sf_ok(sf_tree_activate(layout, OLD_ID, "", &err), &err);
    assert_sf_fails(sf_tree_activate(layout, NEW_ID, OLD_ID, &err), &err, SF_E_NOT_FOUND,
                    "is not installed");
    assert_active(layout, OLD_ID, "");
}

static void current_of_another_making_is_refused(void **state)
{
    static const char *const targets[] = {"/usr/local", "releases/../../etc", "releases/",
                                          "releases/" NEW_ID "/view", "releases/25.11"};
    sf_auto(layout) struct sf_layout *layout = store_open(state);
    struct sf_error err;
    char id[SF_RELEASE_ID_SIZE] = "untouched";
    char path[512];

    store_path(path, *state, "opt/slurm/current");
    for (size_t i = 0; i < sizeof targets / sizeof *targets; i++) {
        assert_int_equal(symlink(targets[i], path), 0);
        assert_sf_fails(sf_tree_active(layout, id, &err), &err, SF_E_FORMAT,
                        "'/opt/slurm/current' is not a link to a release");
        assert_int_equal(unlink(path), 0);
    }
    assert_int_equal(mkdir(path, 0755), 0);
    assert_sf_fails(sf_tree_active(layout, id, &err), &err, SF_E_FORMAT, "/opt/slurm/current");
    assert_string_equal(id, "untouched");
    store_add_tree(state, NEW_ID);
    assert_sf_fails(sf_tree_activate(layout, NEW_ID, "", &err), &err, SF_E_IN_USE, "current");
    assert_true(store_has(state, "opt/slurm/current"));
}

static void previous_forgotten_leaves_current(void **state)
{
    sf_auto(layout) struct sf_layout *layout = store_open(state);
    struct sf_error err;

    store_add_tree(state, OLD_ID);
    store_add_tree(state, NEW_ID);
    assert_sf_ok(sf_tree_activate(layout, NEW_ID, OLD_ID, &err), &err);
    assert_sf_ok(sf_tree_forget_previous(layout, &err), &err);
    assert_sf_ok(sf_tree_forget_previous(layout, &err), &err);
    assert_active(layout, NEW_ID, "");
}

static void current_without_its_tree_is_none(void **state)
{
    sf_auto(layout) struct sf_layout *layout = store_open(state);

    store_symlink(state, "releases/" NEW_ID, "opt/slurm/current");
    assert_active(layout, "", "");
}

static void tree_removed_leaves_nothing(void **state)
{
    sf_auto(layout) struct sf_layout *layout = store_open(state);
    struct sf_error err;
    bool has_removed = true;

    store_add_tree(state, OLD_ID);
    store_add_tree(state, NEW_ID);
    store_write(state, "opt/slurm/.staging/" OLD_ID ".removed/from/before", "");
    assert_sf_ok(sf_tree_remove(layout, OLD_ID, &err), &err);
    assert_false(store_has(state, "opt/slurm/releases/" OLD_ID));
    assert_false(store_has(state, "opt/slurm/.staging/" OLD_ID ".removed/from"));
    assert_sf_ok(sf_tree_has_removed(layout, &has_removed, &err), &err);
    assert_true(has_removed);
    assert_sf_ok(sf_tree_sweep(layout, &err), &err);
    assert_sf_ok(sf_tree_has_removed(layout, &has_removed, &err), &err);
    assert_false(has_removed);
    assert_true(sf_tree_is_present(layout, NEW_ID));
    assert_sf_fails(sf_tree_remove(layout, OLD_ID, &err), &err, SF_E_NOT_FOUND, "is not installed");
}

static void id_that_is_a_path_is_refused(void **state)
{
    static const char *const ids[] = {"..",
                                      "",
                                      "25.11",
                                      "../" NEW_ID,
                                      NEW_ID "/..",
                                      "025.11.6-1-noble-amd64",
                                      "25.11.6-01-noble-amd64"};
    sf_auto(layout) struct sf_layout *layout = store_open(state);
    struct sf_error err;

    for (size_t i = 0; i < sizeof ids / sizeof *ids; i++) {
        int fd = -1;

        assert_false(sf_tree_is_present(layout, ids[i]));
        assert_sf_fails(sf_tree_open(layout, ids[i], &fd, &err), &err, SF_E_FORMAT, "id");
        assert_sf_fails(sf_tree_stage(layout, ids[i], &fd, &err), &err, SF_E_FORMAT, "id");
        assert_sf_fails(sf_tree_unstage(layout, ids[i], &err), &err, SF_E_FORMAT, "id");
        assert_sf_fails(sf_tree_publish(layout, ids[i], &err), &err, SF_E_FORMAT, "id");
        assert_sf_fails(sf_tree_activate(layout, ids[i], "", &err), &err, SF_E_FORMAT, "id");
        assert_sf_fails(sf_tree_remove(layout, ids[i], &err), &err, SF_E_FORMAT, "id");
    }
}

static void manifest_damaged_is_named(void **state)
{
    sf_auto(layout) struct sf_layout *layout = store_open(state);
    struct sf_manifest *manifest = NULL;
    struct sf_error err;

    assert_sf_fails(sf_tree_manifest(layout, NEW_ID, &manifest, &err), &err, SF_E_NOT_FOUND,
                    "is not installed");
    store_add_tree(state, NEW_ID);
    assert_sf_fails(sf_tree_manifest(layout, NEW_ID, &manifest, &err), &err, SF_E_FORMAT,
                    "manifest of release '" NEW_ID "'");
    store_write(state, "opt/slurm/releases/" NEW_ID "/meta/manifest.json", "");
    assert_sf_fails(sf_tree_manifest(layout, NEW_ID, &manifest, &err), &err, SF_E_FORMAT, NEW_ID);
    assert_null(manifest);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        store_unit_test(trees_are_listed_newest_first),
        store_unit_test(store_not_made_yet_is_empty),
        store_unit_test(tree_without_manifest_is_not_present),
        store_unit_test(tree_staged_and_published_is_present),
        store_unit_test(tree_published_twice_is_in_use),
        store_unit_test(tree_never_staged_cannot_be_published),
        store_unit_test(staging_swept_is_empty),
        store_unit_test(tree_activated_is_current),
        store_unit_test(tree_absent_cannot_be_activated),
        store_unit_test(current_of_another_making_is_refused),
        store_unit_test(current_without_its_tree_is_none),
        store_unit_test(previous_forgotten_leaves_current),
        store_unit_test(tree_removed_leaves_nothing),
        store_unit_test(id_that_is_a_path_is_refused),
        store_unit_test(manifest_damaged_is_named),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
