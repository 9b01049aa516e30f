/*
 * A file whose bytes were verified: its open fd, and the digest of each block as it was verified.
 * A later reader that checks blocks uses what was verified even if the file changes (threat 46).
 */
#ifndef SF_CONTENT_VERIFIED_FILE_H
#define SF_CONTENT_VERIFIED_FILE_H

#include "common/base/cleanup.h"

#include <stddef.h>
#include <stdint.h>

struct sf_digest;
struct sf_error;

struct sf_signer {
    char fingerprint[65]; /* of the primary key */
    int64_t made_s;
};

struct sf_verified_file {
    int fd; /* owned */
    uint64_t size_bytes;
    uint64_t block_size_bytes;
    char (*blocks)[65];
    size_t block_count;
    char sha256[65];
    struct sf_signer signer; /* fingerprint "" when an index vouched for the digest */
};

/* A file while it is read once, from position 0 on, and digested. Zero-initialise, start, read
 * until 0, finish, done. */
struct sf_file_reading {
    int fd; /* borrowed */
    uint64_t position;
    uint64_t block_capacity;
    struct sf_digest *whole;
    struct sf_digest *block;
    struct sf_verified_file file; /* fd -1 until it is finished */
};

/* `unverified_fd` must be a regular file, borrowed until done. Errors: FORMAT, IO, NO_MEMORY. */
int sf_file_reading_start(struct sf_file_reading *reading, int unverified_fd, struct sf_error *err);

/* The next bytes, with pread; `*ret_size` 0 at the end. Errors: IO, NO_MEMORY, INTERNAL. */
int sf_file_reading_next(struct sf_file_reading *reading, void *bytes, size_t size,
                         size_t *ret_size, struct sf_error *err);

/*
 * Ends a reading that reached the end of the file: the result without fd and signer. Errors:
 * INTEGRITY when the file has another size than what was read.
 */
int sf_file_reading_finish(struct sf_file_reading *reading, struct sf_verified_file *ret,
                           struct sf_error *err);

void sf_file_reading_done(struct sf_file_reading *reading);

SF_DEFINE_AUTO_STRUCT(file_reading, struct sf_file_reading, sf_file_reading_done)

/*
 * A file whose sha256 a verified index names; the fd is taken on success. Errors: INTEGRITY when
 * the file has another digest, FORMAT (not a regular file), IO.
 */
int sf_verified_file_by_digest(int unverified_fd, const char *sha256, struct sf_verified_file *ret,
                               struct sf_error *err);

void sf_verified_file_done(struct sf_verified_file *file);

SF_DEFINE_AUTO_STRUCT(verified_file, struct sf_verified_file, sf_verified_file_done)

#endif
