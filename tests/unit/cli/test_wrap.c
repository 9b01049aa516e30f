/* Lines of at most 80 columns. */
#include "common/cli/wrap.h"

#include "tests/unit/sf_test.h"

static char *wrapped(const char *label, const char *text, int indent)
{
    char *printed = NULL;
    size_t size = 0;
    FILE *out = open_memstream(&printed, &size);

    sf_wrap_print_item(out, label, text, indent);
    (void)fclose(out);
    return printed;
}

static void text_longer_than_a_line_is_broken_at_blanks(void **state)
{
    sf_autofree char *text = wrapped("  -x",
                                     "one two three four five six seven eight nine ten eleven "
                                     "twelve thirteen fourteen",
                                     20);

    (void)state;
    assert_string_equal(text, "  -x                one two three four five six seven eight nine "
                              "ten eleven\n"
                              "                    twelve thirteen fourteen\n");
}

static void text_of_exactly_a_line_is_not_broken(void **state)
{
    sf_autofree char *text = wrapped(
        "", "1234567 901234567 901234567 901234567 901234567 901234567 901234567 901234567 9", 0);
    sf_autofree char *exact = wrapped(
        "", "1234567 901234567 901234567 901234567 901234567 901234567 901234567 901234567 90 x",
        0);

    (void)state;
    assert_null(strstr(text, "7\n9"));
    assert_non_null(strstr(exact, " 90\nx\n"));
}

static void label_too_long_gets_its_own_line(void **state)
{
    sf_autofree char *text = wrapped("  --a-long-label", "what it does", 10);

    (void)state;
    assert_string_equal(text, "  --a-long-label\n          what it does\n");
}

static void word_longer_than_a_line_is_printed_whole(void **state)
{
    char word[120];

    (void)state;
    memset(word, 'w', sizeof word - 1);
    word[sizeof word - 1] = '\0';
    sf_autofree char *text = wrapped("", word, 4);

    assert_int_equal(strlen(text), sizeof word - 1 + 4 + 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(text_longer_than_a_line_is_broken_at_blanks),
        cmocka_unit_test(text_of_exactly_a_line_is_not_broken),
        cmocka_unit_test(label_too_long_gets_its_own_line),
        cmocka_unit_test(word_longer_than_a_line_is_printed_whole),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
