/* A source archive written to a directory, entry by entry, none of them outside of it. */
#include "builder/place/source_unpack.h"

#include <archive.h>
#include <archive_entry.h>
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/base/cleanup.h"
#include "common/base/error.h"
#include "common/base/path.h"
#include "common/base/str.h"
#include "common/host/dir.h"

#define BLOCK_BYTES (64UL << 10)
#define MAX_ENTRIES 200000
#define MAX_BYTES   (4ULL << 30)

static inline void close_archive(struct archive **archive)
{
    if (*archive != NULL) {
        (void)archive_read_free(*archive);
    }
}

struct unpacking {
    struct archive *archive;
    const char *name;
    int dir_fd;
    char *made; /* the last directory made, to not ask for it each time */
    uint64_t written_bytes;
};

static int fail(const struct unpacking *u, struct sf_error *err)
{
    const char *text = archive_error_string(u->archive);

    return sf_error_set(err, SF_E_FORMAT, "'%s' is no archive that can be read: %s", u->name,
                        text == NULL ? "it is empty" : text);
}

static int refuse(const struct unpacking *u, const char *path, const char *what,
                  struct sf_error *err)
{
    sf_autofree char *printable = sf_str_printable(path);

    return sf_error_set(err, SF_E_FORMAT, "'%s': entry '%s' %s", u->name,
                        printable == NULL ? "" : printable, what);
}

static int make_parent(struct unpacking *u, const char *path, struct sf_error *err)
{
    sf_autofree char *parent = sf_path_parent(path);

    if (parent == NULL) {
        return sf_error_no_memory(err);
    }
    if (u->made != NULL && strcmp(u->made, parent) == 0) {
        return 0;
    }

    int r = strcmp(parent, ".") == 0 ? 0 : sf_dir_make(u->dir_fd, parent, err);

    if (r == 0) {
        free(u->made);
        u->made = sf_steal(&parent);
    }
    return r;
}

static int write_all(int fd, const void *bytes, size_t size)
{
    for (size_t done = 0; done < size;) {
        ssize_t n = write(fd, (const char *)bytes + done, size - done);

        if (n < 0 && errno != EINTR) {
            return -1;
        }
        done += n < 0 ? 0 : (size_t)n;
    }
    return 0;
}

static int write_data(struct unpacking *u, const char *path, int fd, struct sf_error *err)
{
    char block[BLOCK_BYTES / 8];

    for (;;) {
        la_ssize_t n = archive_read_data(u->archive, block, sizeof block);

        if (n <= 0) {
            return n < 0 ? fail(u, err) : 0;
        }
        u->written_bytes += (uint64_t)n;
        if (u->written_bytes > MAX_BYTES) {
            return refuse(u, path, "makes the source larger than 4 GiB", err);
        }
        if (write_all(fd, block, (size_t)n) < 0) {
            return sf_error_errno(err, errno, "write '%s'", path);
        }
    }
}

static int write_file(struct unpacking *u, struct archive_entry *entry, const char *path,
                      struct sf_error *err)
{
    sf_autoclose int fd = -1;
    const struct timespec times[] = {{.tv_nsec = UTIME_NOW},
                                     {.tv_sec = archive_entry_mtime(entry)}};
    mode_t mode = (archive_entry_mode(entry) & 0111) != 0 ? 0755 : 0644;
    int r = sf_dir_open_file(u->dir_fd, path, O_WRONLY | O_CREAT | O_EXCL, mode, &fd, err);

    if (r == 0) {
        r = write_data(u, path, fd, err);
    }
    if (r == 0 && (fchmod(fd, mode) < 0 || futimens(fd, times) < 0)) {
        return sf_error_errno(err, errno, "write '%s'", path);
    }
    return r;
}

static int write_link(struct unpacking *u, struct archive_entry *entry, const char *path,
                      struct sf_error *err)
{
    const char *target = archive_entry_symlink(entry);
    sf_autofree char *parent = sf_path_parent(path);
    sf_autoclose int parent_fd = -1;

    if (parent == NULL) {
        return sf_error_no_memory(err);
    }
    if (target == NULL || !sf_path_link_is_inside(path, target)) {
        return refuse(u, path, "is a link that leaves the source", err);
    }

    int r = sf_dir_open(u->dir_fd, parent, &parent_fd, err);

    return r == 0 && symlinkat(target, parent_fd, sf_path_base(path)) < 0
               ? sf_error_errno(err, errno, "link '%s'", path)
               : r;
}

/* "slurm-24.11.5/src/x" is "src/x"; NULL for the top itself. */
static const char *without_top(const char *path)
{
    while (sf_str_has_prefix(path, "./")) {
        path += 2;
    }

    const char *slash = strchr(path, '/');

    return slash == NULL || slash[1] == '\0' ? NULL : slash + 1;
}

static int write_entry(struct unpacking *u, struct archive_entry *entry, struct sf_error *err)
{
    const char *full = archive_entry_pathname(entry);
    const char *below = full == NULL ? NULL : without_top(full);
    bool is_directory = archive_entry_filetype(entry) == AE_IFDIR;

    if (below == NULL) {
        return is_directory || archive_entry_filetype(entry) == 0
                   ? 0
                   : refuse(u, full == NULL ? "?" : full, "is not below one directory", err);
    }

    sf_autofree char *path = strdup(below);

    if (path == NULL) {
        return sf_error_no_memory(err);
    }
    path[strlen(path) - (path[strlen(path) - 1] == '/' ? 1 : 0)] = '\0';
    if (!sf_path_is_safe_relative(path)) {
        return refuse(u, full, "has a name that is not safe", err);
    }

    int r = is_directory ? sf_dir_make(u->dir_fd, path, err) : make_parent(u, path, err);

    if (r < 0 || is_directory) {
        return r;
    }
    if (archive_entry_filetype(entry) == AE_IFLNK) {
        return write_link(u, entry, path, err);
    }
    if (archive_entry_filetype(entry) != AE_IFREG || archive_entry_hardlink(entry) != NULL) {
        return refuse(u, full, "is no file, directory or symbolic link", err);
    }
    return write_file(u, entry, path, err);
}

static int write_entries(struct unpacking *u, struct sf_error *err)
{
    for (size_t count = 0;; count++) {
        struct archive_entry *entry = NULL;
        int status = archive_read_next_header(u->archive, &entry);

        if (status == ARCHIVE_EOF && count > 0) {
            return 0;
        }
        if (status != ARCHIVE_OK) {
            return fail(u, err);
        }
        if (count >= MAX_ENTRIES) {
            return sf_error_set(err, SF_E_FORMAT, "'%s' has more than %d entries", u->name,
                                MAX_ENTRIES);
        }

        int r = write_entry(u, entry, err);

        if (r < 0) {
            return r;
        }
    }
}

int sf_source_unpack(int fd, const char *name, int dir_fd, struct sf_error *err)
{
    __attribute__((cleanup(close_archive))) struct archive *archive = archive_read_new();
    struct unpacking u = {.archive = archive, .name = name, .dir_fd = dir_fd};

    if (archive == NULL) {
        return sf_error_no_memory(err);
    }
    if (lseek(fd, 0, SEEK_SET) < 0) {
        return sf_error_errno(err, errno, "read '%s'", name);
    }
    if (archive_read_support_filter_bzip2(archive) < ARCHIVE_WARN ||
        archive_read_support_filter_gzip(archive) < ARCHIVE_WARN ||
        archive_read_support_filter_xz(archive) < ARCHIVE_WARN ||
        archive_read_support_filter_zstd(archive) < ARCHIVE_WARN ||
        archive_read_support_format_tar(archive) != ARCHIVE_OK ||
        archive_read_open_fd(archive, fd, BLOCK_BYTES) != ARCHIVE_OK) {
        return fail(&u, err);
    }

    int r = write_entries(&u, err);

    free(u.made);
    return r;
}
