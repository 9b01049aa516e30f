/* The rollout rules: halted, not before, and the share of nodes. */
#include "tests/unit/sf_test.h"

#include "agent/rollout.h"

static bool allows(const struct sf_repo_index *index, const char *hostname, char *reason)
{
    return sf_rollout_allows(index, hostname, 1000, reason, 160);
}

static void rollout_halted_refuses_every_node(void **state)
{
    const struct sf_repo_index index = {.rollout = {.percent = 100, .is_halted = true}};
    char reason[160];

    (void)state;
    assert_false(allows(&index, "node1", reason));
    assert_non_null(strstr(reason, "halted"));
}

static void rollout_before_its_date_refuses(void **state)
{
    struct sf_repo_index index = {.rollout = {.percent = 100, .not_before_s = 1001}};
    char reason[160];

    (void)state;
    assert_false(allows(&index, "node1", reason));
    assert_non_null(strstr(reason, "1970-01-01T00:16:41Z"));
    index.rollout.not_before_s = 1000;
    assert_true(allows(&index, "node1", reason));
}

static void rollout_of_twenty_percent_reaches_about_a_fifth(void **state)
{
    const struct sf_repo_index index = {.serial = 7, .rollout = {.percent = 20}};
    char reason[160];
    unsigned reached = 0;

    (void)state;
    for (unsigned i = 0; i < 10000; i++) {
        char hostname[32];

        (void)snprintf(hostname, sizeof hostname, "node%05u", i);
        reached += allows(&index, hostname, reason) ? 1 : 0;
    }
    assert_in_range(reached, 1700, 2300);
}

static void rollout_place_changes_with_the_serial(void **state)
{
    struct sf_repo_index index = {.serial = 1, .rollout = {.percent = 50}};
    char reason[160];
    bool has_changed = false;
    bool first = allows(&index, "node1", reason);

    (void)state;
    assert_int_equal(first, allows(&index, "node1", reason));
    for (index.serial = 2; index.serial < 40; index.serial++) {
        has_changed |= allows(&index, "node1", reason) != first;
    }
    assert_true(has_changed);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rollout_halted_refuses_every_node),
        cmocka_unit_test(rollout_before_its_date_refuses),
        cmocka_unit_test(rollout_of_twenty_percent_reaches_about_a_fifth),
        cmocka_unit_test(rollout_place_changes_with_the_serial),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
