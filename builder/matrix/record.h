/*
 * What is known of a cell's last build: a small file beside its log, written when the build ends,
 * so that the next run of the matrix starts only what is missing.
 */
#ifndef SF_BUILDER_MATRIX_RECORD_H
#define SF_BUILDER_MATRIX_RECORD_H

#include <stdbool.h>
#include <stdint.h>

struct sf_error;

struct sf_matrix_record {
    char inputs[65];     /* digest of what the build was made of */
    bool is_good;        /* it succeeded */
    char release[128];   /* id of what it made; "" when it is not known */
    uint64_t size_bytes; /* of the artifact; 0 when it is not known */
    uint64_t seconds;    /* that it took */
    char problem[512];   /* why it failed; "" when it did not */
};

/* The record of `cell` below `dir_fd`. False when there is none, or none that can be read: then the
 * cell is built. */
bool sf_matrix_record_read(int dir_fd, const char *cell, struct sf_matrix_record *ret);

/* Errors: those of sf_atomic_file_write(). */
int sf_matrix_record_write(int dir_fd, const char *cell, const struct sf_matrix_record *record,
                           struct sf_error *err);

/*
 * Fills in what `sf-builder build --json` printed at the end of its log at `log_fd`: release, size
 * and problem. When it printed nothing, or was killed while it did, they stay.
 */
void sf_matrix_record_read_log(int log_fd, struct sf_matrix_record *record);

#endif
