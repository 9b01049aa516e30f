/* The signatures beside what a release consists of. */
#ifndef SF_BUILDER_PACK_SIGN_RELEASE_H
#define SF_BUILDER_PACK_SIGN_RELEASE_H

struct sf_error;

/* What is appended to an artifact's path for the statement of how it was made. */
#define SF_PROVENANCE_SUFFIX ".intoto.json"

/*
 * Writes detached signatures of the key `signer` over the artifact at `path` below `repository_fd`
 * and over its provenance, when there is one, each beside its file with ".asc" appended. One that
 * is there stays, as each has its own time in it. Errors: NOT_FOUND (no such file, no such key),
 * USAGE, SIGNATURE, NO_SPACE, IO.
 */
int sf_sign_release(int repository_fd, const char *path, const char *signer, struct sf_error *err);

#endif
