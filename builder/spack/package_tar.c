/* The tar of a package in a build cache, unpacked by libarchive and rules of our own. */
#include "builder/spack/package_tar.h"

#include <archive.h>
#include <archive_entry.h>
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/base/cleanup.h"
#include "common/base/error.h"
#include "common/base/path.h"
#include "common/base/str.h"
#include "common/host/dir.h"

#define BLOCK_BYTES (256UL << 10)
#define MAX_ENTRIES 1000000
#define MAX_BYTES   (64ULL << 30)

struct unpacking {
    struct archive *tar;
    int dir_fd;
    char *block;
    uint64_t entry_count;
    uint64_t byte_count;
};

static void unpacking_done(struct unpacking *unpacking)
{
    if (unpacking->tar != NULL) {
        (void)archive_read_free(unpacking->tar);
    }
    free(unpacking->block);
}

SF_DEFINE_AUTO_STRUCT(unpacking, struct unpacking, unpacking_done)

static int fail(const struct unpacking *unpacking, struct sf_error *err)
{
    const char *text = archive_error_string(unpacking->tar);

    return sf_error_set(err, SF_E_FORMAT, "not a package that can be read: %s",
                        text == NULL ? "" : text);
}

static int refuse(const char *path, const char *what, struct sf_error *err)
{
    sf_autofree char *shown = sf_str_printable(path);

    return sf_error_set(err, SF_E_FORMAT, "entry '%s' %s", shown == NULL ? "" : shown, what);
}

/* Makes and opens the directory that `path` is in: what is made by name in it cannot be led
 * elsewhere by a link in the path. */
static int open_parent(const struct unpacking *unpacking, const char *path, int *ret_fd,
                       struct sf_error *err)
{
    sf_autofree char *parent = sf_path_parent(path);

    if (parent == NULL) {
        return sf_error_no_memory(err);
    }

    int r = sf_str_is_equal(parent, ".") ? 0 : sf_dir_make(unpacking->dir_fd, parent, err);

    return r < 0 ? r : sf_dir_open(unpacking->dir_fd, parent, ret_fd, err);
}

static int write_data(struct unpacking *unpacking, const char *path, int fd, struct sf_error *err)
{
    for (;;) {
        la_ssize_t size = archive_read_data(unpacking->tar, unpacking->block, BLOCK_BYTES);

        if (size < 0) {
            return fail(unpacking, err);
        }
        if (size == 0) {
            return 0;
        }
        unpacking->byte_count += (uint64_t)size;
        if (unpacking->byte_count > MAX_BYTES) {
            return sf_error_set(err, SF_E_FORMAT, "the package has more than %llu bytes",
                                MAX_BYTES);
        }
        for (la_ssize_t done = 0; done < size;) {
            ssize_t n = write(fd, unpacking->block + done, (size_t)(size - done));

            if (n < 0 && errno != EINTR) {
                return sf_error_errno(err, errno, "write '%s'", path);
            }
            done += n < 0 ? 0 : n;
        }
    }
}

static int unpack_file(struct unpacking *unpacking, const char *path, mode_t mode, int parent_fd,
                       struct sf_error *err)
{
    sf_autoclose int fd = -1;
    int r = sf_dir_open_file(parent_fd, sf_path_base(path), O_WRONLY | O_CREAT | O_EXCL,
                             (mode & 0111) != 0 ? 0755 : 0644, &fd, err);

    if (r < 0) {
        return r;
    }
    if (fchmod(fd, (mode & 0111) != 0 ? 0755 : 0644) < 0) {
        return sf_error_errno(err, errno, "set the mode of '%s'", path);
    }
    return write_data(unpacking, path, fd, err);
}

static int unpack_hard_link(const struct unpacking *unpacking, const char *path, const char *target,
                            int parent_fd, struct sf_error *err)
{
    sf_autofree char *directory = sf_path_parent(target);
    sf_autoclose int from_fd = -1;
    struct sf_error ignored;

    if (directory == NULL) {
        return sf_error_no_memory(err);
    }
    if (!sf_path_is_safe_relative(target) ||
        sf_dir_open(unpacking->dir_fd, directory, &from_fd, &ignored) < 0) {
        return refuse(path, "is a hard link to something else than an earlier entry", err);
    }
    if (linkat(from_fd, sf_path_base(target), parent_fd, sf_path_base(path), 0) < 0) {
        return errno == ENOENT
                   ? refuse(path, "is a hard link to something else than an earlier entry", err)
                   : sf_error_errno(err, errno, "link '%s'", path);
    }
    return 0;
}

static int unpack_other(struct unpacking *unpacking, struct archive_entry *entry, const char *path,
                        struct sf_error *err)
{
    const char *hard_link = archive_entry_hardlink(entry);
    const char *target = archive_entry_symlink(entry);
    sf_autoclose int parent_fd = -1;
    int r = open_parent(unpacking, path, &parent_fd, err);

    if (r < 0) {
        return r;
    }
    if (hard_link != NULL) {
        return unpack_hard_link(unpacking, path, hard_link, parent_fd, err);
    }
    if (archive_entry_filetype(entry) == AE_IFREG) {
        return unpack_file(unpacking, path, archive_entry_perm(entry), parent_fd, err);
    }
    if (archive_entry_filetype(entry) != AE_IFLNK || target == NULL) {
        return refuse(path, "is no file, directory or link", err);
    }
    if (symlinkat(target, parent_fd, sf_path_base(path)) < 0) {
        return sf_error_errno(err, errno, "make the link '%s'", path);
    }
    return 0;
}

static int unpack_entry(struct unpacking *unpacking, struct archive_entry *entry,
                        struct sf_error *err)
{
    const char *name = archive_entry_pathname(entry);
    sf_autofree char *path = strdup(name == NULL ? "" : name);
    size_t length = path == NULL ? 0 : strlen(path);

    if (path == NULL) {
        return sf_error_no_memory(err);
    }
    if (length > 1 && path[length - 1] == '/') {
        path[length - 1] = '\0';
    }
    if (!sf_path_is_safe_relative(path)) {
        return refuse(path, "has a name that is not safe", err);
    }
    if (archive_entry_filetype(entry) == AE_IFDIR) {
        return sf_dir_make(unpacking->dir_fd, path, err);
    }
    if ((archive_entry_perm(entry) & (S_ISUID | S_ISGID)) != 0) {
        return refuse(path, "is setuid or setgid", err);
    }
    return unpack_other(unpacking, entry, path, err);
}

static int open_tar(struct unpacking *unpacking, int fd, struct sf_error *err)
{
    unpacking->tar = archive_read_new();
    unpacking->block = malloc(BLOCK_BYTES);
    if (unpacking->tar == NULL || unpacking->block == NULL) {
        return sf_error_no_memory(err);
    }
    if (lseek(fd, 0, SEEK_SET) < 0) {
        return sf_error_errno(err, errno, "read a package");
    }
    if (archive_read_support_filter_gzip(unpacking->tar) != ARCHIVE_OK ||
        archive_read_support_format_tar(unpacking->tar) != ARCHIVE_OK ||
        archive_read_open_fd(unpacking->tar, fd, BLOCK_BYTES) != ARCHIVE_OK) {
        return fail(unpacking, err);
    }
    return 0;
}

int sf_package_unpack(int fd, int dir_fd, struct sf_error *err)
{
    sf_auto(unpacking) struct unpacking unpacking = {.dir_fd = dir_fd};
    struct archive_entry *entry = NULL;
    int r = open_tar(&unpacking, fd, err);

    while (r == 0) {
        int status = archive_read_next_header(unpacking.tar, &entry);

        if (status == ARCHIVE_EOF) {
            return 0;
        }
        if (status != ARCHIVE_OK) {
            return fail(&unpacking, err);
        }
        if (++unpacking.entry_count > MAX_ENTRIES) {
            return sf_error_set(err, SF_E_FORMAT, "the package has more than %d entries",
                                MAX_ENTRIES);
        }
        r = unpack_entry(&unpacking, entry, err);
    }
    return r;
}
