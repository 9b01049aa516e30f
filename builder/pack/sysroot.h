/*
 * The system that a release's libraries are taken from: this machine, or a root directory of the
 * toolchain. Paths are as seen from inside; links in it never lead out.
 *
 * Lifecycle: sf_sysroot_open(), any of the others, sf_sysroot_done().
 */
#ifndef SF_BUILDER_PACK_SYSROOT_H
#define SF_BUILDER_PACK_SYSROOT_H

#include "common/base/cleanup.h"

#include <stdbool.h>

struct sf_error;

/* Zero-initialised it is not open, and done all the same. */
struct sf_sysroot {
    int fd;
    char *path; /* of this machine, absolute and without links; "/" for this machine itself */
};

/* `path` may be NULL: this machine. Errors: NOT_FOUND, PERMISSION, IO, NO_MEMORY. */
int sf_sysroot_open(const char *path, struct sf_sysroot *ret, struct sf_error *err);

bool sf_sysroot_is_machine(const struct sf_sysroot *sysroot);

/* Opens the file at `path` for reading, without waiting for a writer when it is a pipe. Its real
 * path goes to `ret_real` (may be NULL), owned by the caller. Errors: NOT_FOUND, PERMISSION, IO. */
int sf_sysroot_open_file(const struct sf_sysroot *sysroot, const char *path, char **ret_real,
                         int *ret_fd, struct sf_error *err);

/* Where `path` is on this machine, for programs that are run. NULL when out of memory. Owned by the
 * caller. */
char *sf_sysroot_outside(const struct sf_sysroot *sysroot, const char *path);

void sf_sysroot_done(struct sf_sysroot *sysroot);

SF_DEFINE_AUTO_STRUCT(sysroot, struct sf_sysroot, sf_sysroot_done)

#endif
