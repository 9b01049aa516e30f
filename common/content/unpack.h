/*
 * From verified stream to finished tree: every entry is in the manifest, every file has the
 * manifest's digest, is relocated on its way and written once beneath the staging directory.
 */
#ifndef SF_CONTENT_UNPACK_H
#define SF_CONTENT_UNPACK_H

#include "common/format/manifest.h"

#include <stdint.h>

struct sf_block_source;
struct sf_error;

struct sf_unpack {
    struct sf_block_source *source;
    const struct sf_manifest *manifest; /* what the inner one must equal; NULL: the inner one is
                                           trusted (verified file) */
    int stage_fd;                       /* an empty directory of ours */
    const char *node_prefix;            /* clean prefix on the node */
    void (*progress)(uint64_t bytes);   /* written bytes; may be NULL */
};

/*
 * Unpacks all of it, and writes the manifest itself as meta/manifest.json. Data is on its way to
 * the disk when it returns (sync_file_range), not yet durable. Errors: INTEGRITY (digest, missing,
 * extra or other entry, inner manifest differs), FORMAT, NO_SPACE, IO, the source's.
 */
int sf_unpack_run(const struct sf_unpack *unpack, struct sf_error *err);

/*
 * Reads only the inner manifest, the first member, of a source. The source is used up; open another
 * to unpack.
 */
int sf_unpack_read_manifest(struct sf_block_source *source, struct sf_manifest **ret,
                            struct sf_error *err);

#endif
