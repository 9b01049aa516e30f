/* Columns for people, by libsmartcols. */
#include "common/cli/table.h"

#include <errno.h>
#include <libsmartcols.h>
#include <stdlib.h>
#include <unistd.h>

#include "common/base/error.h"
#include "common/base/str.h"

struct sf_table {
    struct libscols_table *columns;
    size_t column_count;
};

void sf_table_free(struct sf_table *table)
{
    if (table != NULL) {
        scols_unref_table(table->columns);
        free(table);
    }
}

int sf_table_new(const char *const *headings, struct sf_table **ret, struct sf_error *err)
{
    sf_auto(table) struct sf_table *table = calloc(1, sizeof *table);

    if (table == NULL) {
        return sf_error_no_memory(err);
    }
    table->columns = scols_new_table();
    if (table->columns == NULL) {
        return sf_error_no_memory(err);
    }
    for (; *headings != NULL; headings++) {
        /* Width 0: as wide as its widest cell. */
        if (scols_table_new_column(table->columns, *headings, 0, 0) == NULL) {
            return sf_error_no_memory(err);
        }
        table->column_count++;
    }
    *ret = sf_steal(&table);
    return 0;
}

int sf_table_add(struct sf_table *table, const char *const *cells, struct sf_error *err)
{
    struct libscols_line *line = scols_table_new_line(table->columns, NULL);

    if (line == NULL) {
        return sf_error_no_memory(err);
    }
    for (size_t i = 0; i < table->column_count; i++) {
        sf_autofree char *cell = sf_str_printable(cells[i]);

        if (cell == NULL || scols_line_refer_data(line, i, cell) < 0) {
            return sf_error_no_memory(err);
        }
        (void)sf_steal(&cell);
    }
    return 0;
}

int sf_table_print(struct sf_table *table, FILE *out, struct sf_error *err)
{
    if (scols_table_get_nlines(table->columns) == 0) {
        return 0;
    }
    (void)scols_table_set_stream(table->columns, out);
    if (isatty(fileno(out)) == 0) {
        (void)scols_table_set_termforce(table->columns, SCOLS_TERMFORCE_NEVER);
    }
    int r = scols_print_table(table->columns);

    if (r < 0) {
        return sf_error_errno(err, -r, "print a table");
    }
    return 0;
}
