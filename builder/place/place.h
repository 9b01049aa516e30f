/*
 * Where a release is built: this machine, when it is the release's toolchain, or a root directory
 * of that toolchain. One directory of this machine, the work directory, is visible in both; inside
 * a root it is SF_PLACE_WORK.
 */
#ifndef SF_BUILDER_PLACE_PLACE_H
#define SF_BUILDER_PLACE_PLACE_H

#include "common/base/cleanup.h"
#include "common/base/strlist.h"

#include <stdbool.h>
#include <stdint.h>

struct sf_error;
struct sf_release;

#define SF_PLACE_WORK  "/build"
#define SF_PLACE_CACHE "/ccache"

struct sf_place {
    const char *root;  /* "/" for this machine; else the root directory; borrowed */
    const char *work;  /* of this machine, absolute; borrowed */
    const char *cache; /* a second such directory, of ccache; NULL: none; borrowed */
};

struct sf_place_command {
    const char *const *argv;
    const char *const *environment; /* as for sf_process_run() */
    const char *directory;          /* relative to the work directory; NULL: that itself */
    int output_fd;                  /* gets standard output and error */
    uint32_t timeout_s;
};

/* "/build/source" inside a root, the true path on this machine. NULL when out of memory. Owned by
 * the caller. */
char *sf_place_path(const struct sf_place *place, const char *relative);

/* Where `cache` is for the programs there; NULL when there is none. Borrowed. */
const char *sf_place_cache(const struct sf_place *place);

bool sf_place_is_machine(const struct sf_place *place);

/* Runs a program there. Errors: UNHEALTHY (a status other than 0), those of sf_sandbox_run(). */
int sf_place_run(const struct sf_place *place, const struct sf_place_command *command,
                 struct sf_error *err);

/*
 * Checks that the place is what `release` is for: os-release and architecture. Errors: INCOMPATIBLE
 * with the way out (--build-root, --image), NOT_FOUND.
 */
int sf_place_check(const struct sf_place *place, const struct sf_release *release,
                   struct sf_error *err);

/* True when there is an executable of that name on the place's usual path. */
bool sf_place_has_program(const struct sf_place *place, const char *name);

/*
 * Looks for `packages` with the place's own dpkg or rpm. `ret_installed` gets "name version" of
 * those that are installed (in the order of `packages`), `ret_missing` the names of the others.
 * Errors: NOT_FOUND (the place has neither), those of sf_place_run().
 */
int sf_place_packages(const struct sf_place *place, const struct sf_strlist *packages,
                      struct sf_strlist *ret_installed, struct sf_strlist *ret_missing,
                      struct sf_error *err);

/* What an administrator calls it: "Debian GNU/Linux 12 (bookworm), glibc 2.36". Errors: NOT_FOUND,
 * IO. */
int sf_place_describe(const struct sf_place *place, const char *arch, char **ret_text,
                      struct sf_error *err);

/* How a person installs packages there: "apt-get install", "dnf install"; static. */
const char *sf_place_installer(const struct sf_place *place);

#endif
