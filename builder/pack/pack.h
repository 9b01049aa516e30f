/* The stages of a pack as one: from an installed Slurm to artifact, manifest and descriptions. */
#ifndef SF_BUILDER_PACK_PACK_H
#define SF_BUILDER_PACK_PACK_H

struct sf_build;
struct sf_error;

#define SF_PACK_LEVEL 19

/* Called before each stage. */
typedef void (*sf_pack_progress)(void *context, const char *stage);

/*
 * Fills in what nobody said: the level of zstd when it is 0, the glibc of the release's toolchain
 * (or of the place, when the toolchain is not known), the lowest CPU level; and adds the libraries
 * that every node has by itself. Errors: NOT_FOUND, NO_MEMORY.
 */
int sf_pack_defaults(struct sf_build *build, struct sf_error *err);

/*
 * sf_build_open() and every stage. When it fails, nothing is in the repository that was not there
 * before. `progress` may be NULL. Errors: those of the stages, beginning with the release's id.
 */
int sf_pack_run(struct sf_build *build, sf_pack_progress progress, void *context,
                struct sf_error *err);

#endif
