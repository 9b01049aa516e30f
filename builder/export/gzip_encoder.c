/* A gzip stream made by libarchive, which needs zlib anyway, as an archive of the format "raw". */
#include "builder/export/gzip_encoder.h"

#include <archive.h>
#include <archive_entry.h>
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <unistd.h>

#include "common/base/error.h"
#include "common/host/digest.h"

struct sf_gzip_encoder {
    int fd;
    struct archive *raw;
    struct sf_digest *digest;
    uint64_t size_bytes;
    int write_errno; /* why `put` failed */
    bool is_given_up;
};

static la_ssize_t put(struct archive *raw, void *context, const void *bytes, size_t size)
{
    struct sf_gzip_encoder *encoder = context;
    const unsigned char *next = bytes;
    size_t left = encoder->is_given_up ? 0 : size;

    while (left > 0) {
        ssize_t n = write(encoder->fd, next, left);

        if (n < 0 && errno != EINTR) {
            encoder->write_errno = errno;
            archive_set_error(raw, errno, "%s", "the write below failed");
            return -1;
        }
        if (n > 0) {
            sf_digest_update(encoder->digest, next, (size_t)n);
            encoder->size_bytes += (uint64_t)n;
            next += n;
            left -= (size_t)n;
        }
    }
    return (la_ssize_t)size;
}

static int fail(const struct sf_gzip_encoder *encoder, struct sf_error *err)
{
    const char *text = archive_error_string(encoder->raw);

    if (encoder->write_errno != 0) {
        return sf_error_errno(err, encoder->write_errno, "write the archive");
    }
    return sf_error_set(err, SF_E_INTERNAL, "gzip: %s", text == NULL ? "unknown error" : text);
}

/* One entry of the format "raw" is the stream. */
static int open_raw(struct sf_gzip_encoder *encoder, int level, struct sf_error *err)
{
    struct archive *raw = encoder->raw;
    struct archive_entry *entry = archive_entry_new();
    char text[16];

    if (entry == NULL) {
        return sf_error_no_memory(err);
    }
    archive_entry_set_pathname(entry, "data");
    archive_entry_set_filetype(entry, AE_IFREG);
    (void)snprintf(text, sizeof text, "%d", level);

    bool is_open =
        archive_write_set_format_raw(raw) == ARCHIVE_OK &&
        archive_write_add_filter_gzip(raw) == ARCHIVE_OK &&
        archive_write_set_filter_option(raw, "gzip", "compression-level", text) == ARCHIVE_OK &&
        archive_write_set_filter_option(raw, "gzip", "timestamp", NULL) == ARCHIVE_OK &&
        archive_write_set_bytes_in_last_block(raw, 1) == ARCHIVE_OK &&
        archive_write_open(raw, encoder, NULL, put, NULL) == ARCHIVE_OK &&
        archive_write_header(raw, entry) == ARCHIVE_OK;

    archive_entry_free(entry);
    return is_open ? 0 : fail(encoder, err);
}

int sf_gzip_encoder_open(int fd, int level, struct sf_gzip_encoder **ret, struct sf_error *err)
{
    sf_auto(gzip_encoder) struct sf_gzip_encoder *encoder = calloc(1, sizeof *encoder);

    if (encoder == NULL) {
        return sf_error_no_memory(err);
    }
    encoder->fd = fd;
    encoder->raw = archive_write_new();
    if (encoder->raw == NULL) {
        return sf_error_no_memory(err);
    }

    int r = sf_digest_new(&encoder->digest, err);

    if (r < 0) {
        return r;
    }

    r = open_raw(encoder, level, err);
    if (r < 0) {
        return r;
    }
    *ret = sf_steal(&encoder);
    return 0;
}

int sf_gzip_encoder_write(struct sf_gzip_encoder *encoder, const void *bytes, size_t size,
                          struct sf_error *err)
{
    if (size > 0 && archive_write_data(encoder->raw, bytes, size) != (la_ssize_t)size) {
        return fail(encoder, err);
    }
    return 0;
}

int sf_gzip_encoder_finish(struct sf_gzip_encoder *encoder, uint64_t *ret_size_bytes,
                           char sha256[static 65], struct sf_error *err)
{
    if (archive_write_close(encoder->raw) != ARCHIVE_OK) {
        return fail(encoder, err);
    }

    int r = sf_digest_finish(encoder->digest, sha256, err);

    if (r < 0) {
        return r;
    }
    *ret_size_bytes = encoder->size_bytes;
    return 0;
}

void sf_gzip_encoder_free(struct sf_gzip_encoder *encoder)
{
    if (encoder == NULL) {
        return;
    }
    if (encoder->raw != NULL) {
        /* A stream given up is not to be ended properly: nothing more is written. */
        encoder->is_given_up = true;
        (void)archive_write_free(encoder->raw);
    }
    sf_digest_free(encoder->digest);
    free(encoder);
}
