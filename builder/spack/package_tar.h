/* The tar of a package in a build cache, unpacked by rules: what it cannot be is refused. */
#ifndef SF_BUILDER_SPACK_PACKAGE_TAR_H
#define SF_BUILDER_SPACK_PACKAGE_TAR_H

struct sf_error;

/*
 * Unpacks the gzip'ed tar at `fd`, from position 0, into the empty directory `dir_fd`, with the
 * names that it has: the path of the prefix from its first component on. Files get 0755 or 0644,
 * owner and times are the caller's. Symbolic links are made as they are and never followed.
 * Errors: FORMAT (no such tar; an entry that is absolute, climbs, is setuid, a device, or a hard
 * link to something that is not there; above a ceiling), NO_SPACE, IO.
 */
int sf_package_unpack(int fd, int dir_fd, struct sf_error *err);

#endif
