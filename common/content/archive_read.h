/*
 * Reads an artifact: zstd stream by libzstd (window at most 32 MiB), tar by libarchive with only
 * the tar reader enabled, entries judged by policy before any of their bytes are used.
 */
#ifndef SF_CONTENT_ARCHIVE_READ_H
#define SF_CONTENT_ARCHIVE_READ_H

#include "common/base/cleanup.h"

#include <stddef.h>
#include <stdint.h>

struct sf_archive_reader;
struct sf_block_source;
struct sf_error;

/* One entry; strings are borrowed until the next call. */
struct sf_archive_entry {
    const char *path; /* safe relative */
    int type;         /* enum sf_file_type */
    uint32_t mode; /* permission bits; no setuid, setgid, sticky, nor write for group or others */
    uint64_t size_bytes;
    const char *target; /* links: inside the tree */
};

/* `source` is borrowed until free. */
int sf_archive_reader_open(struct sf_block_source *source, struct sf_archive_reader **ret,
                           struct sf_error *err);

/*
 * The next entry: returns 1, or 0 at the end (which must be the end of the stream: trailing bytes
 * are FORMAT). Errors: FORMAT for what is no tar, a hostile entry (device, hard link, absolute
 * path, …), naming it; the source's errors.
 */
int sf_archive_reader_next(struct sf_archive_reader *reader, struct sf_archive_entry *ret,
                           struct sf_error *err);

/* Data of the current entry in order, at most `size` bytes; `*ret_size` 0 at its end. */
int sf_archive_reader_data(struct sf_archive_reader *reader, void *bytes, size_t size,
                           size_t *ret_size, struct sf_error *err);

void sf_archive_reader_free(struct sf_archive_reader *reader);

SF_DEFINE_AUTO(archive_reader, struct sf_archive_reader *, sf_archive_reader_free)

#endif
