/* Files that appear in a repository whole, and whose names never get other bytes. */
#ifndef SF_BUILDER_REPOSITORY_PUBLISH_H
#define SF_BUILDER_REPOSITORY_PUBLISH_H

struct sf_error;

/* What is appended to an artifact's path for the manifest beside it. */
#define SF_PUBLISH_MANIFEST_SUFFIX ".manifest.json"

/*
 * Moves `name` of `work_fd` to `path` below `repository_fd` (same file system) after syncing it.
 * When `path` exists with the same bytes that is success too. Errors: USAGE (it exists with other
 * bytes: the build number has to be raised), NO_SPACE, IO.
 */
int sf_publish_file(int work_fd, const char *name, int repository_fd, const char *path,
                    struct sf_error *err);

#endif
