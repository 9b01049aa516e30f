/* The help of a program and of its commands, for people. */
#include "common/cli/command_help.h"

#include <string.h>

#include "common/cli/command.h"
#include "common/cli/option.h"
#include "common/cli/wrap.h"

#define LABEL_SIZE   64
#define WIDEST_LABEL 26

/* "  list,ls,show" */
static void format_label(const struct sf_command *command, char label[static LABEL_SIZE])
{
    (void)snprintf(label, LABEL_SIZE, "  %s%s%s", command->name,
                   *command->aliases == '\0' ? "" : ",", command->aliases);
    for (char *blank = label + 2; (blank = strchr(blank, ' ')) != NULL;) {
        *blank = ',';
    }
}

static int label_column(const struct sf_program *program)
{
    int widest = 0;

    for (size_t i = 0; program->commands[i] != NULL; i++) {
        char label[LABEL_SIZE];

        format_label(program->commands[i], label);
        int length = (int)strlen(label);

        if (length > widest && length <= WIDEST_LABEL) {
            widest = length;
        }
    }
    return widest + 3;
}

void sf_command_print_overview(const struct sf_program *program, FILE *out)
{
    int column = label_column(program);

    (void)fprintf(out, "Usage: %s COMMAND [OPTION]... [OPERAND]...\n\n", program->name);
    sf_wrap_print(out, program->summary, 0, 0);
    (void)fputs("\nCommands:\n", out);
    for (size_t i = 0; program->commands[i] != NULL; i++) {
        char label[LABEL_SIZE];

        format_label(program->commands[i], label);
        sf_wrap_print_item(out, label, program->commands[i]->summary, column);
    }
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
