/*
 * The prefixes that Spack has built packages with, and how a release's one prefix takes their
 * place. All packages of a release are merged into one tree, so each of them means that tree.
 *
 * In a binary nothing may move: the slot (SF_PREFIX_SLOT bytes, prefix.h) is followed by slashes up
 * to the old length. Where a string ends right after a package's prefix, its last bytes may at the
 * same time be another string, as linkers store a string that ends another one only once ("r" in
 * "…/zlib-1.3.1-abcdefr"). Then the package's own directory stays part of the path, and the tree
 * has a link of that name to itself. In a text the slot alone stands, and what follows moves up.
 *
 * Lifecycle: zero-initialise, add, rewrite any number of files, sf_spack_prefixes_done().
 */
#ifndef SF_BUILDER_SPACK_PREFIXES_H
#define SF_BUILDER_SPACK_PREFIXES_H

#include "common/base/strlist.h"

#include <stddef.h>

struct sf_error;

/* Packages of one cache may have been built in different trees: a package may be known by the name
 * of its directory in each of the roots. */
struct sf_spack_prefixes {
    struct sf_strlist names; /* "zlib-1.3.1-abcdefg" */
    struct sf_strlist roots; /* the directories that they are in, and those that are padded */
};

/* Adds the prefix of a package; one that is there already is fine. Errors: INCOMPATIBLE (no clean
 * absolute path), NO_MEMORY. */
int sf_spack_prefixes_add(struct sf_spack_prefixes *prefixes, const char *path,
                          struct sf_error *err);

/*
 * Adds all packages that are installed below `tree_fd`, the root of Spack's tree, which Spack knows
 * by the path `root`. Errors: NOT_FOUND (no tree of Spack's), those above, IO.
 */
int sf_spack_prefixes_find(struct sf_spack_prefixes *prefixes, int tree_fd, const char *root,
                           struct sf_error *err);

/*
 * Writes `bytes` to `fd` with each prefix replaced by `slot`. The directories that must be links to
 * the tree itself are added to `links`. Errors: INCOMPATIBLE (a binary has a prefix that is shorter
 * than the slot, with the way out), NO_SPACE, IO, NO_MEMORY.
 */
int sf_spack_prefixes_rewrite(const struct sf_spack_prefixes *prefixes, const char *slot,
                              const char *bytes, size_t size, int fd, struct sf_strlist *links,
                              struct sf_error *err);

/* What comes after the package's prefix in the path `path`: "lib/libz.so", "" for the prefix
 * itself, NULL when it is in no package. Borrowed from `path`. */
const char *sf_spack_prefixes_within(const struct sf_spack_prefixes *prefixes, const char *path);

void sf_spack_prefixes_done(struct sf_spack_prefixes *prefixes);

SF_DEFINE_AUTO_STRUCT(spack_prefixes, struct sf_spack_prefixes, sf_spack_prefixes_done)

#endif
