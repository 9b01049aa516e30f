/* Secrets that are given in the environment, and kept from the programs that are started. */
#ifndef SF_BUILDER_REPOSITORY_SECRET_ENVIRONMENT_H
#define SF_BUILDER_REPOSITORY_SECRET_ENVIRONMENT_H

struct sf_error;

/*
 * Moves AWS_SECRET_ACCESS_KEY, AWS_SESSION_TOKEN and RSYNC_PASSWORD out of the environment, also
 * out of what /proc shows of it. Else gpg would have them, and gpg-agent for as long as it lives.
 * Called once by main, before anything is started. Errors: NO_MEMORY.
 */
int sf_secret_environment_take(struct sf_error *err);

/* What one of them was set to, or is; NULL: nothing, or to nothing. Not the caller's. */
const char *sf_secret_environment_get(const char *name);

#endif
