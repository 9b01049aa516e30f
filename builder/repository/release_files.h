/* The files of a release in a repository: artifact, manifest, and what stands beside them. */
#ifndef SF_BUILDER_REPOSITORY_RELEASE_FILES_H
#define SF_BUILDER_REPOSITORY_RELEASE_FILES_H

#include <stdbool.h>

struct sf_error;
struct sf_strlist;

/*
 * True when the file at `path` is one of the release whose artifact is at `artifact`: the artifact,
 * what has its name and an ending (.asc, .manifest.json, .spdx.json …), and the same of its -debug
 * sibling.
 */
bool sf_release_files_has(const char *artifact, const char *path);

/*
 * Those of `paths`, in the order in which they are put: the artifact, which is compared when it is
 * there already, what stands beside it, and last the manifest, for an index is made of what has
 * one. Errors: NO_MEMORY.
 */
int sf_release_files_pick(const char *artifact, const struct sf_strlist *paths,
                          struct sf_strlist *ret_files, struct sf_error *err);

#endif
