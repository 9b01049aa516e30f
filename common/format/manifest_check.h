/* The rules that hold between a manifest's fields, apart from how they are written. */
#ifndef SF_FORMAT_MANIFEST_CHECK_H
#define SF_FORMAT_MANIFEST_CHECK_H

struct sf_error;
struct sf_manifest;

/*
 * Paths safe, parents listed as directories, nothing below a link, links inside the tree, modes
 * that only root can write, offsets ascending, apart and inside their file, prefixes that belong
 * to the release, blocks that cover the artifact. Expects files in ascending order, as
 * sf_manifest_parse() ensures. Errors: FORMAT, naming the file; NO_MEMORY.
 */
int sf_manifest_check(const struct sf_manifest *manifest, struct sf_error *err);

#endif
