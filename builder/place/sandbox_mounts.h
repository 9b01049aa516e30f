/* What a sandbox's file system is made of. Called once, in the sandbox's first process. */
#ifndef SF_BUILDER_PLACE_SANDBOX_MOUNTS_H
#define SF_BUILDER_PLACE_SANDBOX_MOUNTS_H

struct sf_error;
struct sf_sandbox;

/*
 * In a mount namespace of its own: makes the sandbox's tree of mounts, makes it /, and lets go of
 * the old one. Errors: PERMISSION, NOT_FOUND, IO.
 */
int sf_sandbox_make_root(const struct sf_sandbox *sandbox, struct sf_error *err);

#endif
