/*
 * The closure of a tree: everything an ELF in it needs is in the tree, in glibc, or among the named
 * host libraries. Used by the builder before packing and by the node before the commit.
 */
#ifndef SF_CONTENT_CLOSURE_H
#define SF_CONTENT_CLOSURE_H

#include "common/base/strlist.h"

#include <stdint.h>

struct sf_error;

struct sf_closure {
    int tree_fd;                             /* the directory that holds view/ */
    const char *arch;                        /* every ELF must be of it */
    const char *glibc;                       /* the highest version that may be needed */
    const struct sf_strlist *host_libraries; /* fnmatch patterns: "libpam.so.*" */
};

/*
 * Checks every ELF below view/. `ret_glibc`: the highest GLIBC_x.y any of them needs. Errors:
 * INCOMPATIBLE, naming the file, what it needs and the rule: another architecture, glibc above
 * `glibc`, a library that is nowhere, an RPATH that leaves the tree or does not start with $ORIGIN.
 */
int sf_closure_check(const struct sf_closure *closure, char ret_glibc[static 16],
                     struct sf_error *err);

#endif
