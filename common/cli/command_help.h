/* What a program says about its commands to people: the overview and a command's help. */
#ifndef SF_CLI_COMMAND_HELP_H
#define SF_CLI_COMMAND_HELP_H

#include <stdio.h>

struct sf_command;
struct sf_program;

/* Usage and one line for each command, at most 80 columns. */
void sf_command_print_overview(const struct sf_program *program, FILE *out);

/* Synopsis, paragraph, options, at most 80 columns. */
void sf_command_print_help(const struct sf_program *program, const struct sf_command *command,
                           FILE *out);

#endif
