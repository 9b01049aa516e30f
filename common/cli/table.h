/* Columns for people, by libsmartcols as in lsblk(8). */
#ifndef SF_CLI_TABLE_H
#define SF_CLI_TABLE_H

#include "common/base/cleanup.h"

#include <stddef.h>
#include <stdio.h>

struct sf_error;
struct sf_table;

/* A new table with these headings (NULL-terminated). Errors: NO_MEMORY. */
int sf_table_new(const char *const *headings, struct sf_table **ret, struct sf_error *err);

/* Adds a row of as many cells as headings; cells are copied and made printable. */
int sf_table_add(struct sf_table *table, const char *const *cells, struct sf_error *err);

/* Prints to `out`; nothing for a table without rows. Not cut to the terminal when `out` is no tty.
 */
int sf_table_print(struct sf_table *table, FILE *out, struct sf_error *err);

void sf_table_free(struct sf_table *table);

SF_DEFINE_AUTO(table, struct sf_table *, sf_table_free)

#endif
