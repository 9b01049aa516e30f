/*
 * Where a release is built: this machine, when it is the release's toolchain, or a root directory
 * of that toolchain. One directory of this machine, the work directory, is visible in both; inside
 * a root it is SF_PLACE_WORK.
 */
#ifndef SF_BUILDER_PLACE_PLACE_H
#define SF_BUILDER_PLACE_PLACE_H

#include "common/base/cleanup.h"
#include "common/base/strlist.h"

#include <stdint.h>

struct sf_error;
struct sf_release;

#define SF_PLACE_WORK "/build"

struct sf_place {
    const char *root; /* "/" for this machine; else the root directory; borrowed */
    const char *work; /* of this machine, absolute; borrowed */
};

struct sf_place_command {
    const char *const *argv;
    const char *const *environment; /* as for sf_process_run() */
    const char *directory;          /* relative to the work directory */
    int output_fd;                  /* gets standard output and error */
    uint32_t timeout_s;
};

/* "/build/source" inside a root, the true path on this machine. NULL when out of memory. Owned by
 * the caller. */
char *sf_place_path(const struct sf_place *place, const char *relative);

/* Runs a program there. Errors: UNHEALTHY (a status other than 0), those of sf_sandbox_run(). */
int sf_place_run(const struct sf_place *place, const struct sf_place_command *command,
                 struct sf_error *err);

/*
 * Checks that the place is what `release` is for: os-release and architecture. Errors: INCOMPATIBLE
 * with the way out (--build-root, --image), NOT_FOUND.
 */
int sf_place_check(const struct sf_place *place, const struct sf_release *release,
                   struct sf_error *err);

/* Those of `packages` that are not installed there, by dpkg's or rpm's own database. Errors: IO. */
int sf_place_missing(const struct sf_place *place, const struct sf_strlist *packages,
                     struct sf_strlist *ret_missing, struct sf_error *err);

#endif
