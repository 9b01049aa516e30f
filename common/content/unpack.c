/* A tree written from a verified stream: each entry compared with the manifest, each file hashed
 * as shipped, relocated and written once. */
#include "common/content/unpack.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/base/buffer.h"
#include "common/base/error.h"
#include "common/base/path.h"
#include "common/base/str.h"
#include "common/content/archive_read.h"
#include "common/content/relocate.h"
#include "common/format/prefix.h"
#include "common/host/digest.h"
#include "common/host/dir.h"

#define CHUNK_BYTES (128UL << 10)

struct unpacker {
    const struct sf_unpack *options;
    const struct sf_manifest *manifest;
    struct sf_archive_reader *reader;
    struct sf_digest *digest;
    unsigned char *chunk;
    char *parent; /* the directory that `parent_fd` is; files of one directory follow each other */
    int parent_fd;
    bool is_default;               /* the node's prefix is the default one: bytes stay as shipped */
    char slot[SF_PREFIX_SLOT + 1]; /* the node's prefix, padded */
};

static void unpacker_done(struct unpacker *unpacker)
{
    sf_archive_reader_free(unpacker->reader);
    sf_digest_free(unpacker->digest);
    free(unpacker->chunk);
    free(unpacker->parent);
    if (unpacker->parent_fd >= 0) {
        (void)close(unpacker->parent_fd);
    }
}

/* The rest of the current entry into memory. */
static int read_whole(struct sf_archive_reader *reader, unsigned char *chunk,
                      struct sf_buffer *buffer, struct sf_error *err)
{
    size_t size = 0;

    do {
        int r = sf_archive_reader_data(reader, chunk, CHUNK_BYTES, &size, err);
        if (r < 0) {
            return r;
        }

        r = sf_buffer_append(buffer, chunk, size, err);
        if (r < 0) {
            return r;
        }
    } while (size > 0);
    return 0;
}

/* The first member, which is the manifest. */
static int read_manifest(struct sf_archive_reader *reader, unsigned char *chunk,
                         struct sf_buffer *text, struct sf_manifest **ret, struct sf_error *err)
{
    struct sf_archive_entry entry;

    int r = sf_archive_reader_next(reader, &entry, err);
    if (r < 0) {
        return r;
    }
    if (r == 0 || entry.type != SF_FILE_REGULAR || !sf_str_is_equal(entry.path, SF_MANIFEST_PATH)) {
        return sf_error_set(err, SF_E_FORMAT, "the artifact does not start with '%s'",
                            SF_MANIFEST_PATH);
    }

    r = read_whole(reader, chunk, text, err);
    if (r < 0) {
        return sf_error_prefix(err, "'%s': ", SF_MANIFEST_PATH);
    }

    r = sf_manifest_parse(text->data == NULL ? "" : text->data, text->size, ret, err);
    if (r < 0) {
        return sf_error_prefix(err, "'%s': ", SF_MANIFEST_PATH);
    }
    return 0;
}

int sf_unpack_read_manifest(struct sf_block_source *source, struct sf_manifest **ret,
                            struct sf_error *err)
{
    sf_auto(archive_reader) struct sf_archive_reader *reader = NULL;
    sf_auto(buffer) struct sf_buffer text = {.limit_bytes = SF_MANIFEST_MAX_BYTES};
    sf_autofree unsigned char *chunk = malloc(CHUNK_BYTES);

    if (chunk == NULL) {
        return sf_error_no_memory(err);
    }

    int r = sf_archive_reader_open(source, &reader, err);
    if (r < 0) {
        return r;
    }
    return read_manifest(reader, chunk, &text, ret, err);
}

/* The entry must be the one that the manifest lists next, in every respect. */
static int compare_entry(const struct sf_archive_entry *entry, const struct sf_manifest_file *file,
                         struct sf_error *err)
{
    const char *what = NULL;

    if (entry->type != (int)file->type) {
        what = "type";
    } else if (file->type != SF_FILE_LINK && entry->mode != file->mode) {
        what = "mode";
    } else if (file->type == SF_FILE_REGULAR && entry->size_bytes != file->size_bytes) {
        what = "size";
    } else if (file->type == SF_FILE_LINK && !sf_str_is_equal(entry->target, file->target)) {
        what = "link target";
    } else {
        return 0;
    }
    return sf_error_set(err, SF_E_INTEGRITY, "'%s' has another %s than the manifest says",
                        file->path, what);
}

/* Opens the directory that holds `path`, unless it is the one that is open already. */
static int enter_parent(struct unpacker *unpacker, const char *path, struct sf_error *err)
{
    sf_autofree char *parent = sf_path_parent(path);
    sf_autoclose int fd = -1;

    if (parent == NULL) {
        return sf_error_no_memory(err);
    }
    if (unpacker->parent != NULL && sf_str_is_equal(parent, unpacker->parent)) {
        return 0;
    }

    int r = sf_dir_open(unpacker->options->stage_fd, parent, &fd, err);
    if (r < 0) {
        return r;
    }
    free(unpacker->parent);
    unpacker->parent = sf_steal(&parent);
    if (unpacker->parent_fd >= 0) {
        (void)close(unpacker->parent_fd);
    }
    unpacker->parent_fd = sf_steal_fd(&fd);
    return 0;
}

static int write_all(int fd, const char *path, const void *bytes, size_t size, struct sf_error *err)
{
    const unsigned char *next = bytes;

    while (size > 0) {
        ssize_t n = write(fd, next, size);

        if (n < 0 && errno == EINTR) {
            continue;
        }
        if (n < 0) {
            return sf_error_errno(err, errno, "write '%s'", path);
        }
        next += n;
        size -= (size_t)n;
    }
    return 0;
}

static int check_digest(struct unpacker *unpacker, const struct sf_manifest_file *file,
                        struct sf_error *err)
{
    char hex[SF_DIGEST_HEX];

    int r = sf_digest_finish(unpacker->digest, hex, err);
    if (r < 0) {
        return r;
    }
    if (!sf_str_is_equal(hex, file->sha256)) {
        return sf_error_set(err, SF_E_INTEGRITY, "'%s' has the sha256 %s, but the manifest says %s",
                            file->path, hex, file->sha256);
    }
    return 0;
}

static void tell_progress(const struct unpacker *unpacker, size_t size)
{
    if (unpacker->options->progress != NULL) {
        unpacker->options->progress(size);
    }
}

/* Hashes, relocates and writes the data of a file as it comes. */
static int copy_data(struct unpacker *unpacker, const struct sf_manifest_file *file, int fd,
                     struct sf_error *err)
{
    uint64_t start = 0;
    size_t size = 0;

    for (;;) {
        int r = sf_archive_reader_data(unpacker->reader, unpacker->chunk, CHUNK_BYTES, &size, err);
        if (r < 0) {
            return r;
        }
        if (size == 0) {
            return check_digest(unpacker, file, err);
        }
        sf_digest_update(unpacker->digest, unpacker->chunk, size);
        if (!unpacker->is_default) {
            sf_relocate_buffer(file, unpacker->slot, start, unpacker->chunk, size);
        }

        r = write_all(fd, file->path, unpacker->chunk, size, err);
        if (r < 0) {
            return r;
        }
        start += size;
        tell_progress(unpacker, size);
    }
}

/* A text in which the node's prefix takes the place of the default one. */
static int copy_rendered(struct unpacker *unpacker, const struct sf_manifest_file *file, int fd,
                         struct sf_error *err)
{
    sf_auto(buffer) struct sf_buffer shipped = {.limit_bytes = SF_RELOCATE_MAX_RENDERED};
    sf_autofree char *text = NULL;
    size_t size = 0;

    int r = read_whole(unpacker->reader, unpacker->chunk, &shipped, err);
    if (r < 0) {
        return sf_error_prefix(err, "'%s': ", file->path);
    }
    sf_digest_update(unpacker->digest, shipped.data, shipped.size);

    r = check_digest(unpacker, file, err);
    if (r < 0) {
        return r;
    }

    r = sf_relocate_render(shipped.data == NULL ? "" : shipped.data, shipped.size,
                           unpacker->manifest->default_prefix, unpacker->options->node_prefix,
                           &text, &size, err);
    if (r < 0) {
        return r;
    }
    r = write_all(fd, file->path, text, size, err);
    if (r < 0) {
        return r;
    }
    tell_progress(unpacker, shipped.size); /* as the manifest counts it */
    return 0;
}

static int make_regular(struct unpacker *unpacker, const struct sf_manifest_file *file,
                        struct sf_error *err)
{
    sf_autoclose int fd = openat(unpacker->parent_fd, sf_path_base(file->path),
                                 O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);

    if (fd < 0) {
        return sf_error_errno(err, errno, "create '%s'", file->path);
    }

    int r = file->is_rendered ? copy_rendered(unpacker, file, fd, err)
                              : copy_data(unpacker, file, fd, err);
    if (r < 0) {
        return r;
    }
    if (fchmod(fd, file->mode) < 0) {
        return sf_error_errno(err, errno, "set the mode of '%s'", file->path);
    }

    /* Starts writing back now, so that the fsync to come has less to wait for. */
    (void)sync_file_range(fd, 0, 0, SYNC_FILE_RANGE_WRITE);
    return 0;
}

/* With the mode of the manifest whatever the umask. */
static int make_directory(struct unpacker *unpacker, const struct sf_manifest_file *file,
                          struct sf_error *err)
{
    const char *name = sf_path_base(file->path);

    if (mkdirat(unpacker->parent_fd, name, 0700) < 0) {
        return sf_error_errno(err, errno, "create directory '%s'", file->path);
    }

    sf_autoclose int fd =
        openat(unpacker->parent_fd, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    if (fd < 0 || fchmod(fd, file->mode) < 0) {
        return sf_error_errno(err, errno, "set the mode of '%s'", file->path);
    }
    return 0;
}

static int make_entry(struct unpacker *unpacker, const struct sf_manifest_file *file,
                      struct sf_error *err)
{
    int r = enter_parent(unpacker, file->path, err);

    if (r < 0) {
        return r;
    }
    if (file->type == SF_FILE_REGULAR) {
        return make_regular(unpacker, file, err);
    }
    if (file->type == SF_FILE_DIRECTORY) {
        return make_directory(unpacker, file, err);
    }
    if (symlinkat(file->target, unpacker->parent_fd, sf_path_base(file->path)) < 0) {
        return sf_error_errno(err, errno, "create link '%s'", file->path);
    }
    return 0;
}

/* Both list the same files in the same order, so each is met exactly once. */
static int make_entries(struct unpacker *unpacker, struct sf_error *err)
{
    const struct sf_manifest *manifest = unpacker->manifest;
    struct sf_archive_entry entry;
    size_t count = 0;

    for (;;) {
        int r = sf_archive_reader_next(unpacker->reader, &entry, err);
        if (r < 0) {
            return r;
        }
        if (r == 0) {
            break;
        }
        if (count == manifest->file_count ||
            !sf_str_is_equal(entry.path, manifest->files[count].path)) {
            return sf_error_set(err, SF_E_INTEGRITY,
                                "archive entry '%s' is not what the manifest lists in its place",
                                entry.path);
        }

        r = compare_entry(&entry, &manifest->files[count], err);
        if (r < 0) {
            return r;
        }

        r = make_entry(unpacker, &manifest->files[count], err);
        if (r < 0) {
            return r;
        }
        count++;
    }
    if (count < manifest->file_count) {
        return sf_error_set(err, SF_E_INTEGRITY, "the artifact lacks '%s'",
                            manifest->files[count].path);
    }
    return 0;
}

/* Written last: a tree without it is not complete. */
static int make_manifest(const struct unpacker *unpacker, const struct sf_buffer *text,
                         struct sf_error *err)
{
    sf_autoclose int fd = -1;

    int r = sf_dir_make(unpacker->options->stage_fd, "meta", err);
    if (r < 0) {
        return r;
    }

    r = sf_dir_open_file(unpacker->options->stage_fd, SF_MANIFEST_PATH, O_WRONLY | O_CREAT | O_EXCL,
                         0600, &fd, err);
    if (r < 0) {
        return r;
    }

    r = write_all(fd, SF_MANIFEST_PATH, text->data, text->size, err);
    if (r < 0) {
        return r;
    }
    if (fchmod(fd, 0644) < 0) {
        return sf_error_errno(err, errno, "set the mode of '%s'", SF_MANIFEST_PATH);
    }
    (void)sync_file_range(fd, 0, 0, SYNC_FILE_RANGE_WRITE);
    return 0;
}

static int open_unpacker(struct unpacker *unpacker, struct sf_error *err)
{
    if (strlen(unpacker->options->node_prefix) > SF_PREFIX_SLOT) {
        return sf_error_set(err, SF_E_INCOMPATIBLE, "the prefix '%s' is longer than %d bytes",
                            unpacker->options->node_prefix, SF_PREFIX_SLOT);
    }
    sf_prefix_pad(unpacker->options->node_prefix, unpacker->slot);
    unpacker->chunk = malloc(CHUNK_BYTES);
    if (unpacker->chunk == NULL) {
        return sf_error_no_memory(err);
    }

    int r = sf_digest_new(&unpacker->digest, err);
    if (r < 0) {
        return r;
    }
    return sf_archive_reader_open(unpacker->options->source, &unpacker->reader, err);
}

int sf_unpack_run(const struct sf_unpack *unpack, struct sf_error *err)
{
    __attribute__((cleanup(unpacker_done))) struct unpacker unpacker = {.options = unpack,
                                                                        .parent_fd = -1};
    sf_auto(buffer) struct sf_buffer text = {.limit_bytes = SF_MANIFEST_MAX_BYTES};
    sf_auto(manifest) struct sf_manifest *inner = NULL;

    int r = open_unpacker(&unpacker, err);
    if (r < 0) {
        return r;
    }

    r = read_manifest(unpacker.reader, unpacker.chunk, &text, &inner, err);
    if (r < 0) {
        return r;
    }
    if (unpack->manifest != NULL && !sf_manifest_is_same(inner, unpack->manifest)) {
        return sf_error_set(err, SF_E_INTEGRITY,
                            "the manifest inside the artifact is not the one beside it");
    }
    unpacker.manifest = inner;
    unpacker.is_default = sf_str_is_equal(unpack->node_prefix, inner->default_prefix);

    r = make_entries(&unpacker, err);
    if (r < 0) {
        return r;
    }
    return make_manifest(&unpacker, &text, err);
}
