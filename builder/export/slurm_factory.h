/*
 * A release in the layout of vantagecompute/slurm-factory, for sites whose scripts know that one:
 * TOOLCHAIN/SERIES/ARCH/slurm-SERIES-TOOLCHAIN-ARCH-software.tar.gz with view/ in it, and a
 * detached signature beside it. The name says the series only, so a newer release replaces the
 * file.
 */
#ifndef SF_BUILDER_EXPORT_SLURM_FACTORY_H
#define SF_BUILDER_EXPORT_SLURM_FACTORY_H

#include "common/base/cleanup.h"

#include <stdbool.h>
#include <stdint.h>

struct sf_artifact;
struct sf_error;

#define SF_SLURM_FACTORY_PREFIX "/opt/slurm/view"

struct sf_slurm_factory_options {
    const char *directory; /* made when it is absent */
    const char *prefix;    /* where the view will be, as programs in it think */
    const char *signer;    /* fingerprint; NULL: no signature */
    int level;             /* of gzip, 1-9 */
};

struct sf_slurm_factory_file {
    char *path; /* below the directory; owned */
    uint64_t size_bytes;
    char sha256[65];
    bool is_changed; /* false: it was there with the same bytes, and signed if that is wanted */
};

/* Errors: USAGE (a prefix that does not fit), those of sf_artifact_unpack(), sf_tarball_write() and
 * sf_sign_detached(). */
int sf_slurm_factory_write(const struct sf_artifact *artifact,
                           const struct sf_slurm_factory_options *options,
                           struct sf_slurm_factory_file *ret, struct sf_error *err);

void sf_slurm_factory_file_done(struct sf_slurm_factory_file *file);

SF_DEFINE_AUTO_STRUCT(slurm_factory_file, struct sf_slurm_factory_file, sf_slurm_factory_file_done)

#endif
