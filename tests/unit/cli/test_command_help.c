/* Help of small tables: what is absent is not printed. */
#include "common/cli/command_help.h"

#include "common/cli/command.h"
#include "tests/unit/sf_test.h"

static const struct sf_command list = {
    .name = "list",
    .aliases = "ls",
    .operands = "[PATTERN]...",
    .summary = "list releases",
    .help = "",
    .max_operands = -1,
};
static const struct sf_command long_name = {
    .name = "a-command-with-a-name-of-many-words",
    .aliases = "",
    .operands = "",
    .summary = "wide",
    .help = "First sentence. Second sentence.",
};
static const struct sf_command *const commands[] = {&list, &long_name, NULL};
static const struct sf_program program = {
    .name = "sf-test", .summary = "Tests.", .commands = commands};

static void help_of_command_without_options_is_short(void **state)
{
    char *text = NULL;
    size_t size = 0;
    FILE *out = open_memstream(&text, &size);

    (void)state;
    sf_command_print_help(&program, &list, out);
    (void)fclose(out);
    assert_string_equal(text, "Usage: sf-test list [OPTION]... [PATTERN]...\n"
                              "Also: ls\n\n"
                              "list releases\n\n"
                              "Options:\n"
                              "  -h, --help                print this help\n");
    free(text);
}

static void overview_with_a_wide_name_keeps_the_column(void **state)
{
    char *text = NULL;
    size_t size = 0;
    FILE *out = open_memstream(&text, &size);

    (void)state;
    sf_command_print_overview(&program, out);
    (void)fclose(out);
    assert_non_null(strstr(text, "\n  list   list releases (ls)\n"
                                 "  a-command-with-a-name-of-many-words\n"
                                 "         wide\n"));
    free(text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(help_of_command_without_options_is_short),
        cmocka_unit_test(overview_with_a_wide_name_keeps_the_column),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
