/* Which package of the distribution a file of the build machine belongs to. */
#ifndef SF_BUILDER_PACK_PACKAGE_QUERY_H
#define SF_BUILDER_PACK_PACKAGE_QUERY_H

#include "common/base/cleanup.h"

struct sf_error;
struct sf_sysroot;

struct sf_package {
    char *name;    /* "" when no package has the file or no package manager could be asked */
    char *version; /* "" as above */
    char *license; /* "" when not known */
};

/*
 * Asks dpkg, else rpm, about the file at the real path `path` in `sysroot`. Not knowing is no
 * error. Errors: NO_MEMORY.
 */
int sf_package_query(const struct sf_sysroot *sysroot, const char *path, struct sf_package *ret,
                     struct sf_error *err);

/*
 * The first package in `text`, the output of `dpkg-query -S`: "zlib1g:amd64" from "zlib1g:amd64:
 * /lib/x86_64-linux-gnu/libz.so.1". NULL when there is none or memory is out. Owned by the caller.
 */
char *sf_package_parse_owner(const char *text);

/* The first licence that a Debian copyright file names ("License: Zlib"), cut at the line's end.
 * NULL as above. Owned by the caller. */
char *sf_package_parse_license(const char *text);

void sf_package_done(struct sf_package *package);

SF_DEFINE_AUTO_STRUCT(package, struct sf_package, sf_package_done)

#endif
