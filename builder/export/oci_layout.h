/*
 * An OCI image layout: a directory with oci-layout, index.json and blobs/sha256/DIGEST, that holds
 * any number of images.
 *
 * Lifecycle: sf_oci_layout_open(), put blobs, sf_oci_layout_add(), sf_oci_layout_done().
 */
#ifndef SF_BUILDER_EXPORT_OCI_LAYOUT_H
#define SF_BUILDER_EXPORT_OCI_LAYOUT_H

#include "common/base/cleanup.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct json_t;
struct sf_error;

#define SF_OCI_TAG_ANNOTATION "org.opencontainers.image.ref.name"

struct sf_oci_layout {
    int fd;
    int work_fd; /* a directory for what is not finished */
    char *work_name;
};

/* Opens or makes the directory. Errors: USAGE (it holds something else), FORMAT (another version of
 * layout), PERMISSION, NO_SPACE, IO. */
int sf_oci_layout_open(const char *path, struct sf_oci_layout *ret, struct sf_error *err);

/* Gives the finished file `name` of the work directory its place among the blobs. Errors: NO_SPACE,
 * IO. */
int sf_oci_layout_put_file(const struct sf_oci_layout *layout, const char *name, const char *sha256,
                           struct sf_error *err);

/* The same for a text, whose digest it hands out. */
int sf_oci_layout_put_text(const struct sf_oci_layout *layout, const char *text,
                           char sha256[static 65], struct sf_error *err);

/*
 * Lists an image under its tag, instead of another one of that tag. `descriptor` is that of the
 * manifest, with the tag among its annotations; borrowed. Writers take turns, readers see the old
 * or the new list. Errors: FORMAT (index.json is not valid), those of sf_atomic_file_write().
 */
int sf_oci_layout_add(const struct sf_oci_layout *layout, struct json_t *descriptor,
                      bool *ret_changed, struct sf_error *err);

void sf_oci_layout_done(struct sf_oci_layout *layout);

SF_DEFINE_AUTO_STRUCT(oci_layout, struct sf_oci_layout, sf_oci_layout_done)

#endif
