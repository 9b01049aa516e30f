/* /etc/systemd/system gets our units and keeps everybody else's. */
#include "common/base/str.h"
#include "common/base/strlist.h"
#include "common/store/links.h"
#include "common/store/tree.h"
#include "tests/unit/store/store_test.h"

#define UNITS  "etc/systemd/system/"
#define TARGET "/opt/slurm/current/meta/units/"

/* Brings the units to `wanted` (words); what was skipped, and whether anything changed. */
static void sync_units(const struct sf_layout *layout, enum sf_units_mode mode, const char *wanted,
                       const char *skipped, bool changed)
{
    sf_auto(strlist) struct sf_strlist names = {0};
    sf_auto(strlist) struct sf_strlist left = {0};
    struct sf_error err;
    bool is_changed = !changed;

    assert_sf_ok(sf_strlist_add_words(&names, wanted, &err), &err);
    assert_sf_ok(sf_links_sync_units(layout, mode, &names, &left, &is_changed, &err), &err);
    sf_autofree char *text = sf_strlist_join(&left, " ");

    assert_string_equal(text, skipped);
    assert_int_equal(is_changed, changed);
}

static struct sf_layout *open_with_release(void **state)
{
    struct sf_layout *layout = store_open(state);
    struct sf_error err;

    store_add_tree(state, OLD_ID);
    store_add_tree(state, NEW_ID);
    assert_sf_ok(sf_tree_activate(layout, OLD_ID, "", &err), &err);
    return layout;
}

static void units_wanted_are_linked(void **state)
{
    sf_auto(layout) struct sf_layout *layout = open_with_release(state);

    sync_units(layout, SF_UNITS_LINK, "slurmd.service sackd.service", "", true);
    assert_string_equal(store_link(state, UNITS "slurmd.service"), TARGET "slurmd.service");
    assert_string_equal(store_link(state, UNITS "sackd.service"), TARGET "sackd.service");
    sync_units(layout, SF_UNITS_LINK, "slurmd.service sackd.service", "", false);
}

static void units_no_longer_wanted_go(void **state)
{
    sf_auto(layout) struct sf_layout *layout = open_with_release(state);

    sync_units(layout, SF_UNITS_LINK, "slurmd.service sackd.service", "", true);
    sync_units(layout, SF_UNITS_LINK, "slurmd.service", "", true);
    assert_true(store_has(state, UNITS "slurmd.service"));
    assert_false(store_has(state, UNITS "sackd.service"));
    sync_units(layout, SF_UNITS_NONE, "slurmd.service", "", true);
    assert_false(store_has(state, UNITS "slurmd.service"));
    sync_units(layout, SF_UNITS_NONE, "slurmd.service", "", false);
}

static void units_of_the_administrator_are_left(void **state)
{
    sf_auto(layout) struct sf_layout *layout = open_with_release(state);

    store_write(state, UNITS "slurmd.service", "[Unit]\n");
    store_write(state, UNITS "slurmd.service.d/limits.conf", "[Service]\n");
    store_symlink(state, "/dev/null", UNITS "sackd.service");
    store_symlink(state, "/usr/lib/systemd/system/sshd.service", UNITS "sshd.service");
    for (int mode = SF_UNITS_LINK; mode <= SF_UNITS_COPY; mode++) {
        sync_units(layout, (enum sf_units_mode)mode, "slurmd.service sackd.service",
                   "slurmd.service sackd.service", false);
    }
    sync_units(layout, SF_UNITS_NONE, "", "", false);
    assert_string_equal(store_text(state, UNITS "slurmd.service"), "[Unit]\n");
    assert_string_equal(store_link(state, UNITS "sackd.service"), "/dev/null");
    assert_true(store_has(state, UNITS "slurmd.service.d/limits.conf"));
    assert_string_equal(store_link(state, UNITS "sshd.service"),
                        "/usr/lib/systemd/system/sshd.service");
}

static void units_copied_follow_the_active_release(void **state)
{
    sf_auto(layout) struct sf_layout *layout = open_with_release(state);
    struct sf_error err;

    sync_units(layout, SF_UNITS_COPY, "slurmd.service", "", true);
    assert_string_equal(store_link(state, UNITS "slurmd.service"), "");
    assert_true(sf_str_has_prefix(store_text(state, UNITS "slurmd.service"),
                                  "# Copied by sf-agent, which replaces it until it is edited"));
    assert_non_null(strstr(store_text(state, UNITS "slurmd.service"),
                           "\n# meta/units/slurmd.service of " OLD_ID "\n"));
    sync_units(layout, SF_UNITS_COPY, "slurmd.service", "", false);
    assert_sf_ok(sf_tree_activate(layout, NEW_ID, OLD_ID, &err), &err);
    sync_units(layout, SF_UNITS_COPY, "slurmd.service", "", true);
    assert_non_null(strstr(store_text(state, UNITS "slurmd.service"), " of " NEW_ID "\n"));
    sync_units(layout, SF_UNITS_COPY, "", "", true);
    assert_false(store_has(state, UNITS "slurmd.service"));
}

static void unit_copied_then_edited_is_the_administrators(void **state)
{
    sf_auto(layout) struct sf_layout *layout = open_with_release(state);

    sync_units(layout, SF_UNITS_COPY, "slurmd.service", "", true);
    sf_autofree char *edited =
        sf_str_format("%sLimitNOFILE=infinity\n", store_text(state, UNITS "slurmd.service"));

    store_write(state, UNITS "slurmd.service", edited);
    sync_units(layout, SF_UNITS_COPY, "slurmd.service", "slurmd.service", false);
    sync_units(layout, SF_UNITS_NONE, "", "", false);
    assert_string_equal(store_text(state, UNITS "slurmd.service"), edited);
}

static void units_change_between_links_and_copies(void **state)
{
    sf_auto(layout) struct sf_layout *layout = open_with_release(state);

    sync_units(layout, SF_UNITS_LINK, "slurmd.service", "", true);
    sync_units(layout, SF_UNITS_COPY, "slurmd.service", "", true);
    assert_string_equal(store_link(state, UNITS "slurmd.service"), "");
    sync_units(layout, SF_UNITS_LINK, "slurmd.service", "", true);
    assert_string_equal(store_link(state, UNITS "slurmd.service"), TARGET "slurmd.service");
    assert_non_null(
        strstr(store_text(state, "opt/slurm/releases/" OLD_ID "/meta/units/slurmd.service"),
               "# meta/units/slurmd.service of " OLD_ID));
}

static void unit_name_that_is_a_path_is_refused(void **state)
{
    static const char *const names[] = {"../shadow", "a/b", ".hidden", ""};
    sf_auto(layout) struct sf_layout *layout = open_with_release(state);
    struct sf_error err;

    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        sf_auto(strlist) struct sf_strlist wanted = {0};
        sf_auto(strlist) struct sf_strlist skipped = {0};
        bool is_changed = false;

        assert_sf_ok(sf_strlist_add(&wanted, names[i], &err), &err);
        assert_sf_fails(
            sf_links_sync_units(layout, SF_UNITS_LINK, &wanted, &skipped, &is_changed, &err), &err,
            SF_E_FORMAT, "is not the name of a unit");
    }
}

static void unit_copied_without_its_file_is_an_error(void **state)
{
    sf_auto(layout) struct sf_layout *layout = open_with_release(state);
    sf_auto(strlist) struct sf_strlist wanted = {0};
    sf_auto(strlist) struct sf_strlist skipped = {0};
    struct sf_error err;
    bool is_changed = false;

    assert_sf_ok(sf_strlist_add(&wanted, "slurmctld.service", &err), &err);
    assert_sf_fails(
        sf_links_sync_units(layout, SF_UNITS_COPY, &wanted, &skipped, &is_changed, &err), &err,
        SF_E_NOT_FOUND, "unit 'slurmctld.service'");
    assert_false(store_has(state, UNITS "slurmctld.service"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        store_unit_test(units_wanted_are_linked),
        store_unit_test(units_no_longer_wanted_go),
        store_unit_test(units_of_the_administrator_are_left),
        store_unit_test(units_copied_follow_the_active_release),
        store_unit_test(unit_copied_then_edited_is_the_administrators),
        store_unit_test(units_change_between_links_and_copies),
        store_unit_test(unit_name_that_is_a_path_is_refused),
        store_unit_test(unit_copied_without_its_file_is_an_error),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
