/* A container image as a root directory to build in: exported once, by podman or docker. */
#ifndef SF_BUILDER_PLACE_IMAGE_H
#define SF_BUILDER_PLACE_IMAGE_H

struct sf_error;

/*
 * The root directory of the image "NAME@sha256:DIGEST", in roots/DIGEST of the state directory;
 * pulled and unpacked there unless it is there already. Nothing of the image is run. `*ret_root` is
 * absolute and owned by the caller. Errors: USAGE (not pinned by digest, with the way out),
 * NOT_FOUND (no engine), UNHEALTHY (the engine's last words), BUSY, NO_SPACE, IO.
 */
int sf_image_open(const char *state, const char *image, char **ret_root, struct sf_error *err);

#endif
