/* How a cell is built: the command line. */
#ifndef SF_BUILDER_MATRIX_CELL_ARGUMENTS_H
#define SF_BUILDER_MATRIX_CELL_ARGUMENTS_H

struct sf_error;
struct sf_matrix_cell;
struct sf_strlist;

/* The words after "sf-builder": "build", "--slurm-version" … Errors: NO_MEMORY. */
int sf_matrix_cell_arguments(const struct sf_matrix_cell *cell, struct sf_strlist *ret_words,
                             struct sf_error *err);

#endif
