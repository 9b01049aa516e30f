/*
 * Artifacts: what the reader hands out can be made beneath a directory without looking at it again.
 * The first byte of the input says what follows: 'z' the zstd stream itself, anything else a tar,
 * which is compressed first.
 */
#include "tests/fuzz/fuzz_target.h"

#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "common/base/cleanup.h"
#include "common/base/error.h"
#include "common/base/path.h"
#include "common/content/archive_read.h"
#include "common/content/block_source.h"
#include "common/content/verified_file.h"
#include "common/content/zstd_encoder.h"
#include "common/format/manifest.h"
#include "common/host/digest.h"

static void compress(int fd, const uint8_t *bytes, size_t size)
{
    sf_auto(zstd_encoder) struct sf_zstd_encoder *encoder = NULL;
    sf_autofree char(*blocks)[65] = NULL;
    char sha256[65];
    uint64_t written = 0;
    size_t count = 0;
    struct sf_error err = {0};

    fuzz_require(sf_zstd_encoder_open(fd, 1, &encoder, &err) == 0);
    fuzz_require(sf_zstd_encoder_write(encoder, bytes, size, &err) == 0);
    fuzz_require(sf_zstd_encoder_finish(encoder, &written, &blocks, &count, sha256, &err) == 0);
}

static void require_entry(const struct sf_archive_entry *entry)
{
    fuzz_require(sf_path_is_safe_relative(entry->path));
    fuzz_require((entry->mode & ~0755U) == 0);
    switch (entry->type) {
    case SF_FILE_REGULAR:
        fuzz_require(entry->size_bytes <= SF_MANIFEST_MAX_FILE);
        break;
    case SF_FILE_DIRECTORY:
        break;
    case SF_FILE_LINK:
        fuzz_require(sf_path_link_is_inside(entry->path, entry->target));
        break;
    default:
        fuzz_require(0);
    }
}

/* Reads all of it; the data of a file is never more than its size. */
static void read_entries(struct sf_block_source *source)
{
    sf_auto(archive_reader) struct sf_archive_reader *reader = NULL;
    struct sf_archive_entry entry;
    char data[4096];
    struct sf_error err = {0};
    int r = sf_archive_reader_open(source, &reader, &err);

    while (r >= 0 && (r = sf_archive_reader_next(reader, &entry, &err)) > 0) {
        uint64_t left = entry.size_bytes;
        size_t size = 0;

        require_entry(&entry);
        do {
            r = sf_archive_reader_data(reader, data, sizeof data, &size, &err);
            fuzz_require(r < 0 || size <= left);
            left -= r < 0 ? 0 : size;
        } while (r == 0 && size > 0);
    }
    fuzz_require(r == 0 || (err.code == SF_E_FORMAT && err.message[0] != '\0'));
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    sf_auto(verified_file) struct sf_verified_file file = {.fd = -1};
    sf_auto(block_source) struct sf_block_source *source = NULL;
    char sha256[SF_DIGEST_HEX];
    uint64_t length = 0;
    struct sf_error err = {0};
    int fd = memfd_create("artifact", MFD_CLOEXEC);

    fuzz_require(fd >= 0);
    if (size > 0 && bytes[0] == 'z') {
        fuzz_require(write(fd, bytes + 1, size - 1) == (ssize_t)(size - 1));
    } else {
        compress(fd, bytes + (size > 0), size - (size > 0));
    }
    fuzz_require(sf_digest_fd(fd, sha256, &length, &err) == 0);
    fuzz_require(sf_verified_file_by_digest(fd, sha256, &file, &err) == 0);
    fuzz_require(sf_block_source_open_file(&file, &source, &err) == 0);
    read_entries(source);
    return 0;
}
