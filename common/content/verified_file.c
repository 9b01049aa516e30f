/* A file that was read once, with the digest of each block as it was read. */
#include "common/content/verified_file.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>

#include "common/base/error.h"
#include "common/base/str.h"
#include "common/format/manifest.h"
#include "common/host/digest.h"

int sf_file_reading_start(struct sf_file_reading *reading, int unverified_fd, struct sf_error *err)
{
    struct stat status;

    if (fstat(unverified_fd, &status) < 0) {
        return sf_error_errno(err, errno, "examine the file");
    }
    if (!S_ISREG(status.st_mode)) {
        return sf_error_set(err, SF_E_FORMAT, "not a regular file");
    }
    reading->fd = unverified_fd;
    reading->file.fd = -1;
    reading->file.block_size_bytes = SF_MANIFEST_BLOCK_SIZE;
    int r = sf_digest_new(&reading->whole, err);

    if (r < 0) {
        return r;
    }
    return sf_digest_new(&reading->block, err);
}

static int end_block(struct sf_file_reading *reading, struct sf_error *err)
{
    struct sf_verified_file *file = &reading->file;

    if (file->block_count == reading->block_capacity) {
        size_t capacity = reading->block_capacity == 0 ? 64 : reading->block_capacity * 2;
        void *blocks = reallocarray(file->blocks, capacity, sizeof *file->blocks);

        if (blocks == NULL) {
            return sf_error_no_memory(err);
        }
        file->blocks = blocks;
        reading->block_capacity = capacity;
    }
    int r = sf_digest_finish(reading->block, file->blocks[file->block_count], err);

    if (r == 0) {
        file->block_count++;
    }
    return r;
}

static int digest_bytes(struct sf_file_reading *reading, const char *bytes, size_t size,
                        struct sf_error *err)
{
    uint64_t block_size = reading->file.block_size_bytes;

    sf_digest_update(reading->whole, bytes, size);
    while (size > 0) {
        uint64_t room = block_size - reading->position % block_size;
        size_t part = size < room ? size : (size_t)room;

        sf_digest_update(reading->block, bytes, part);
        reading->position += part;
        bytes += part;
        size -= part;
        if (part == room) {
            int r = end_block(reading, err);

            if (r < 0) {
                return r;
            }
        }
    }
    return 0;
}

int sf_file_reading_next(struct sf_file_reading *reading, void *bytes, size_t size,
                         size_t *ret_size, struct sf_error *err)
{
    ssize_t n;

    do {
        n = pread(reading->fd, bytes, size, (off_t)reading->position);
    } while (n < 0 && errno == EINTR);
    if (n < 0) {
        return sf_error_errno(err, errno, "read at byte %llu",
                              (unsigned long long)reading->position);
    }
    int r = digest_bytes(reading, bytes, (size_t)n, err);

    if (r < 0) {
        return r;
    }
    *ret_size = (size_t)n;
    return 0;
}

int sf_file_reading_finish(struct sf_file_reading *reading, struct sf_verified_file *ret,
                           struct sf_error *err)
{
    struct sf_verified_file *file = &reading->file;
    struct stat status;
    int r = 0;

    if (fstat(reading->fd, &status) < 0) {
        return sf_error_errno(err, errno, "examine the file");
    }
    if ((uint64_t)status.st_size != reading->position) {
        return sf_error_set(err, SF_E_INTEGRITY, "%llu of %llu bytes were read",
                            (unsigned long long)reading->position,
                            (unsigned long long)status.st_size);
    }
    if (reading->position % file->block_size_bytes != 0) {
        r = end_block(reading, err);
    }
    if (r == 0) {
        r = sf_digest_finish(reading->whole, file->sha256, err);
    }
    if (r < 0) {
        return r;
    }
    file->size_bytes = reading->position;
    *ret = *file;
    *file = (struct sf_verified_file){.fd = -1};
    return 0;
}

void sf_file_reading_done(struct sf_file_reading *reading)
{
    sf_digest_free(reading->whole);
    sf_digest_free(reading->block);
    free(reading->file.blocks);
    *reading = (struct sf_file_reading){.fd = -1, .file.fd = -1};
}

int sf_verified_file_by_digest(int unverified_fd, const char *sha256, struct sf_verified_file *ret,
                               struct sf_error *err)
{
    sf_auto(file_reading) struct sf_file_reading reading = {.fd = -1, .file.fd = -1};
    sf_auto(verified_file) struct sf_verified_file file = {.fd = -1};
    char chunk[8192];
    size_t size = 0;
    int r = sf_file_reading_start(&reading, unverified_fd, err);

    if (r < 0) {
        return r;
    }
    do {
        r = sf_file_reading_next(&reading, chunk, sizeof chunk, &size, err);
    } while (r == 0 && size > 0);
    if (r == 0) {
        r = sf_file_reading_finish(&reading, &file, err);
    }
    if (r < 0) {
        return r;
    }
    if (!sf_str_is_equal(file.sha256, sha256)) {
        return sf_error_set(err, SF_E_INTEGRITY, "its sha256 is %s, expected %s", file.sha256,
                            sha256);
    }
    *ret = file;
    ret->fd = unverified_fd;
    file = (struct sf_verified_file){.fd = -1};
    return 0;
}

void sf_verified_file_done(struct sf_verified_file *file)
{
    sf_cleanup_close(&file->fd);
    free(file->blocks);
    *file = (struct sf_verified_file){.fd = -1};
}
