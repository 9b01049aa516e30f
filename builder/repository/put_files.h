/* Files of a local directory that are put to a target and read back from there. */
#ifndef SF_BUILDER_REPOSITORY_PUT_FILES_H
#define SF_BUILDER_REPOSITORY_PUT_FILES_H

#include <stdbool.h>

struct sf_error;
struct sf_strlist;
struct sf_target;

/* A release that is to be put; all borrowed. */
struct sf_put_plan {
    const char *artifact;
    const struct sf_strlist *from_paths; /* the files here */
    const struct sf_strlist *paths;      /* the files there */
    bool is_listed;                      /* the index there has it, with the same digests */
};

/*
 * Adds the files of the release that have to be put, in that order. What stands beside an artifact
 * may differ each time it is made (a signature has its time in it): what is there stays. Errors:
 * NO_MEMORY.
 */
int sf_put_files_plan(const struct sf_put_plan *plan, struct sf_strlist *ret_files,
                      struct sf_error *err);

/* Puts `path` below `from_fd` to the same path of the target, gets it from there and compares.
 * Errors: INTEGRITY, those of sf_target_put() and sf_target_get(). */
int sf_put_file(struct sf_target *target, int from_fd, const char *path, struct sf_error *err);

#endif
