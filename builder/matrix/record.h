/* What came of a cell's build, as the last line of its log says it. */
#ifndef SF_BUILDER_MATRIX_RECORD_H
#define SF_BUILDER_MATRIX_RECORD_H

#include <stdbool.h>
#include <stdint.h>

struct sf_matrix_record {
    bool is_good;        /* it succeeded */
    bool has_changed;    /* it made or published something */
    char release[128];   /* id of what it made; "" when it is not known */
    uint64_t size_bytes; /* of the artifact; 0 when it is not known */
    uint64_t seconds;    /* that it took */
    char problem[512];   /* why it failed; "" when it did not */
};

/*
 * Fills in what `sf-builder build --json` printed at the end of its log at `log_fd`: release,
 * size, problem, and whether something has changed. When it printed nothing, or was killed while it
 * did, they stay.
 */
void sf_matrix_record_read_log(int log_fd, struct sf_matrix_record *record);

#endif
