/*
 * The spack.yaml of a release: an environment of which Spack makes the tree that is packed.
 *
 * The tree's root is padded, and each package's prefix in it is longer than the slot that a release
 * has for its own (SF_PREFIX_SLOT), so that the one can be written over the other. The view has
 * hard links: Spack then changes nothing in the files, and what they hold is known (tree.h).
 */
#ifndef SF_BUILDER_SPACK_SPACK_YAML_H
#define SF_BUILDER_SPACK_SPACK_YAML_H

struct sf_buffer;
struct sf_error;
struct sf_release;
struct sf_spack_config;

/* Of the root of the tree. */
#define SF_SPACK_PADDED_LENGTH 144

/* Below the base directory of a build. */
#define SF_SPACK_ENVIRONMENT "environment" /* holds spack.yaml */
#define SF_SPACK_INDEXES     "misc-cache"  /* what Spack has found out about its packages */
#define SF_SPACK_TREE        "tree"
#define SF_SPACK_VIEW        "view"

/*
 * Appends the text. `base` is the directory of the build as Spack sees it, absolute. The same input
 * gives the same text. Errors: USAGE (`base` is too long for the padding), FORMAT (the buffer's
 * ceiling), NO_MEMORY.
 */
int sf_spack_yaml_write(const struct sf_spack_config *config, const struct sf_release *release,
                        const char *base, struct sf_buffer *text, struct sf_error *err);

#endif
