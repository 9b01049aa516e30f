/* Tests of the list of a release's parts. */
#include "tests/unit/sf_test.h"

#include "builder/pack/component.h"

static void components_are_slurm_and_then_all_by_name(void **state)
{
    struct sf_error err;
    struct sf_pack_components components = {0};

    (void)state;
    assert_sf_ok(sf_pack_components_add_library(&components, "view/lib/libz.so.1.2.13",
                                                "/usr/lib/libz.so.1.2.13", &err),
                 &err);
    assert_sf_ok(
        sf_pack_components_add_library(&components, "view/lib/liba.so.1", "/a/liba.so.1", &err),
        &err);
    assert_sf_ok(sf_pack_components_add_slurm(&components, "24.11.5", &err), &err);
    assert_sf_ok(sf_pack_components_add_part(&components, "hwloc 2.12.0", &err), &err);
    assert_sf_ok(sf_pack_components_add_part(&components, "odd", &err), &err);
    sf_pack_components_sort(&components);

    assert_int_equal(components.count, 5);
    assert_string_equal(components.items[0].name, "slurm");
    assert_string_equal(components.items[0].package.version, "24.11.5");
    assert_string_equal(components.items[0].package.license.expression, "GPL-2.0-or-later");
    assert_true(components.items[0].is_slurm);
    assert_string_equal(components.items[1].name, "hwloc");
    assert_string_equal(components.items[1].package.version, "2.12.0");
    assert_false(components.items[1].is_slurm);
    assert_string_equal(components.items[2].name, "liba.so.1");
    assert_string_equal(components.items[3].name, "libz.so.1.2.13");
    assert_string_equal(components.items[3].origin, "/usr/lib/libz.so.1.2.13");
    assert_string_equal(components.items[4].name, "odd");
    assert_string_equal(components.items[4].package.version, "");
    sf_pack_components_done(&components);
    assert_int_equal(components.count, 0);
    sf_pack_components_sort(&components);
}

static void part_is_there_once_per_version(void **state)
{
    static const char *const parts[] = {"b 2", "b 10", "b", "a 1", "b 2", "b"};
    static const char *const expected[][2] = {{"a", "1"}, {"b", ""}, {"b", "10"}, {"b", "2"}};
    struct sf_error err;
    struct sf_pack_components components = {0};

    (void)state;
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
        assert_sf_ok(sf_pack_components_add_part(&components, parts[i], &err), &err);
    }
    sf_pack_components_sort(&components);

    assert_int_equal(components.count, sizeof expected / sizeof *expected);
    for (size_t i = 0; i < components.count; i++) {
        assert_string_equal(components.items[i].name, expected[i][0]);
        assert_string_equal(components.items[i].package.version, expected[i][1]);
    }
    sf_pack_components_done(&components);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(components_are_slurm_and_then_all_by_name),
        cmocka_unit_test(part_is_there_once_per_version),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
