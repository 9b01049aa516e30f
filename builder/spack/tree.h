/*
 * The tree of a release made of Spack's: of a view, or of packages one by one. What is written is
 * the content of the release's prefix as a 'make install' with its slot would have left it.
 *
 * Lifecycle: zero-initialise, fill, add each source, finish, done.
 */
#ifndef SF_BUILDER_SPACK_TREE_H
#define SF_BUILDER_SPACK_TREE_H

#include "common/base/cleanup.h"
#include "common/base/strlist.h"
#include "common/format/prefix.h"

#include <stdbool.h>

struct sf_error;
struct sf_release;
struct sf_spack_config;
struct sf_spack_prefixes;

struct sf_spack_tree {
    const struct sf_spack_config *config;     /* what is left out; borrowed */
    const struct sf_spack_prefixes *prefixes; /* borrowed */
    char slot[SF_PREFIX_SLOT + 1];
    int fd; /* the release's prefix below the destination; owned */
    struct sf_strlist links;
    bool has_lib64;
};

/* Makes the prefix of `release` below the directory `dir_fd`, as DESTDIR would, and opens it.
 * Errors: USAGE (there is something already), those of sf_prefix_of_release(), IO. */
int sf_spack_tree_open(struct sf_spack_tree *tree, const struct sf_release *release, int dir_fd,
                       struct sf_error *err);

/*
 * Adds what is in `source_fd`. lib64 becomes lib, where programs of a release look for libraries.
 * Errors, naming the file in `name`: INCOMPATIBLE (it is there already with other bytes, a link
 * that leads out, those of sf_spack_prefixes_rewrite()), IO.
 */
int sf_spack_tree_add(struct sf_spack_tree *tree, int source_fd, const char *name,
                      struct sf_error *err);

/* Adds the links that files need and the units of daemons, and removes links that lead nowhere now.
 * Errors: those of sf_spack_units_write(). */
int sf_spack_tree_finish(struct sf_spack_tree *tree, struct sf_error *err);

void sf_spack_tree_done(struct sf_spack_tree *tree);

SF_DEFINE_AUTO_STRUCT(spack_tree, struct sf_spack_tree, sf_spack_tree_done)

#endif
