/* The stages of a pack as one: from an installed Slurm to artifact, manifest and descriptions. */
#ifndef SF_BUILDER_PACK_PACK_H
#define SF_BUILDER_PACK_PACK_H

struct sf_build;
struct sf_error;

/* Called before each stage. */
typedef void (*sf_pack_progress)(void *context, const char *stage);

/*
 * sf_build_open() and every stage. When it fails, nothing is in the repository that was not there
 * before. `progress` may be NULL. Errors: those of the stages, beginning with the release's id.
 */
int sf_pack_run(struct sf_build *build, sf_pack_progress progress, void *context,
                struct sf_error *err);

#endif
