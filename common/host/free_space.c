/* Room on a file system, asked for before writing to it. */
#include "common/host/free_space.h"

#include <errno.h>
#include <inttypes.h>
#include <sys/statvfs.h>

#include "common/base/error.h"
#include "common/base/number.h"

int sf_free_space_check(int dir_fd, const char *name, uint64_t bytes, uint64_t inodes,
                        struct sf_error *err)
{
    struct statvfs status;

    if (fstatvfs(dir_fd, &status) < 0) {
        return sf_error_errno(err, errno, "ask for the free space of '%s'", name);
    }
    if ((status.f_flag & ST_RDONLY) != 0) {
        return sf_error_set(err, SF_E_PERMISSION, "'%s' is on a read-only file system", name);
    }

    /* The blocks reserved for root are left alone: they keep a full node alive. */
    uint64_t blocks_needed = bytes / status.f_frsize + (bytes % status.f_frsize != 0 ? 1 : 0);

    if (blocks_needed > status.f_bavail) {
        char need[16];
        char have[16];

        sf_number_format_bytes(bytes, need);
        sf_number_format_bytes(status.f_bavail * status.f_frsize, have);
        return sf_error_set(err, SF_E_NO_SPACE, "'%s' needs %s, its file system has %s free", name,
                            need, have);
    }
    /* btrfs and others have no fixed number of inodes and say 0. */
    if (status.f_files != 0 && inodes > status.f_favail) {
        return sf_error_set(err, SF_E_NO_SPACE,
                            "'%s' needs %" PRIu64 " inodes, its file system has %" PRIu64 " free",
                            name, inodes, (uint64_t)status.f_favail);
    }
    return 0;
}
