/* Text for terminals: words broken over lines of at most 80 columns. */
#ifndef SF_CLI_WRAP_H
#define SF_CLI_WRAP_H

#include <stdio.h>

#define SF_WRAP_WIDTH 80

/*
 * Prints the words of `text`, the line having `column` characters already, each further line
 * beginning with `indent` blanks; ends with a newline.
 */
void sf_wrap_print(FILE *out, const char *text, int column, int indent);

/* Prints `label` and, from column `indent` on (on the next line when the label is too long),
 * `text`. */
void sf_wrap_print_item(FILE *out, const char *label, const char *text, int indent);

#endif
