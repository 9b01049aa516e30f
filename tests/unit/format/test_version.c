/* Versions: each line of data/version.cases is a case. */
#include "common/format/version.h"

#include "tests/unit/sf_test.h"

static bool is_word(const char *word, const char *expected)
{
    return strcmp(word, expected) == 0;
}

/* Checks one line; false when it is not understood or does not hold. */
static bool holds(const char *first, const char *second, const char *third)
{
    if (is_word(second, "<")) {
        return sf_version_compare(first, third) < 0 && sf_version_compare(third, first) > 0;
    }
    if (is_word(second, "=")) {
        return sf_version_compare(first, third) == 0;
    }
    if (is_word(first, "valid") || is_word(first, "invalid")) {
        return sf_version_is_valid(second) == is_word(first, "valid");
    }
    if (is_word(first, "series") || is_word(first, "noseries")) {
        return sf_version_is_series(second) == is_word(first, "series");
    }
    return false;
}

static void version_cases_file_every_line_holds(void **state)
{
    sf_autofile FILE *stream = fopen(SF_TEST_DATA "/version.cases", "re");
    char line[256];
    size_t count = 0;

    (void)state;
    assert_non_null(stream);
    while (fgets(line, sizeof line, stream) != NULL) {
        char words[3][64] = {"", "", ""};

        if (line[0] == '#' || sscanf(line, "%63s %63s %63s", words[0], words[1], words[2]) < 2) {
            continue;
        }
        if (!holds(words[0], words[1], words[2])) {
            fail_msg("does not hold: %s", line);
        }
        count++;
    }
    assert_true(count > 40);
}

static void version_empty_text_is_refused(void **state)
{
    (void)state;
    assert_false(sf_version_is_valid(""));
    assert_false(sf_version_is_series(""));
    assert_true(sf_version_compare("", "25.11.6") != 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(version_cases_file_every_line_holds),
        cmocka_unit_test(version_empty_text_is_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
