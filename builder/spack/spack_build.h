/*
 * A release built by Spack, in three steps below the place's work directory: spack/environment with
 * spack.yaml and Spack's spack.lock, spack/tree and spack/view with what it has installed, destdir/
 * with the release's prefix as if by 'make install DESTDIR=destdir'.
 *
 * Each step can be done again. Spack reads no configuration but spack.yaml and its own defaults;
 * what it has installed it does not build again.
 */
#ifndef SF_BUILDER_SPACK_SPACK_BUILD_H
#define SF_BUILDER_SPACK_SPACK_BUILD_H

#include <stdint.h>

struct sf_error;
struct sf_place;
struct sf_release;
struct sf_spack_config;

#define SF_SPACK_DIRECTORY "spack"
#define SF_SPACK_LOCK      "spack/environment/spack.lock"

struct sf_spack_build { /* all borrowed */
    const struct sf_place *place;
    const struct sf_release *release;
    const struct sf_spack_config *config;
    const char *program; /* Spack, by a path of the place; NULL: "spack" on its usual path */
    uint32_t jobs;
};

/* Writes spack.yaml and has Spack choose versions and variants. Errors: UNHEALTHY (Spack failed;
 * its words are in the log), those of sf_spack_yaml_write() and sf_place_run(). */
int sf_spack_concretize(const struct sf_spack_build *build, int log_fd, struct sf_error *err);

/* Has Spack build and install everything. Errors: as above. */
int sf_spack_install(const struct sf_spack_build *build, int log_fd, struct sf_error *err);

/* Has Spack merge what is installed, and makes `destdir` (relative to the work directory) of that,
 * anew. Errors: as above, those of sf_spack_tree_add(). */
int sf_spack_merge(const struct sf_spack_build *build, const char *destdir, int log_fd,
                   struct sf_error *err);

#endif
