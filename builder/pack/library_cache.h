/* The libraries of the system that is built on, as its dynamic linker finds them. */
#ifndef SF_BUILDER_PACK_LIBRARY_CACHE_H
#define SF_BUILDER_PACK_LIBRARY_CACHE_H

#include "common/base/cleanup.h"
#include "common/base/strlist.h"

#include <stddef.h>

struct sf_error;
struct sf_sysroot;

/* Sonames and, at the same index, where they are; a soname may stand there once per architecture.
 */
struct sf_library_cache {
    struct sf_strlist names;
    struct sf_strlist paths;
};

/*
 * Adds what `text`, the output of `ldconfig -p`, lists. Variants for particular CPUs (hwcap) are
 * left out: a release runs on every node of its CPU level. Errors: NO_MEMORY.
 */
int sf_library_cache_parse(const char *text, struct sf_library_cache *cache, struct sf_error *err);

/* Lets ldconfig(8) print the cache of `sysroot`, and parses that. Errors: NOT_FOUND, UNHEALTHY, IO,
 * NO_MEMORY. */
int sf_library_cache_read(const struct sf_sysroot *sysroot, struct sf_library_cache *cache,
                          struct sf_error *err);

/*
 * Finds in `sysroot` the library `name` of architecture `arch`: first in the directories of
 * `search` (an RPATH, NULL for none, in which $ORIGIN is `origin`), then in the cache. The real
 * path within `sysroot`, owned by the caller; NULL when it is nowhere.
 */
struct sf_library_wanted {
    const struct sf_sysroot *sysroot;
    const char *name;
    const char *arch;
    const char *search;
    const char *origin; /* NULL: entries with $ORIGIN are skipped */
};
char *sf_library_cache_find(const struct sf_library_cache *cache,
                            const struct sf_library_wanted *wanted);

void sf_library_cache_done(struct sf_library_cache *cache);

SF_DEFINE_AUTO_STRUCT(library_cache, struct sf_library_cache, sf_library_cache_done)

#endif
