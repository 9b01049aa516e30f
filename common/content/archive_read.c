/* An artifact read entry by entry: tar by libarchive from a zstd stream, hostile entries refused.
 */
#include "common/content/archive_read.h"

#include <archive.h>
#include <archive_entry.h>
#include <errno.h>
#include <stdbool.h>
#include <string.h>
#include <sys/stat.h>

#include "common/base/error.h"
#include "common/base/path.h"
#include "common/base/str.h"
#include "common/content/zstd_decoder.h"
#include "common/format/manifest.h"

/* Two empty records end a tar; some writers fill up to a multiple of 10 KiB, none to a megabyte. */
#define END_BYTES         1024
#define MAX_PADDING_BYTES (1UL << 20)
#define DRAIN_BYTES       (64UL << 10)

struct sf_archive_reader {
    struct archive *tar;
    struct sf_zstd_decoder *decoder;
    struct sf_error failure;    /* why `get` failed: libarchive only passes a number on */
    const unsigned char *chunk; /* what libarchive got last; borrowed from the decoder */
    size_t chunk_size;
    uint64_t given_bytes; /* all that libarchive got */
    size_t entry_count;
    char *path;   /* of the current entry */
    char *target; /* of the current entry */
    unsigned char *drain;
};

static la_ssize_t get(struct archive *tar, void *context, const void **ret_bytes)
{
    struct sf_archive_reader *reader = context;

    if (sf_zstd_decoder_next(reader->decoder, ret_bytes, &reader->chunk_size, &reader->failure) <
        0) {
        archive_set_error(tar, EIO, "%s", "the stream below failed");
        return -1;
    }
    reader->chunk = *ret_bytes;
    reader->given_bytes += reader->chunk_size;
    return (la_ssize_t)reader->chunk_size;
}

/* What made libarchive fail, or what it says. */
static int fail(const struct sf_archive_reader *reader, struct sf_error *err)
{
    const char *text = archive_error_string(reader->tar);

    if (reader->failure.code != SF_OK) {
        *err = reader->failure;
        return -(int)err->code;
    }
    return sf_error_set(err, SF_E_FORMAT, "the artifact is not a valid tar archive: %s",
                        text == NULL ? "" : text);
}

int sf_archive_reader_open(struct sf_block_source *source, struct sf_archive_reader **ret,
                           struct sf_error *err)
{
    sf_auto(archive_reader) struct sf_archive_reader *reader = calloc(1, sizeof *reader);

    if (reader == NULL) {
        return sf_error_no_memory(err);
    }
    reader->tar = archive_read_new();
    reader->drain = malloc(DRAIN_BYTES);
    if (reader->tar == NULL || reader->drain == NULL) {
        return sf_error_no_memory(err);
    }

    int r = sf_zstd_decoder_open(source, &reader->decoder, err);
    if (r < 0) {
        return r;
    }
    if (archive_read_support_filter_none(reader->tar) != ARCHIVE_OK ||
        archive_read_support_format_tar(reader->tar) != ARCHIVE_OK ||
        archive_read_open(reader->tar, reader, NULL, get, NULL) != ARCHIVE_OK) {
        return fail(reader, err);
    }
    *ret = sf_steal(&reader);
    return 0;
}

/* Reads what is left of the current entry, so that the position is known exactly. */
static int skip_data(struct sf_archive_reader *reader, struct sf_error *err)
{
    la_ssize_t n = 0;

    do {
        n = archive_read_data(reader->tar, reader->drain, DRAIN_BYTES);
    } while (n > 0);
    return n < 0 ? fail(reader, err) : 0;
}

static bool is_zero(const unsigned char *bytes, size_t size)
{
    return size == 0 || (bytes[0] == 0 && memcmp(bytes, bytes + 1, size - 1) == 0);
}

/*
 * After the two empty records, which start at `end`, there may be padding, of zeros only, and then
 * nothing. libarchive leaves what follows the records unread, in its last chunk and in the stream.
 */
static int check_end(struct sf_archive_reader *reader, int64_t end, struct sf_error *err)
{
    int64_t used = archive_filter_bytes(reader->tar, 0);
    uint64_t left = reader->given_bytes - (uint64_t)used;
    size_t padding = 0;

    if (used - end != END_BYTES || left > reader->chunk_size) {
        return sf_error_set(err, SF_E_FORMAT, "the tar archive ends without its end mark");
    }

    const unsigned char *bytes = reader->chunk + (reader->chunk_size - left);
    size_t size = left;
    do {
        padding += size;
        if (padding > MAX_PADDING_BYTES || !is_zero(bytes, size)) {
            return sf_error_set(err, SF_E_FORMAT, "bytes follow the end of the tar archive");
        }

        int r = sf_zstd_decoder_next(reader->decoder, (const void **)&bytes, &size, err);
        if (r < 0) {
            return r;
        }
    } while (size > 0);
    return 0;
}

static int refuse(const char *path, const char *what, struct sf_error *err)
{
    sf_autofree char *printable = sf_str_printable(path);

    return sf_error_set(err, SF_E_FORMAT, "archive entry '%s' %s",
                        printable == NULL ? "" : printable, what);
}

/* Replaces the copy of a name; a directory's trailing slash is dropped. */
static int keep_name(char **ret, const char *text, bool is_directory, struct sf_error *err)
{
    char *copy = strdup(text);

    if (copy == NULL) {
        return sf_error_no_memory(err);
    }

    size_t length = strlen(copy);
    if (is_directory && length > 1 && copy[length - 1] == '/') {
        copy[length - 1] = '\0';
    }
    free(*ret);
    *ret = copy;
    return 0;
}

static int judge_link(struct sf_archive_reader *reader, struct archive_entry *entry,
                      struct sf_archive_entry *found, struct sf_error *err)
{
    const char *target = archive_entry_symlink(entry);

    if (target == NULL || !sf_path_link_is_inside(reader->path, target)) {
        return refuse(reader->path, "is a link that leaves the tree", err);
    }

    int r = keep_name(&reader->target, target, /* is_directory= */ false, err);
    if (r < 0) {
        return r;
    }
    found->type = SF_FILE_LINK;
    found->target = reader->target;
    return 0;
}

/* The permission bits of a file or directory that may be made. */
static int judge_mode(const char *path, mode_t mode, uint32_t *ret_mode, struct sf_error *err)
{
    if ((mode & 07000) != 0) {
        return refuse(path, "is setuid, setgid or sticky", err);
    }
    if ((mode & 0022) != 0) {
        return refuse(path, "can be written by others than its owner", err);
    }
    *ret_mode = mode & 0777;
    return 0;
}

static int judge_regular(const char *path, struct archive_entry *entry,
                         struct sf_archive_entry *found, struct sf_error *err)
{
    int64_t size = archive_entry_size(entry);

    if (archive_entry_sparse_count(entry) > 0) {
        return refuse(path, "is sparse", err);
    }
    if (size < 0 || (uint64_t)size > SF_MANIFEST_MAX_FILE) {
        return refuse(path, "has a size that is not possible", err);
    }
    found->type = SF_FILE_REGULAR;
    found->size_bytes = (uint64_t)size;
    return judge_mode(path, archive_entry_mode(entry) & 07777, &found->mode, err);
}

/* Decides whether the entry may be used at all, and describes it. */
static int judge_entry(struct sf_archive_reader *reader, struct archive_entry *entry,
                       struct sf_archive_entry *ret, struct sf_error *err)
{
    const char *path = archive_entry_pathname(entry);
    bool is_directory = archive_entry_filetype(entry) == AE_IFDIR;

    if (path == NULL) {
        path = archive_entry_pathname_utf8(entry);
    }
    if (path == NULL) {
        return sf_error_set(err, SF_E_FORMAT, "archive entry %zu has no readable name",
                            reader->entry_count);
    }

    int r = keep_name(&reader->path, path, is_directory, err);
    if (r < 0) {
        return r;
    }
    if (!sf_path_is_safe_relative(reader->path)) {
        return refuse(reader->path, "has a name that is not safe", err);
    }
    if (archive_entry_hardlink(entry) != NULL) {
        return refuse(reader->path, "is a hard link", err);
    }

    struct sf_archive_entry found = {.path = reader->path};
    switch (archive_entry_filetype(entry)) {
    case AE_IFREG:
        r = judge_regular(reader->path, entry, &found, err);
        break;
    case AE_IFDIR:
        found.type = SF_FILE_DIRECTORY;
        r = judge_mode(reader->path, archive_entry_mode(entry) & 07777, &found.mode, err);
        break;
    case AE_IFLNK:
        r = judge_link(reader, entry, &found, err);
        break;
    default:
        r = refuse(reader->path, "is no file, directory or symbolic link", err);
        break;
    }
    if (r < 0) {
        return r;
    }
    *ret = found;
    return 0;
}

int sf_archive_reader_next(struct sf_archive_reader *reader, struct sf_archive_entry *ret,
                           struct sf_error *err)
{
    struct archive_entry *entry = NULL;

    if (reader->entry_count > 0) {
        int r = skip_data(reader, err);
        if (r < 0) {
            return r;
        }
    }

    int64_t position = archive_filter_bytes(reader->tar, 0);
    int status = archive_read_next_header(reader->tar, &entry);
    if (status == ARCHIVE_EOF) {
        return check_end(reader, position, err);
    }
    if (status != ARCHIVE_OK) {
        return fail(reader, err);
    }
    /* The manifest's own entry is one more than it lists. */
    if (reader->entry_count++ > SF_MANIFEST_MAX_FILES) {
        return sf_error_set(err, SF_E_FORMAT, "the archive has more than %d entries",
                            SF_MANIFEST_MAX_FILES);
    }

    int r = judge_entry(reader, entry, ret, err);
    return r < 0 ? r : 1;
}

int sf_archive_reader_data(struct sf_archive_reader *reader, void *bytes, size_t size,
                           size_t *ret_size, struct sf_error *err)
{
    la_ssize_t n = archive_read_data(reader->tar, bytes, size);

    if (n < 0) {
        return fail(reader, err);
    }
    *ret_size = (size_t)n;
    return 0;
}

void sf_archive_reader_free(struct sf_archive_reader *reader)
{
    if (reader == NULL) {
        return;
    }
    if (reader->tar != NULL) {
        (void)archive_read_free(reader->tar);
    }
    sf_zstd_decoder_free(reader->decoder);
    free(reader->path);
    free(reader->target);
    free(reader->drain);
    free(reader);
}
