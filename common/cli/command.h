/* The table of commands: dispatch, aliases that people type from other tools, help, completion. */
#ifndef SF_CLI_COMMAND_H
#define SF_CLI_COMMAND_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

struct sf_error;
struct sf_option;

struct sf_command {
    const char *name;
    const char *aliases;  /* words separated by spaces, "" for none */
    const char *operands; /* "[RELEASE]" in the synopsis, "" for none */
    const char *summary;  /* one line, no period */
    const char *help;     /* a paragraph for --help and the man page */
    int min_operands;
    int max_operands;                      /* -1: any number */
    const struct sf_option *options;       /* the command's own table */
    const struct sf_option *const *shared; /* NULL-terminated array of shared tables */
    size_t options_size;                   /* of the struct that the tables fill, zeroed before */
    /* Runs the command. `context` is the program's, `options` the filled struct. */
    int (*run)(void *context, const void *options, char **operands, int operand_count,
               struct sf_error *err);
};

/* A word that stands for a command with one of its options: "fetch" for install --download-only. */
struct sf_shorthand {
    const char *word;
    const char *command;
    const char *option;
};

struct sf_program {
    const char *name; /* "sf-agent" */
    const char *summary;
    const struct sf_command *const *commands; /* NULL-terminated */
    const struct sf_shorthand *shorthands;    /* ends with a NULL word; may be NULL */
    void *context;
    /* Called with the parsed options before run (may be NULL): sets verbosity, opens what all need.
     */
    int (*prepare)(void *context, const struct sf_command *command, const void *options,
                   struct sf_error *err);
};

/*
 * Dispatches argv: `NAME [--help|--version|help [COMMAND]|COMMAND …]`, and the hidden
 * `NAME __complete bash` and `NAME __mdoc` (the man page's lists). Help goes to stdout. Unknown
 * command: USAGE with the nearest one. Returns 0 or -code with `err` set.
 */
int sf_program_run(const struct sf_program *program, int argc, char **argv, struct sf_error *err);

#endif
