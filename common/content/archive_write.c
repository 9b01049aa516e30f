/* An artifact written as a deterministic tar, by libarchive, into a zstd stream. */
#include "common/content/archive_write.h"

#include <archive.h>
#include <archive_entry.h>
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <string.h>
#include <unistd.h>

#include "common/base/error.h"
#include "common/content/zstd_encoder.h"
#include "common/host/dir.h"

#define CHUNK_BYTES (256UL << 10)

struct sf_archive_writer {
    struct archive *tar;
    struct archive_entry *entry; /* filled anew for each member */
    sf_archive_sink sink;
    void *sink_context;
    struct sf_zstd_encoder *encoder; /* what the sink is, for artifacts; else NULL */
    int64_t mtime_s;
    struct sf_error failure; /* why `put` failed: libarchive only passes a number on */
    unsigned char *chunk;
    bool is_given_up;
};

static la_ssize_t put(struct archive *tar, void *context, const void *bytes, size_t size)
{
    struct sf_archive_writer *writer = context;

    if (writer->is_given_up) {
        return (la_ssize_t)size;
    }
    if (writer->sink(writer->sink_context, bytes, size, &writer->failure) < 0) {
        archive_set_error(tar, EIO, "%s", "the stream below failed");
        return -1;
    }
    return (la_ssize_t)size;
}

/* What libarchive says, or what made it fail. */
static int fail(const struct sf_archive_writer *writer, const char *path, struct sf_error *err)
{
    const char *text = archive_error_string(writer->tar);

    if (writer->failure.code != SF_OK) {
        *err = writer->failure;
        return sf_error_prefix(err, "archiving '%s': ", path);
    }
    return sf_error_set(err, SF_E_IO, "archiving '%s': %s", path, text == NULL ? "" : text);
}

/* The tar format without what varies: no access or change times, no padding to tape records. */
static int open_tar(struct sf_archive_writer *writer, struct sf_error *err)
{
    struct archive *tar = writer->tar;

    if (archive_write_set_format_pax_restricted(tar) != ARCHIVE_OK ||
        archive_write_add_filter_none(tar) != ARCHIVE_OK ||
        archive_write_set_bytes_in_last_block(tar, 1) != ARCHIVE_OK ||
        archive_write_open(tar, writer, NULL, put, NULL) != ARCHIVE_OK) {
        return fail(writer, "the beginning", err);
    }
    return 0;
}

int sf_archive_writer_open_sink(sf_archive_sink sink, void *context, int64_t mtime_s,
                                struct sf_archive_writer **ret, struct sf_error *err)
{
    sf_auto(archive_writer) struct sf_archive_writer *writer = calloc(1, sizeof *writer);

    if (writer == NULL) {
        return sf_error_no_memory(err);
    }
    writer->sink = sink;
    writer->sink_context = context;
    writer->mtime_s = mtime_s;
    writer->chunk = malloc(CHUNK_BYTES);
    writer->tar = archive_write_new();
    writer->entry = archive_entry_new();
    if (writer->chunk == NULL || writer->tar == NULL || writer->entry == NULL) {
        return sf_error_no_memory(err);
    }

    int r = open_tar(writer, err);
    if (r < 0) {
        return r;
    }
    *ret = sf_steal(&writer);
    return 0;
}

static int encode(void *context, const void *bytes, size_t size, struct sf_error *err)
{
    return sf_zstd_encoder_write(context, bytes, size, err);
}

int sf_archive_writer_open(int fd, int level, int64_t mtime_s, struct sf_archive_writer **ret,
                           struct sf_error *err)
{
    sf_auto(zstd_encoder) struct sf_zstd_encoder *encoder = NULL;
    struct sf_archive_writer *writer = NULL;
    int r = sf_zstd_encoder_open(fd, level, &encoder, err);

    if (r < 0) {
        return r;
    }

    r = sf_archive_writer_open_sink(encode, encoder, mtime_s, &writer, err);
    if (r < 0) {
        return r;
    }
    writer->encoder = sf_steal(&encoder);
    *ret = writer;
    return 0;
}

static int put_header(struct sf_archive_writer *writer, const struct sf_manifest_file *file,
                      struct sf_error *err)
{
    static const mode_t types[] = {
        [SF_FILE_REGULAR] = AE_IFREG,
        [SF_FILE_DIRECTORY] = AE_IFDIR,
        [SF_FILE_LINK] = AE_IFLNK,
    };
    struct archive_entry *entry = writer->entry;
    bool is_link = file->type == SF_FILE_LINK;

    archive_entry_clear(entry);
    archive_entry_set_pathname(entry, file->path);
    archive_entry_set_filetype(entry, types[file->type]);
    archive_entry_set_perm(entry, is_link ? 0777 : file->mode);
    archive_entry_set_uid(entry, 0);
    archive_entry_set_gid(entry, 0);
    archive_entry_set_uname(entry, "root");
    archive_entry_set_gname(entry, "root");
    archive_entry_set_mtime(entry, writer->mtime_s, 0);
    archive_entry_set_size(entry, file->type == SF_FILE_REGULAR ? (int64_t)file->size_bytes : 0);
    if (is_link) {
        archive_entry_set_symlink(entry, file->target);
    }
    if (archive_write_header(writer->tar, entry) != ARCHIVE_OK) {
        return fail(writer, file->path, err);
    }
    return 0;
}

static int put_data(struct sf_archive_writer *writer, const char *path, const void *bytes,
                    size_t size, struct sf_error *err)
{
    if (size > 0 && archive_write_data(writer->tar, bytes, size) != (la_ssize_t)size) {
        return fail(writer, path, err);
    }
    return 0;
}

int sf_archive_writer_add_bytes(struct sf_archive_writer *writer, const char *path, uint32_t mode,
                                const void *bytes, size_t size, struct sf_error *err)
{
    sf_autofree char *name = strdup(path);
    struct sf_manifest_file file = {
        .path = name, .type = SF_FILE_REGULAR, .mode = mode, .size_bytes = size};

    if (name == NULL) {
        return sf_error_no_memory(err);
    }

    int r = put_header(writer, &file, err);
    if (r < 0) {
        return r;
    }
    return put_data(writer, path, bytes, size, err);
}

static int put_file(struct sf_archive_writer *writer, int tree_fd,
                    const struct sf_manifest_file *file, struct sf_error *err)
{
    sf_autoclose int fd = -1;
    uint64_t left = file->size_bytes;

    int r = sf_dir_open_file(tree_fd, file->path, O_RDONLY, 0, &fd, err);
    if (r < 0) {
        return r;
    }
    for (;;) {
        ssize_t n = read(fd, writer->chunk, CHUNK_BYTES);

        if (n < 0 && errno == EINTR) {
            continue;
        }
        if (n < 0) {
            return sf_error_errno(err, errno, "read '%s'", file->path);
        }
        if ((uint64_t)n > left || (n == 0 && left > 0)) {
            return sf_error_set(err, SF_E_INTEGRITY,
                                "'%s' does not have the %llu bytes that the "
                                "manifest says",
                                file->path, (unsigned long long)file->size_bytes);
        }
        if (n == 0) {
            return 0;
        }
        left -= (uint64_t)n;

        r = put_data(writer, file->path, writer->chunk, (size_t)n, err);
        if (r < 0) {
            return r;
        }
    }
}

int sf_archive_writer_add_file(struct sf_archive_writer *writer, int tree_fd,
                               const struct sf_manifest_file *file, struct sf_error *err)
{
    int r = put_header(writer, file, err);

    if (r < 0 || file->type != SF_FILE_REGULAR) {
        return r;
    }
    return put_file(writer, tree_fd, file, err);
}

int sf_archive_writer_end(struct sf_archive_writer *writer, struct sf_error *err)
{
    return archive_write_close(writer->tar) == ARCHIVE_OK ? 0 : fail(writer, "the end", err);
}

int sf_archive_writer_finish(struct sf_archive_writer *writer, uint64_t *ret_size_bytes,
                             char (**ret_blocks)[65], size_t *ret_block_count,
                             char sha256[static 65], struct sf_error *err)
{
    int r = sf_archive_writer_end(writer, err);

    if (r < 0) {
        return r;
    }
    return sf_zstd_encoder_finish(writer->encoder, ret_size_bytes, ret_blocks, ret_block_count,
                                  sha256, err);
}

void sf_archive_writer_free(struct sf_archive_writer *writer)
{
    if (writer == NULL) {
        return;
    }
    if (writer->tar != NULL) {
        /* An archive given up is not to be ended properly: nothing more is written. After
         * archive_write_fail(), libarchive 3.6 would not release its buffers. */
        writer->is_given_up = true;
        (void)archive_write_free(writer->tar);
    }
    archive_entry_free(writer->entry);
    sf_zstd_encoder_free(writer->encoder);
    free(writer->chunk);
    free(writer);
}
