/* A release as an OCI image of one layer: opt/slurm with the release in it, and nothing else. */
#ifndef SF_BUILDER_EXPORT_OCI_IMAGE_H
#define SF_BUILDER_EXPORT_OCI_IMAGE_H

#include "builder/export/tarball.h"

#include <stdbool.h>

struct sf_artifact;
struct sf_error;

struct sf_oci_options {
    const char *directory; /* the layout; made when it is absent */
    const char *tag;
    enum sf_compression compression;
    int level;
};

struct sf_oci_image {
    struct sf_tarball layer;
    char manifest_sha256[65]; /* what registries call the digest of the image */
    bool is_changed;          /* false: the layout held the same image under the same tag */
};

/* The same artifact and options give the same image. Errors: those of sf_oci_layout_open(),
 * sf_artifact_unpack() and sf_tarball_write(). */
int sf_oci_image_write(const struct sf_artifact *artifact, const struct sf_oci_options *options,
                       struct sf_oci_image *ret, struct sf_error *err);

#endif
