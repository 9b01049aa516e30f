/* What is near enough to be meant. */
#include "common/cli/nearest.h"

#include "tests/unit/sf_test.h"

static void nearest_name_within_two_edits_is_found(void **state)
{
    static const struct {
        const char *word;
        const char *expected;
    } rows[] = {
        {"instal", "install"},
        {"isntall", "install"},
        {"rolback", "rollback"},
        {"statsu", "status"},
        {"install", "install"},
        {"frobnicate", NULL},
        {"x", NULL},
        {"us", "use"},
        {"", NULL},
        {"list-all-the-releases-that-are-known", NULL},
    };
    static const char *const names[] = {"list", "use", "install", "rollback", "status"};

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct sf_nearest nearest = {.word = rows[i].word};

        for (size_t j = 0; j < sizeof names / sizeof *names; j++) {
            sf_nearest_offer(&nearest, names[j]);
        }
        if (rows[i].expected == NULL) {
            assert_null(nearest.name);
        } else {
            assert_non_null(nearest.name);
            assert_string_equal(nearest.name, rows[i].expected);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(nearest_name_within_two_edits_is_found)};

    return cmocka_run_group_tests(tests, NULL, NULL);
}
