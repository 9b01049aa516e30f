/* What went wrong, by what rsync(1) and ssh(1) have said. */
#ifndef SF_BUILDER_REPOSITORY_RSYNC_VERDICT_H
#define SF_BUILDER_REPOSITORY_RSYNC_VERDICT_H

#include <stdbool.h>

struct sf_error;

/* True when all that failed was that a source file, or the directory it is in, is not there. */
bool sf_rsync_is_absent(int status, const char *output);

/*
 * Sets `err` for a run that ended with `status`, not 0, and printed `output`; with the way out
 * where there is one, and the line that says why. Returns -code: NETWORK, PERMISSION, NO_SPACE,
 * NOT_FOUND (a program is missing), SIGNATURE (the host's key is another), INTERRUPTED, REMOTE.
 */
int sf_rsync_judge(int status, const char *output, struct sf_error *err);

#endif
