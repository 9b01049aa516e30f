/* Where in S3: a bucket, a prefix in it, and the URLs of what is there. */
#ifndef SF_BUILDER_REPOSITORY_S3_PLACE_H
#define SF_BUILDER_REPOSITORY_S3_PLACE_H

#include "common/base/cleanup.h"

struct sf_error;
struct sf_s3_settings;

struct sf_s3_place {
    char *bucket;
    char *prefix; /* "" or a path without slashes at its ends */
    char *base;   /* the bucket's URL, without a slash at its end */
};

/*
 * From "s3://bucket" or "s3://bucket/prefix". Amazon's buckets have a host of their own, unless a
 * dot in the name keeps the certificate from fitting; behind an endpoint the bucket is the path's
 * first part. `place` is empty before. Errors: USAGE (no such form), CONFIG (the endpoint is no
 * URL), NO_MEMORY.
 */
int sf_s3_place_read(struct sf_s3_place *place, const char *where,
                     const struct sf_s3_settings *settings, struct sf_error *err);

/* The URL of the object at `path` below the prefix, percent-encoded as SigV4 wants it: all but
 * letters, digits and "-._~/". NULL when out of memory. Owned by the caller. */
char *sf_s3_place_url(const struct sf_s3_place *place, const char *path);

/* `text` percent-encoded; also slashes unless they are to stay. NULL when out of memory. Owned by
 * the caller. */
char *sf_s3_place_encode(const char *text, const char *kept);

void sf_s3_place_done(struct sf_s3_place *place);

SF_DEFINE_AUTO_STRUCT(s3_place, struct sf_s3_place, sf_s3_place_done)

#endif
