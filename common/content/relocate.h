/*
 * Relocation by table: a recorded slot of a file (SF_PREFIX_SLOT bytes of padded build prefix) gets
 * the node's prefix padded to the same length, while the bytes are on their way to the disk.
 * Nothing grows or moves; the reverse gives back the shipped bytes.
 */
#ifndef SF_CONTENT_RELOCATE_H
#define SF_CONTENT_RELOCATE_H

#include "common/format/manifest.h"

#include <stddef.h>
#include <stdint.h>

struct sf_error;

/* Ceilings of a rendered file: as shipped, and with a longer prefix on a node. */
#define SF_RELOCATE_MAX_RENDERED         (1UL << 20)
#define SF_RELOCATE_MAX_RENDERED_ON_NODE (4UL << 20)

/*
 * Overwrites in `bytes`, which stand at `start` of the file, those parts of the file's slots that
 * lie within. A slot may begin in one buffer and end in the next.
 */
void sf_relocate_buffer(const struct sf_manifest_file *file, const char *slot, uint64_t start,
                        unsigned char *bytes, size_t size);

/* The text of a rendered file (unit, modulefile): `from` replaced by `to`. Owned by the caller. */
int sf_relocate_render(const char *text, size_t size, const char *from, const char *to,
                       char **ret_text, size_t *ret_size, struct sf_error *err);

/*
 * Finds the slots of `build_prefix` (padded) in the regular file at `fd`: ascending offsets, owned
 * by the caller. An occurrence of the clean prefix that is not a whole padded slot is refused:
 * FORMAT, naming the offset and what stands there.
 */
int sf_relocate_scan(int fd, const char *build_prefix, const char *clean_prefix,
                     uint64_t **ret_offsets, size_t *ret_count, struct sf_error *err);

/*
 * The digest that the file at `fd` would have as shipped: slots put back to the build prefix,
 * rendering undone. INTEGRITY when a slot does not hold `slot` (the node's padded prefix).
 */
int sf_relocate_shipped_digest(int fd, const struct sf_manifest *manifest,
                               const struct sf_manifest_file *file, const char *node_prefix,
                               char hex[static 65], struct sf_error *err);

#endif
