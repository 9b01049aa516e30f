/* Bytes in a file without a name, and the block source that reads them as verified. */
#ifndef SF_TESTS_UNIT_CONTENT_STREAM_H
#define SF_TESTS_UNIT_CONTENT_STREAM_H

#include "tests/unit/sf_test.h"

#include "common/content/block_source.h"
#include "common/content/verified_file.h"
#include "common/content/zstd_encoder.h"
#include "common/host/digest.h"

struct stream {
    struct sf_verified_file file;
    struct sf_block_source *source;
};

static inline int stream_new_file(void)
{
    int fd = open("/tmp", O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);

    assert_true(fd >= 0);
    return fd;
}

/* Reads the file at `fd`, which is taken. */
static inline void stream_open(struct stream *stream, int fd)
{
    char hex[SF_DIGEST_HEX];
    uint64_t size = 0;
    struct sf_error err = {0};

    *stream = (struct stream){.file.fd = -1};
    assert_sf_ok(sf_digest_fd(fd, hex, &size, &err), &err);
    assert_sf_ok(sf_verified_file_by_digest(fd, hex, &stream->file, &err), &err);
    assert_sf_ok(sf_block_source_open_file(&stream->file, &stream->source, &err), &err);
}

static inline void stream_open_bytes(struct stream *stream, const void *bytes, size_t size)
{
    int fd = stream_new_file();

    assert_int_equal(write(fd, bytes, size), size);
    stream_open(stream, fd);
}

/* The bytes as one zstd frame. */
static inline void stream_open_compressed(struct stream *stream, const void *bytes, size_t size)
{
    int fd = stream_new_file();
    sf_auto(zstd_encoder) struct sf_zstd_encoder *encoder = NULL;
    sf_autofree char(*blocks)[65] = NULL;
    uint64_t written = 0;
    size_t count = 0;
    char sha256[65];
    struct sf_error err = {0};

    assert_sf_ok(sf_zstd_encoder_open(fd, 1, &encoder, &err), &err);
    assert_sf_ok(sf_zstd_encoder_write(encoder, bytes, size, &err), &err);
    assert_sf_ok(sf_zstd_encoder_finish(encoder, &written, &blocks, &count, sha256, &err), &err);
    stream_open(stream, fd);
}

static inline void stream_done(struct stream *stream)
{
    sf_block_source_free(stream->source);
    sf_verified_file_done(&stream->file);
}

SF_DEFINE_AUTO_STRUCT(stream, struct stream, stream_done)

#endif
