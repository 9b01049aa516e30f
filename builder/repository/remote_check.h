/* A repository as a client sees it, artifact by artifact. */
#ifndef SF_BUILDER_REPOSITORY_REMOTE_CHECK_H
#define SF_BUILDER_REPOSITORY_REMOTE_CHECK_H

#include <stdbool.h>

struct sf_error;
struct sf_fetcher;
struct sf_index_artifact;
struct sf_manifest;

struct sf_remote {
    struct sf_fetcher *fetcher;
    const char *url; /* of the repository's top */
};

/*
 * Gets the artifact's outer manifest and compares it with the index. Errors: INTEGRITY (size or
 * digest differ, or it contradicts the index), FORMAT, REMOTE, NETWORK.
 */
int sf_remote_check_manifest(const struct sf_remote *remote,
                             const struct sf_index_artifact *artifact, struct sf_manifest **ret,
                             struct sf_error *err);

/* Gets the artifact itself and compares every block, and the whole with the index. Errors as
 * above. */
int sf_remote_check_bytes(const struct sf_remote *remote, const struct sf_index_artifact *artifact,
                          const struct sf_manifest *manifest, struct sf_error *err);

#endif
