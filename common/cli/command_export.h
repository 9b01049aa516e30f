/* What a program says about its commands to other programs: shell, man page, tests. */
#ifndef SF_CLI_COMMAND_EXPORT_H
#define SF_CLI_COMMAND_EXPORT_H

#include <stdio.h>

struct sf_program;

/* A completion script for bash. */
void sf_command_export_bash(const struct sf_program *program, FILE *out);

/* The lists of commands and options in mdoc(7), for inclusion in the man page. */
void sf_command_export_mdoc(const struct sf_program *program, FILE *out);

/* "command --option" lines, shared ones too. */
void sf_command_export_options(const struct sf_program *program, FILE *out);

#endif
