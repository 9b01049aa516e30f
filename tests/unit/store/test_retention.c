/* What stays: the active, the one to roll back to, and the newest. */
#include "common/store/retention.h"

#include "tests/unit/sf_test.h"

#define COUNT 5

/* Newest first, as sf_tree_list() gives them. */
static const char *const ids[COUNT] = {
    "25.11.7-1-noble-amd64", "25.11.6-1-noble-amd64",     "25.05.4-2-noble-amd64",
    "25.05.4-1-noble-amd64", "24.11.5-1-noble-amd64-gpu",
};

static void retention_keeps_what_it_must(void **state)
{
    static const struct {
        int active; /* -1: none */
        int previous;
        uint32_t keep;
        const char *removed; /* a letter for each release: r for removed */
    } rows[] = {
        {0, 1, 2, "--rrr"},   {0, -1, 2, "--rrr"}, {4, 3, 2, "rrr--"},  {4, 3, 3, "-rr--"},
        {4, -1, 3, "--rr-"},  {0, 1, 1, "--rrr"},  {0, 1, 0, "--rrr"},  {-1, -1, 2, "--rrr"},
        {-1, -1, 0, "rrrrr"}, {2, 2, 2, "-r-rr"},  {1, 2, 99, "-----"},
    };
    struct sf_release releases[COUNT];
    struct sf_error err;

    (void)state;
    for (size_t i = 0; i < COUNT; i++) {
        assert_sf_ok(sf_release_parse(ids[i], &releases[i], &err), &err);
    }
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        bool is_removed[COUNT];
        char letters[COUNT + 1] = "";

        sf_retention_choose(releases, COUNT, rows[i].active < 0 ? "" : ids[rows[i].active],
                            rows[i].previous < 0 ? "" : ids[rows[i].previous], rows[i].keep,
                            is_removed);
        for (size_t j = 0; j < COUNT; j++) {
            letters[j] = is_removed[j] ? 'r' : '-';
        }
        assert_string_equal(letters, rows[i].removed);
    }
}

static void retention_of_nothing_is_nothing(void **state)
{
    bool untouched = true;

    (void)state;
    sf_retention_choose(NULL, 0, "", "", 2, &untouched);
    assert_true(untouched);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(retention_keeps_what_it_must),
        cmocka_unit_test(retention_of_nothing_is_nothing),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
