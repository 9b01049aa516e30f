/* The artifacts that a repository's directory holds. */
#ifndef SF_BUILDER_REPOSITORY_INDEX_SCAN_H
#define SF_BUILDER_REPOSITORY_INDEX_SCAN_H

struct sf_error;
struct sf_repo_index;

/*
 * Adds to `index` an entry for each *.manifest.json below `repository_fd` (hidden directories
 * aside), after checking that it stands where its release belongs and that every block of its
 * artifact is as it says. Errors: FORMAT, INTEGRITY, NOT_FOUND (manifest without artifact), each
 * naming the file; NO_MEMORY, IO.
 */
int sf_index_scan(int repository_fd, struct sf_repo_index *index, struct sf_error *err);

#endif
