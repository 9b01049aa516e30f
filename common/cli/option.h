/*
 * One table per command gives parsing, --help, shell completion and the man page's option list, so
 * that the four cannot disagree. Parsing is getopt_long(3)'s.
 */
#ifndef SF_CLI_OPTION_H
#define SF_CLI_OPTION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

struct sf_error;

enum sf_option_kind { SF_OPTION_FLAG, SF_OPTION_TEXT, SF_OPTION_NUMBER, SF_OPTION_LIST };

/* A row; the table ends with a row whose name is NULL. */
struct sf_option {
    const char *name; /* "keep", typed --keep */
    char letter;      /* 'n' for -n, 0 for none */
    enum sf_option_kind kind;
    const char *argument; /* "N" in help; NULL for flags */
    size_t offset; /* where in the options struct: bool, const char *, uint32_t (FLAG, TEXT, NUMBER)
                      or struct sf_strlist (LIST, may be given several times) */
    const char *help; /* one line, no period */
};

/* What is left of a command line: a part of argv. */
struct sf_operands {
    char **items;
    int count;
};

/*
 * Parses argv[1..] with the rows of `tables` (NULL-terminated array of tables, the command's own
 * and the shared ones) into `target`. The operands are borrowed from argv, which is permuted.
 * --help is the caller's row. Errors: USAGE, naming the option, with the nearest known one ("did
 * you mean --keep?"); SF_OPTION_LIST members may hold something even then, the caller releases
 * them.
 */
int sf_option_parse(const struct sf_option *const *tables, int argc, char **argv, void *target,
                    struct sf_operands *ret_operands, struct sf_error *err);

/* Prints "  -n, --name ARG   help" lines, at most 80 columns. */
void sf_option_print(const struct sf_option *table, FILE *out);

#endif
