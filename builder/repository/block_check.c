/* Compares the bytes of an artifact with the digests of its blocks. */
#include "builder/repository/block_check.h"

#include <errno.h>
#include <inttypes.h>
#include <stdint.h>
#include <string.h>

#include "common/base/error.h"
#include "common/format/manifest.h"
#include "common/host/digest.h"

#define CHUNK_BYTES 65536

struct sf_block_check {
    const struct sf_manifest *manifest;
    struct sf_digest *block;
    struct sf_digest *whole;
    uint64_t position;
};

int sf_block_check_new(const struct sf_manifest *manifest, struct sf_block_check **ret,
                       struct sf_error *err)
{
    sf_auto(block_check) struct sf_block_check *check = calloc(1, sizeof *check);

    if (check == NULL) {
        return sf_error_no_memory(err);
    }
    check->manifest = manifest;

    int r = sf_digest_new(&check->block, err);

    if (r < 0) {
        return r;
    }

    r = sf_digest_new(&check->whole, err);
    if (r < 0) {
        return r;
    }
    *ret = sf_steal(&check);
    return 0;
}

/* The block that ends at the position. */
static int end_block(struct sf_block_check *check, struct sf_error *err)
{
    const struct sf_manifest *manifest = check->manifest;
    uint64_t number = (check->position - 1) / manifest->block_size_bytes;
    char hex[SF_DIGEST_HEX];
    int r = sf_digest_finish(check->block, hex, err);

    if (r < 0) {
        return r;
    }
    if (number >= manifest->block_count || strcmp(hex, manifest->blocks[number]) != 0) {
        return sf_error_set(err, SF_E_INTEGRITY, "block %" PRIu64 " is not the manifest's", number);
    }
    return 0;
}

int sf_block_check_feed(struct sf_block_check *check, const void *bytes, size_t size,
                        struct sf_error *err)
{
    const struct sf_manifest *manifest = check->manifest;
    const char *next = bytes;

    if (size > manifest->artifact_size_bytes - check->position) {
        return sf_error_set(err, SF_E_INTEGRITY,
                            "longer than the %" PRIu64 " bytes of the manifest",
                            manifest->artifact_size_bytes);
    }
    sf_digest_update(check->whole, bytes, size);
    while (size > 0) {
        uint64_t room = manifest->block_size_bytes - check->position % manifest->block_size_bytes;
        size_t part = size < room ? size : (size_t)room;

        sf_digest_update(check->block, next, part);
        check->position += part;
        next += part;
        size -= part;
        if (part == room && end_block(check, err) < 0) {
            return -(int)err->code;
        }
    }
    return 0;
}

int sf_block_check_finish(struct sf_block_check *check, char sha256[static 65],
                          struct sf_error *err)
{
    const struct sf_manifest *manifest = check->manifest;

    if (check->position != manifest->artifact_size_bytes) {
        return sf_error_set(err, SF_E_INTEGRITY,
                            "ends after %" PRIu64 " of the %" PRIu64 " bytes of the manifest",
                            check->position, manifest->artifact_size_bytes);
    }
    if (check->position % manifest->block_size_bytes != 0 && end_block(check, err) < 0) {
        return -(int)err->code;
    }
    return sf_digest_finish(check->whole, sha256, err);
}

void sf_block_check_free(struct sf_block_check *check)
{
    if (check == NULL) {
        return;
    }
    sf_digest_free(check->block);
    sf_digest_free(check->whole);
    free(check);
}

int sf_block_check_file(int fd, const struct sf_manifest *manifest, char sha256[static 65],
                        struct sf_error *err)
{
    sf_auto(block_check) struct sf_block_check *check = NULL;
    sf_autofree char *chunk = malloc(CHUNK_BYTES);
    int r = chunk == NULL ? sf_error_no_memory(err) : sf_block_check_new(manifest, &check, err);
    ssize_t got = 1;

    while (r == 0 && got != 0) {
        got = read(fd, chunk, CHUNK_BYTES);
        if (got > 0) {
            r = sf_block_check_feed(check, chunk, (size_t)got, err);
        } else if (got < 0 && errno != EINTR) {
            r = sf_error_errno(err, errno, "read");
        }
    }
    return r < 0 ? r : sf_block_check_finish(check, sha256, err);
}
