/* Holds: set, seen, taken off. */
#include "tests/unit/sf_test.h"

#include "common/store/hold.h"
#include "common/store/layout.h"

static void hold_set_is_seen_until_cleared(void **state)
{
    sf_autoclose int state_fd = open(*state, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    const struct sf_layout layout = {.state_fd = state_fd};
    struct sf_error err;

    assert_false(sf_hold_is_set(&layout, "24.11.5-1-noble-amd64"));
    assert_sf_ok(sf_hold_set(&layout, "24.11.5-1-noble-amd64", &err), &err);
    assert_sf_ok(sf_hold_set(&layout, "24.11.5-1-noble-amd64", &err), &err);
    assert_true(sf_hold_is_set(&layout, "24.11.5-1-noble-amd64"));
    assert_false(sf_hold_is_set(&layout, "24.11.6-1-noble-amd64"));
    assert_sf_ok(sf_hold_clear(&layout, "24.11.5-1-noble-amd64", &err), &err);
    assert_sf_ok(sf_hold_clear(&layout, "24.11.5-1-noble-amd64", &err), &err);
    assert_false(sf_hold_is_set(&layout, "24.11.5-1-noble-amd64"));
}

static void hold_without_state_directory_is_not_set(void **state)
{
    const struct sf_layout layout = {.state_fd = -1};

    (void)state;
    assert_false(sf_hold_is_set(&layout, "24.11.5-1-noble-amd64"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(hold_set_is_seen_until_cleared, sf_test_make_directory,
                                        sf_test_remove_directory),
        cmocka_unit_test(hold_without_state_directory_is_not_set),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
