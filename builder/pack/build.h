/*
 * One release in the making: what was asked for and what the stages have found out. Each stage is a
 * function over this struct, in the order of stage.h.
 *
 * Lifecycle: zero-initialise, fill what was asked for, sf_build_open(), the stages,
 * sf_build_done(), which removes the private directory whatever happened.
 */
#ifndef SF_BUILDER_PACK_BUILD_H
#define SF_BUILDER_PACK_BUILD_H

#include "builder/pack/component.h"
#include "builder/pack/sysroot.h"
#include "common/base/cleanup.h"
#include "common/base/strlist.h"
#include "common/format/manifest.h"
#include "common/format/prefix.h"
#include "common/format/release.h"
#include "common/host/os_release.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct sf_error;

/* Of the work directory: files with debug information, and what will be published. */
#define SF_BUILD_DEBUG "debug"
#define SF_BUILD_OUT   "out"

struct sf_build {
    /* asked for */
    struct sf_release release;
    char glibc_ceiling[16];           /* the highest GLIBC_x.y that a file may need */
    char cpu_level[16];               /* "x86-64-v1" */
    int level;                        /* of zstd */
    int64_t epoch_s;                  /* every time in the artifact */
    const char *destdir;              /* borrowed */
    const char *place_root;           /* libraries are taken from this root directory; NULL or "/":
                                       * from this machine; borrowed */
    const char *repository;           /* borrowed */
    bool drops_debug;                 /* debug information is lost */
    bool needs_packages;              /* a bundled library that no package has, or of which no
                                       * licence is known, is an error */
    const char *signer;               /* fingerprint, NULL for no signature; borrowed */
    struct sf_strlist host_libraries; /* patterns of sonames that the node provides */
    struct sf_strlist libraries;      /* sonames opened by name at run time */
    struct sf_strlist sources;        /* "name sha256" */
    struct sf_strlist parts;          /* "name version" of what is installed with Slurm already */
    struct sf_strlist options;        /* words, for provenance */

    /* what must be in the tree, by the recipe; a release without one expects nothing more */
    struct sf_strlist
        expected_plugins;             /* "auth_munge.so" in lib/slurm; the suffix may be left out */
    struct sf_strlist expected_files; /* in the prefix: "bin/seff" */
    struct sf_strlist expected_components; /* sonames: "libmunge.so.2" */

    /* by sf_build_open() */
    char id[SF_RELEASE_ID_SIZE];
    char *prefix;                  /* clean: /opt/slurm/releases/<id>/view */
    char slot[SF_PREFIX_SLOT + 1]; /* padded */
    char *artifact_path;           /* below the repository */
    char *debug_name;              /* of the artifact with debug information, beside it */
    bool has_made_repository;      /* its directory was not there before */
    bool was_published;            /* the repository had an artifact of that name */
    struct sf_sysroot place;       /* where libraries are taken from */
    struct sf_os_release os;       /* of the place */
    int input_fd;                  /* the installed prefix below destdir; never changed */
    int repository_fd;
    char *work_name; /* private directory below the repository */
    int work_fd;
    int out_fd;      /* work/out: files as they will lie beside the artifact */
    int tree_fd;     /* work/tree: view/ and meta/ as they will be packed */
    char *tree_path; /* its absolute path, for the tools that are run */

    /* by the stages */
    struct sf_pack_components components;
    char glibc[16]; /* what the files really need */
    struct sf_manifest *manifest;
    char *manifest_text;
    bool has_debug; /* there are files with debug information */
    uint64_t debug_size_bytes;
    char debug_sha256[65];
    uint64_t artifact_size_bytes;
    char artifact_sha256[65];
};

/*
 * Checks the release, finds the input, makes the repository's directory if it is absent and a
 * private one in it. Errors: USAGE, NOT_FOUND (destdir does not hold this release's prefix; no
 * sbin/slurmd in it), PERMISSION, IO.
 */
int sf_build_open(struct sf_build *build, struct sf_error *err);

/* Removes the private directory and releases all. */
void sf_build_done(struct sf_build *build);

SF_DEFINE_AUTO_STRUCT(build, struct sf_build, sf_build_done)

/*
 * Takes over what is published beside the artifact with `suffix`, as it would come out different
 * each time. Errors: IO, NO_SPACE, NO_MEMORY.
 */
int sf_build_keep_published(const struct sf_build *build, const char *suffix, bool *ret_is_there,
                            struct sf_error *err);

/*
 * The time for everything in the artifact: `environment` (the value of SOURCE_DATE_EPOCH) when not
 * NULL, else the first day of the version's series, so that the same input gives the same bytes.
 * Errors: USAGE.
 */
int sf_build_epoch(const char *environment, const char *version, int64_t *ret_time_s,
                   struct sf_error *err);

#endif
