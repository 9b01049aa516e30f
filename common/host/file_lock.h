/* One writer at a time: flock(2) on a file, which the kernel frees when its holder dies (threat
 * 83). */
#ifndef SF_HOST_FILE_LOCK_H
#define SF_HOST_FILE_LOCK_H

#include "common/base/cleanup.h"

#include <stdint.h>

struct sf_error;

/*
 * Takes the lock file `name` in `dir_fd`, waiting at most `timeout_s` seconds (0: not at all), and
 * writes "pid command since" into it for others to read. The fd keeps the lock until closed.
 * Errors: BUSY, naming the holder and the way out.
 */
int sf_file_lock_take(int dir_fd, const char *name, const char *command, uint32_t timeout_s,
                      int *ret_fd, struct sf_error *err);

#endif
