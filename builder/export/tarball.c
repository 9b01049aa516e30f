/* A directory tree written as one compressed tar, with the digests of both. */
#include "builder/export/tarball.h"

#include <string.h>
#include <sys/stat.h>

#include "builder/export/gzip_encoder.h"
#include "common/base/error.h"
#include "common/content/archive_write.h"
#include "common/content/zstd_encoder.h"
#include "common/host/digest.h"
#include "common/host/dir.h"

struct tarball {
    struct sf_archive_writer *writer;
    struct sf_digest *digest;     /* of the tar */
    struct sf_gzip_encoder *gzip; /* one of the two */
    struct sf_zstd_encoder *zstd;
};

static void tarball_done(struct tarball *tarball)
{
    sf_archive_writer_free(tarball->writer);
    sf_digest_free(tarball->digest);
    sf_gzip_encoder_free(tarball->gzip);
    sf_zstd_encoder_free(tarball->zstd);
}

SF_DEFINE_AUTO_STRUCT(tarball, struct tarball, tarball_done)

static int compress(void *context, const void *bytes, size_t size, struct sf_error *err)
{
    struct tarball *tarball = context;

    sf_digest_update(tarball->digest, bytes, size);
    return tarball->gzip != NULL ? sf_gzip_encoder_write(tarball->gzip, bytes, size, err)
                                 : sf_zstd_encoder_write(tarball->zstd, bytes, size, err);
}

static int open_tarball(struct tarball *tarball, const struct sf_tarball_options *options, int fd,
                        struct sf_error *err)
{
    int r = sf_digest_new(&tarball->digest, err);

    if (r < 0) {
        return r;
    }

    r = options->compression == SF_COMPRESSION_GZIP
            ? sf_gzip_encoder_open(fd, options->level, &tarball->gzip, err)
            : sf_zstd_encoder_open(fd, options->level, &tarball->zstd, err);
    if (r < 0) {
        return r;
    }
    return sf_archive_writer_open_sink(compress, tarball, options->mtime_s, &tarball->writer, err);
}

/* What `status` says, as an archive has it. */
static int describe(const char *path, const struct stat *status, struct sf_manifest_file *file,
                    struct sf_error *err)
{
    file->mode = status->st_mode & 0777;
    if (S_ISREG(status->st_mode)) {
        file->type = SF_FILE_REGULAR;
        file->size_bytes = (uint64_t)status->st_size;
    } else if (S_ISDIR(status->st_mode)) {
        file->type = SF_FILE_DIRECTORY;
    } else if (S_ISLNK(status->st_mode)) {
        file->type = SF_FILE_LINK;
    } else {
        return sf_error_set(err, SF_E_FORMAT, "'%s' is no file, directory or symbolic link", path);
    }
    return 0;
}

static int add_entry(void *context, int dir_fd, const char *path, const struct stat *status,
                     struct sf_error *err)
{
    const struct tarball *tarball = context;
    sf_autofree char *name = strdup(path);
    sf_autofree char *target = NULL;
    struct sf_manifest_file file = {.path = name};
    int r = name == NULL ? sf_error_no_memory(err) : describe(path, status, &file, err);

    if (r == 0 && file.type == SF_FILE_LINK) {
        r = sf_dir_read_link(dir_fd, path, &target, err);
        file.target = target;
    }
    return r < 0 ? r : sf_archive_writer_add_file(tarball->writer, dir_fd, &file, err);
}

static int finish(struct tarball *tarball, struct sf_tarball *ret, struct sf_error *err)
{
    sf_autofree char(*blocks)[65] = NULL;
    size_t count = 0;
    int r = sf_archive_writer_end(tarball->writer, err);

    if (r < 0) {
        return r;
    }

    r = sf_digest_finish(tarball->digest, ret->tar_sha256, err);
    if (r < 0) {
        return r;
    }
    if (tarball->gzip != NULL) {
        return sf_gzip_encoder_finish(tarball->gzip, &ret->size_bytes, ret->sha256, err);
    }
    return sf_zstd_encoder_finish(tarball->zstd, &ret->size_bytes, &blocks, &count, ret->sha256,
                                  err);
}

int sf_tarball_write(int tree_fd, const struct sf_tarball_options *options, int fd,
                     struct sf_tarball *ret, struct sf_error *err)
{
    sf_auto(tarball) struct tarball tarball = {0};
    struct sf_tarball written = {0};
    int r = open_tarball(&tarball, options, fd, err);

    if (r < 0) {
        return r;
    }

    r = sf_dir_walk(tree_fd, ".", add_entry, &tarball, err);
    if (r < 0) {
        return r;
    }

    r = finish(&tarball, &written, err);
    if (r < 0) {
        return r;
    }
    *ret = written;
    return 0;
}
