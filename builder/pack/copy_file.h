/* Copies of single files. */
#ifndef SF_BUILDER_PACK_COPY_FILE_H
#define SF_BUILDER_PACK_COPY_FILE_H

#include <sys/types.h>

struct sf_error;

/* Appends the regular file at `from_fd`, from its start, to what is written to `to_fd`; `name` is
 * for messages. The position of `from_fd` stays. Errors: NO_SPACE, IO. */
int sf_copy_fd(int from_fd, int to_fd, const char *name, struct sf_error *err);

/* Copies the regular file at `from_fd`, from its start, to the new file `path` below `dir_fd`.
 * Errors: NO_SPACE, IO.
 */
int sf_copy_file(int from_fd, int dir_fd, const char *path, mode_t mode, struct sf_error *err);

#endif
