/* A file written whole or not at all: temporary name, fsync, rename, fsync of the directory. */
#ifndef SF_HOST_ATOMIC_FILE_H
#define SF_HOST_ATOMIC_FILE_H

#include <stddef.h>
#include <sys/types.h>

struct sf_error;

/*
 * Replaces or creates `name` in `dir_fd`, with `mode` whatever the umask, by way of ".name.new".
 * After a failure the old file is as it was; only when the directory's own fsync fails the new one
 * stands there, perhaps not durably. Errors: NO_SPACE, PERMISSION, IO, BUSY (another writer).
 */
int sf_atomic_file_write(int dir_fd, const char *name, const void *bytes, size_t size, mode_t mode,
                         struct sf_error *err);

/*
 * Appends one line, its newline included, to a file (history) with O_APPEND and fsync; creates it
 * with `mode`. A line that a crash has cut short is ended first; a failure leaves the old size.
 * Errors: NO_SPACE, PERMISSION, IO.
 */
int sf_atomic_file_append(int dir_fd, const char *name, const void *bytes, size_t size, mode_t mode,
                          struct sf_error *err);

#endif
