/* The cells of a matrix built, several at a time. What is done already is for each build to see. */
#ifndef SF_BUILDER_MATRIX_RUN_H
#define SF_BUILDER_MATRIX_RUN_H

#include "builder/matrix/record.h"
#include "common/base/strlist.h"

#include <stdint.h>

struct sf_error;
struct sf_matrix;
struct sf_matrix_cell;

enum sf_matrix_result {
    SF_MATRIX_NOT_WANTED, /* by --only */
    SF_MATRIX_SKIPPED,    /* by the matrix itself */
    SF_MATRIX_WAITING,    /* not built, for the run was interrupted */
    SF_MATRIX_UNCHANGED,  /* there was nothing to do */
    SF_MATRIX_GOOD,
    SF_MATRIX_FAILED,
};

struct sf_matrix_outcome {
    enum sf_matrix_result result;
    struct sf_matrix_record record;
};

struct sf_matrix_run {
    const struct sf_matrix *matrix;
    const char *program;           /* path of sf-builder */
    const char *state;             /* the state directory; logs are in its "matrix" */
    int logs_fd;                   /* that one */
    const struct sf_strlist *only; /* patterns of names; empty: all */
    uint32_t jobs;                 /* cells at a time */
    uint32_t make_jobs;            /* processes of each */
};

/* Called when a cell's result is known. */
typedef void (*sf_matrix_report)(void *context, const struct sf_matrix_cell *cell,
                                 const struct sf_matrix_outcome *outcome);

/*
 * Fills `outcomes`, one for each cell. A cell that fails is no error of the run. Errors: NOT_FOUND
 * (`only` names no cell), INTERRUPTED (the builds were stopped), those of sf_child_start().
 */
int sf_matrix_run(const struct sf_matrix_run *run, struct sf_matrix_outcome *outcomes,
                  sf_matrix_report report, void *context, struct sf_error *err);

#endif
