/*
 * The source of a release: from the cache, else from a mirror, else from its origin; by its digest
 * whoever it came from.
 */
#ifndef SF_BUILDER_PLACE_SOURCE_CACHE_H
#define SF_BUILDER_PLACE_SOURCE_CACHE_H

#include "common/base/strlist.h"

#include <stdbool.h>
#include <stddef.h>

struct sf_error;
struct sf_recipe_source;

struct sf_source_wanted {
    const struct sf_recipe_source *sources; /* any of them will do, best first */
    size_t count;
    const char *cache;                /* a directory by absolute path, made when it is absent */
    const struct sf_strlist *mirrors; /* directories, or URLs below which FILE is; may be NULL */
    const char *proxy;                /* for the network; NULL: none */
};

/*
 * Opens the source; when it was in the cache already nothing else is looked at. What comes from
 * elsewhere gets its name in the cache only after its digest was right; one that is wrong is
 * logged with both digests, and the next place tried. `*ret_source` is one of `sources`, borrowed.
 * Errors: NOT_FOUND (naming each place and why not; also when there is nowhere to look), those of
 * the cache directory, INTERRUPTED.
 */
int sf_source_open(const struct sf_source_wanted *wanted, int *ret_fd,
                   const struct sf_recipe_source **ret_source, struct sf_error *err);

#endif
