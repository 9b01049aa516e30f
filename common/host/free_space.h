/* What a file system can still take. */
#ifndef SF_HOST_FREE_SPACE_H
#define SF_HOST_FREE_SPACE_H

#include <stdint.h>

struct sf_error;

/*
 * Checks that the file system of `dir_fd` is writable and has room for `bytes` and `inodes`; `name`
 * is for the message. Errors: NO_SPACE (how much is missing), PERMISSION (read-only).
 */
int sf_free_space_check(int dir_fd, const char *name, uint64_t bytes, uint64_t inodes,
                        struct sf_error *err);

#endif
