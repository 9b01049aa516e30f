/* A path below a directory fd turned into a descriptor; the kernel's part of dir.h. */
#ifndef SF_HOST_DIR_RESOLVE_H
#define SF_HOST_DIR_RESOLVE_H

#include <sys/types.h>

/*
 * Opens the relative `path` without following a link and without ".."; O_CLOEXEC is added. Returns
 * the descriptor, owned by the caller, or -1 with errno: ELOOP for a link on the way, EXDEV for a
 * path that is absolute or climbs, else as open(2).
 */
int sf_dir_resolve_beneath(int dir_fd, const char *path, int flags, mode_t mode);

/* Opens `path` with links followed as if `root_fd` were the root directory. Returns as above. */
int sf_dir_resolve_in_root(int root_fd, const char *path, int flags, mode_t mode);

#endif
