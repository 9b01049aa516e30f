/*
 * Packages brought from a build cache: those asked for and all that they need when they run, each
 * verified by itself, unpacked side by side.
 *
 * Lifecycle: zero-initialise, fill, add each package, sf_spack_import_fetch(), then the tree;
 * sf_spack_import_done().
 */
#ifndef SF_BUILDER_SPACK_IMPORT_H
#define SF_BUILDER_SPACK_IMPORT_H

#include "builder/spack/prefixes.h"
#include "builder/spack/spec.h"
#include "common/base/cleanup.h"

#include <stddef.h>
#include <stdint.h>

struct sf_buildcache;
struct sf_error;
struct sf_spack_tree;

struct sf_spack_import {
    const struct sf_buildcache *cache; /* borrowed */
    const struct sf_strlist *excluded; /* names of packages that are not wanted; borrowed */
    int dir_fd;                        /* gets packages/NAME-VERSION-HASH; borrowed */

    struct sf_spack_identity *packages;
    size_t count;
    uint64_t fetched_bytes;
    struct sf_spack_prefixes prefixes; /* that they were built for */
};

/* Adds a package and what it needs, as its signed description says, but nothing that only excluded
 * packages need. Errors: FORMAT (it needs too
 * much), those of sf_buildcache_get_spec(). */
int sf_spack_import_add(struct sf_spack_import *import, const struct sf_spack_identity *identity,
                        struct sf_error *err);

/* Gets and unpacks all of them. Errors: those of sf_buildcache_get_blob() and
 * sf_package_unpack(), FORMAT (a package that has no prefix). */
int sf_spack_import_fetch(struct sf_spack_import *import, struct sf_error *err);

/* Adds all of them to the tree of a release. Errors: those of sf_spack_tree_add(). */
int sf_spack_import_merge(const struct sf_spack_import *import, struct sf_spack_tree *tree,
                          struct sf_error *err);

/* The one of that name; NULL for none. */
const struct sf_spack_identity *sf_spack_import_find(const struct sf_spack_import *import,
                                                     const char *name);

void sf_spack_import_done(struct sf_spack_import *import);

SF_DEFINE_AUTO_STRUCT(spack_import, struct sf_spack_import, sf_spack_import_done)

#endif
