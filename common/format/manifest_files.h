/* Reading a manifest's `files` and `relocations`; sf_manifest_parse() calls it. */
#ifndef SF_FORMAT_MANIFEST_FILES_H
#define SF_FORMAT_MANIFEST_FILES_H

struct json_t;
struct sf_error;
struct sf_manifest;

/*
 * Fills files, offset_pool and tree_bytes. On failure what was read is left for sf_manifest_free().
 * Errors: FORMAT, naming the file; NO_MEMORY.
 */
int sf_manifest_files_read(const struct json_t *document, struct sf_manifest *manifest,
                           struct sf_error *err);

#endif
