/* A directory tree as one compressed tar: root:root, one time for all, names ascending. */
#ifndef SF_BUILDER_EXPORT_TARBALL_H
#define SF_BUILDER_EXPORT_TARBALL_H

#include <stdint.h>

struct sf_error;

enum sf_compression { SF_COMPRESSION_ZSTD, SF_COMPRESSION_GZIP };

struct sf_tarball_options {
    enum sf_compression compression;
    int level;       /* 1-22 for zstd, 1-9 for gzip */
    int64_t mtime_s; /* of every entry */
};

/* What was written. */
struct sf_tarball {
    uint64_t size_bytes;
    char sha256[65];     /* of the file */
    char tar_sha256[65]; /* of the tar before compression */
};

/* Writes all that is below `tree_fd` to `fd`. Errors: FORMAT (a file that is none of file,
 * directory and symbolic link), INTEGRITY (a file that changes meanwhile), NO_SPACE, IO. */
int sf_tarball_write(int tree_fd, const struct sf_tarball_options *options, int fd,
                     struct sf_tarball *ret, struct sf_error *err);

#endif
