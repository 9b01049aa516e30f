/* The source of a release, unpacked: a tar archive, compressed or not, below one directory. */
#ifndef SF_BUILDER_PLACE_SOURCE_UNPACK_H
#define SF_BUILDER_PLACE_SOURCE_UNPACK_H

struct sf_error;

/*
 * Unpacks the archive at `fd` (bzip2, gzip, xz or zstd), less the one directory at its top, into
 * the directory `dir_fd`, which should be empty. Times are kept, for make compares them. `name` is
 * for messages. Errors: FORMAT (no archive; an entry that is no file, directory or link, or whose
 * name or target leads out), NO_SPACE, IO.
 */
int sf_source_unpack(int fd, const char *name, int dir_fd, struct sf_error *err);

#endif
