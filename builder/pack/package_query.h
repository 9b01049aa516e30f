/* Which packages of a distribution files belong to, and what is known of those. */
#ifndef SF_BUILDER_PACK_PACKAGE_QUERY_H
#define SF_BUILDER_PACK_PACKAGE_QUERY_H

#include "builder/pack/spdx.h"
#include "common/base/cleanup.h"
#include "common/base/strlist.h"

struct sf_error;
struct sf_sysroot;

/* All strings are "" when not known: no package has the file, or none could be asked. */
struct sf_package {
    char *type;    /* "deb" or "rpm" */
    char *name;    /* "zlib1g" */
    char *version; /* "1:1.2.13.dfsg-1" */
    char *arch;    /* the distribution's word: "amd64", "x86_64", "noarch" */
    char *source;  /* "zlib", for rpm "zlib-1.2.11-40.el9.src.rpm" */
    struct sf_spdx_license license;
};

/*
 * Asks the databases of dpkg and rpm in `sysroot` about the files at the real paths `paths`, and
 * writes one package for each to `ret`, released by the caller one by one. Not knowing is no error.
 * Licences are left out. Errors: NO_MEMORY.
 */
int sf_package_query(const struct sf_sysroot *sysroot, const struct sf_strlist *paths,
                     struct sf_package *ret, struct sf_error *err);

/* All packages that are installed in `sysroot`, "type\tname\tversion\tarch" each, ascending.
 * Errors: NO_MEMORY. */
int sf_package_list(const struct sf_sysroot *sysroot, struct sf_strlist *ret, struct sf_error *err);

/*
 * The package that has `path` according to `text`, the output of `dpkg-query -S`: "zlib1g:amd64"
 * from "zlib1g:amd64: /lib/x86_64-linux-gnu/libz.so.1". NULL when there is none or memory is out.
 * Owned by the caller.
 */
char *sf_package_parse_owner(const char *text, const char *path);

void sf_package_done(struct sf_package *package);

SF_DEFINE_AUTO_STRUCT(package, struct sf_package, sf_package_done)

#endif
