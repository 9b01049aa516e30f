/* The help of a program and of its commands, for people. */
#include "common/cli/command_help.h"

#include <string.h>

#include "common/base/cleanup.h"
#include "common/base/str.h"
#include "common/cli/command.h"
#include "common/cli/option.h"
#include "common/cli/wrap.h"

#define WIDEST_LABEL 26

static int name_column(const struct sf_program *program)
{
    int widest = 0;

    for (size_t i = 0; program->commands[i] != NULL; i++) {
        int length = (int)strlen(program->commands[i]->name);

        if (length > widest && length <= WIDEST_LABEL) {
            widest = length;
        }
    }
    return widest + 5;
}

/* "  list   list the releases (ls, search)"; without memory the aliases are left out. */
static void print_row(const struct sf_command *command, int column, FILE *out)
{
    size_t length = 0;
    sf_autofree char *words =
        sf_str_replace(command->aliases, strlen(command->aliases), " ", ", ", &length);
    sf_autofree char *label = sf_str_format("  %s", command->name);
    sf_autofree char *text =
        words == NULL || *words == '\0' ? NULL : sf_str_format("%s (%s)", command->summary, words);

    sf_wrap_print_item(out, label == NULL ? command->name : label,
                       text == NULL ? command->summary : text, column);
}

static void print_shorthands(const struct sf_program *program, FILE *out)
{
    const struct sf_shorthand *shorthand = program->shorthands;

    if (shorthand == NULL || shorthand->word == NULL) {
        return;
    }
    (void)fputs("\nShorthands:\n", out);
    for (; shorthand->word != NULL; shorthand++) {
        (void)fprintf(out, "  %-16s %s %s\n", shorthand->word, shorthand->command,
                      shorthand->option);
    }
}

void sf_command_print_overview(const struct sf_program *program, FILE *out)
{
    int column = name_column(program);

    (void)fprintf(out, "Usage: %s COMMAND [OPTION]... [OPERAND]...\n\n", program->name);
    sf_wrap_print(out, program->summary, 0, 0);
    (void)fputs("\nCommands:\n", out);
    for (size_t i = 0; program->commands[i] != NULL; i++) {
        print_row(program->commands[i], column, out);
    }
    print_shorthands(program, out);
    (void)fprintf(out,
                  "\n'%s COMMAND --help' describes a command.\n"
                  "'%s --version' prints the version.\n",
                  program->name, program->name);
}

static void print_synopsis(const struct sf_program *program, const struct sf_command *command,
                           FILE *out)
{
    (void)fprintf(out, "Usage: %s %s [OPTION]...%s%s\n", program->name, command->name,
                  *command->operands == '\0' ? "" : " ", command->operands);
    if (*command->aliases != '\0') {
        (void)fprintf(out, "Also: %s\n", command->aliases);
    }
}

void sf_command_print_help(const struct sf_program *program, const struct sf_command *command,
                           FILE *out)
{
    static const struct sf_option help_row[] = {
        {"help", 'h', SF_OPTION_FLAG, NULL, 0, "print this help"},
        {0},
    };

    print_synopsis(program, command, out);
    (void)fputc('\n', out);
    sf_wrap_print(out, command->summary, 0, 0);
    if (*command->help != '\0') {
        (void)fputc('\n', out);
        sf_wrap_print(out, command->help, 0, 0);
    }
    (void)fputs("\nOptions:\n", out);
    if (command->options != NULL) {
        sf_option_print(command->options, out);
    }
    for (size_t i = 0; command->shared != NULL && command->shared[i] != NULL; i++) {
        sf_option_print(command->shared[i], out);
    }
    sf_option_print(help_row, out);
}
