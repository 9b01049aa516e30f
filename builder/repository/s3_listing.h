/* A page of what is in a bucket, as ListObjectsV2 tells it. */
#ifndef SF_BUILDER_REPOSITORY_S3_LISTING_H
#define SF_BUILDER_REPOSITORY_S3_LISTING_H

struct sf_error;
struct sf_strlist;

/*
 * Adds to `paths` the keys of the page that are files of a repository below `prefix` ("" or a
 * path), without that prefix: not what is hidden, nor what no path can be. `*ret_last` is the last
 * key of all, when there are more pages; NULL when this is the last. Owned by the caller. Errors:
 * REMOTE (no listing), NO_MEMORY.
 */
int sf_s3_listing_read(const char *unverified_text, const char *prefix, struct sf_strlist *paths,
                       char **ret_last, struct sf_error *err);

#endif
