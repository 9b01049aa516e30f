/* A copy of a configuration directory, without what is secret. */
#ifndef SF_BUILDER_TRIAL_PUBLIC_COPY_H
#define SF_BUILDER_TRIAL_PUBLIC_COPY_H

struct sf_error;

/*
 * Copies the files, links and directories below `from_fd` that everyone may read into the empty
 * directory `to_fd`, at most 64 deep: keys and password files stay where they are. Errors:
 * NO_SPACE, IO.
 */
int sf_public_copy(int from_fd, int to_fd, struct sf_error *err);

#endif
