/*
 * An artifact of a local repository, read for an export: the file whose blocks are those of the
 * manifest beside it.
 *
 * Lifecycle: sf_artifact_open(), read the fields, sf_artifact_unpack(), sf_artifact_free().
 */
#ifndef SF_BUILDER_EXPORT_ARTIFACT_H
#define SF_BUILDER_EXPORT_ARTIFACT_H

#include "common/base/cleanup.h"
#include "common/content/verified_file.h"
#include "common/format/release.h"

#include <stdint.h>

struct sf_error;
struct sf_manifest;

struct sf_artifact {
    char id[SF_RELEASE_ID_SIZE];
    struct sf_manifest *manifest; /* the copy beside the artifact */
    struct sf_verified_file file;
    int64_t epoch_s; /* the time of every file in it */
};

/* Errors: NOT_FOUND (artifact or manifest), FORMAT, INTEGRITY (a block is not the manifest's), IO.
 */
int sf_artifact_open(const char *path, struct sf_artifact **ret, struct sf_error *err);

/* Unpacks meta/ and view/ into an empty directory, for a view that will be at `prefix`. Errors:
 * those of sf_unpack_run(). */
int sf_artifact_unpack(const struct sf_artifact *artifact, int dir_fd, const char *prefix,
                       struct sf_error *err);

void sf_artifact_free(struct sf_artifact *artifact);

SF_DEFINE_AUTO(artifact, struct sf_artifact *, sf_artifact_free)

#endif
