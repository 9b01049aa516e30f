/* The C library's version, read from the library itself: os-release may lie, ld.so cannot. */
#ifndef SF_HOST_GLIBC_H
#define SF_HOST_GLIBC_H

#include <stddef.h>

struct sf_error;

/*
 * The version of the glibc in the tree at `root_fd` ("2.36"): of the running one when `root_fd` is
 * the real root, else from the highest GLIBC_x.y name in its libc.so.6. Errors: NOT_FOUND.
 */
int sf_glibc_version(int root_fd, const char *arch, char ret[static 16], struct sf_error *err);

/* Orders "2.9" before "2.36". <0, 0, >0. */
int sf_glibc_compare(const char *a, const char *b);

#endif
