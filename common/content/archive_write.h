/* Writes an artifact: deterministic tar (root:root, given times, no extra attributes) in one zstd
 * stream. */
#ifndef SF_CONTENT_ARCHIVE_WRITE_H
#define SF_CONTENT_ARCHIVE_WRITE_H

#include "common/base/cleanup.h"
#include "common/format/manifest.h"

#include <stddef.h>
#include <stdint.h>

struct sf_archive_writer;
struct sf_error;

/* Takes the bytes of a tar as they are made. */
typedef int (*sf_archive_sink)(void *context, const void *bytes, size_t size, struct sf_error *err);

/* Writes to `fd` (borrowed until free) at zstd `level` 1-22, one thread, window at most 32 MiB;
 * every mtime is `mtime_s`. */
int sf_archive_writer_open(int fd, int level, int64_t mtime_s, struct sf_archive_writer **ret,
                           struct sf_error *err);

/* The tar alone, handed to `sink`, for other places than an artifact; it ends with
 * sf_archive_writer_end(). */
int sf_archive_writer_open_sink(sf_archive_sink sink, void *context, int64_t mtime_s,
                                struct sf_archive_writer **ret, struct sf_error *err);

/* An entry from memory. */
int sf_archive_writer_add_bytes(struct sf_archive_writer *writer, const char *path, uint32_t mode,
                                const void *bytes, size_t size, struct sf_error *err);

/* An entry from the tree at `tree_fd`, described by its manifest entry. Errors: INTEGRITY when the
 * file's size is not the entry's. */
int sf_archive_writer_add_file(struct sf_archive_writer *writer, int tree_fd,
                               const struct sf_manifest_file *file, struct sf_error *err);

/* Ends the tar. Errors: the sink's. */
int sf_archive_writer_end(struct sf_archive_writer *writer, struct sf_error *err);

/* Ends tar and zstd stream, and hands out the digests of the blocks (owned by the caller, free with
 * free). */
int sf_archive_writer_finish(struct sf_archive_writer *writer, uint64_t *ret_size_bytes,
                             char (**ret_blocks)[65], size_t *ret_block_count,
                             char sha256[static 65], struct sf_error *err);

void sf_archive_writer_free(struct sf_archive_writer *writer);

SF_DEFINE_AUTO(archive_writer, struct sf_archive_writer *, sf_archive_writer_free)

#endif
