/* Where builds are kept between runs: sources, releases in the making, results of matrices. */
#ifndef SF_BUILDER_STATE_DIR_H
#define SF_BUILDER_STATE_DIR_H

struct sf_error;

/*
 * The absolute path: `option` when it is not NULL, else $XDG_CACHE_HOME/sf-builder, else
 * ~/.cache/sf-builder. Owned by the caller. Errors: USAGE (none of them is set), NO_MEMORY.
 */
int sf_state_dir(const char *option, char **ret, struct sf_error *err);

/* The path as it is from anywhere. Owned by the caller. Errors: NOT_FOUND (relative to a directory
 * that is gone), NO_MEMORY. */
int sf_absolute_path(const char *path, char **ret, struct sf_error *err);

/* Makes and opens the directory `name` in it. Errors: PERMISSION, NO_SPACE, IO. */
int sf_state_dir_open(const char *state, const char *name, int *ret_fd, struct sf_error *err);

#endif
