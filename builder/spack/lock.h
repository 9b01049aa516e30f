/* The spack.lock of an environment: which packages a view of it holds. */
#ifndef SF_BUILDER_SPACK_LOCK_H
#define SF_BUILDER_SPACK_LOCK_H

#include <stddef.h>

struct sf_error;
struct sf_strlist;

#define SF_SPACK_LOCK_MAX_BYTES (16UL << 20)

/*
 * Adds "name version" of each package that the lock's roots are or need when they run, ascending;
 * those of the distribution and the package `except`, the one all this is for, left out. Errors:
 * FORMAT, NO_MEMORY.
 */
int sf_spack_lock_parts(const char *text, size_t size, const char *except,
                        struct sf_strlist *ret_parts, struct sf_error *err);

#endif
