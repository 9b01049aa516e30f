/* Private directories of packs within a repository, so that publishing is a rename. */
#ifndef SF_BUILDER_REPOSITORY_WORK_DIR_H
#define SF_BUILDER_REPOSITORY_WORK_DIR_H

struct sf_error;

/*
 * Makes a hidden directory in the repository at `path`, whose fd is `repository_fd`, after removing
 * those of packs that were killed, unless somebody keeps the lock on it. The caller removes it;
 * `*ret_name` is its name, owned by the caller. While `*ret_fd` is open, other packs know it to be
 * in use. Errors: PERMISSION, NO_SPACE, IO, NO_MEMORY.
 */
int sf_work_dir_make(const char *path, int repository_fd, char **ret_name, int *ret_fd,
                     struct sf_error *err);

/* The same for whoever holds the lock on the repository, by flock(2) of whatever descriptor. */
int sf_work_dir_make_held(const char *path, int repository_fd, char **ret_name, int *ret_fd,
                          struct sf_error *err);

/* Only removes those of packs that were killed; the caller holds the lock. Errors: IO. */
int sf_work_dir_sweep(int repository_fd, struct sf_error *err);

#endif
