/* How a cell is built: the command line, and the digest of all that goes into it. */
#ifndef SF_BUILDER_MATRIX_CELL_INPUTS_H
#define SF_BUILDER_MATRIX_CELL_INPUTS_H

struct sf_error;
struct sf_matrix_cell;
struct sf_strlist;

/* The words after "sf-builder": "build", "--slurm-version" … Errors: NO_MEMORY. */
int sf_matrix_cell_arguments(const struct sf_matrix_cell *cell, struct sf_strlist *ret_words,
                             struct sf_error *err);

/*
 * The digest of these words, of the recipe of the cell's version, and of this program's version.
 * What is in a build root is not in it. A recipe that cannot be read counts as none: the build says
 * what is wrong with it. Errors: NO_MEMORY, INTERNAL.
 */
int sf_matrix_cell_digest(const struct sf_matrix_cell *cell, char sha256[static 65],
                          struct sf_error *err);

#endif
