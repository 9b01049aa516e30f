/*
 * What goes into a spack.yaml beyond what is asked for: conf/recipes/spack.ini, resolved for one
 * version, toolchain and variant. Sections:
 *
 *   [versions], [versions VARIANT]         25.11.6 = 25-11-6-1: the releases that there are
 *   [repository NAME]                      git, commit: where Spack has its packages from
 *   [mirror NAME]                          url, kind (source, or binary: a signed build cache)
 *   [environment], [environment VARIANT]   spec, require, external, exclude, host-library, plugin
 *   [toolchain NAME]                       compiler, external, require, package
 *   [view]                                 leave-out, keep
 *
 * Keys may be repeated and add up over the sections that apply. spec and require take one Spack
 * spec, the others words. "{version}" in a spec is Spack's name of the version, "{toolchain}" in a
 * URL the toolchain. An external is NAME@VERSION, found in /usr, or NAME@VERSION=PREFIX.
 *
 * Lifecycle: sf_spack_config_read(), read the fields, sf_spack_config_free().
 */
#ifndef SF_BUILDER_SPACK_SPACK_CONFIG_H
#define SF_BUILDER_SPACK_SPACK_CONFIG_H

#include "common/base/cleanup.h"
#include "common/base/strlist.h"

#include <stdbool.h>
#include <stddef.h>

struct sf_error;

#define SF_SPACK_CONFIG_NAME "spack.ini"

struct sf_spack_remote {
    char *name;
    char *url;
    char *commit;   /* of a repository */
    bool is_binary; /* a mirror of packages, not of sources */
};

struct sf_spack_config {
    char version[32];       /* of Slurm: "25.11.6" */
    char spack_version[32]; /* "25-11-6-1" */
    char *compiler;         /* "gcc@13.3.0" */
    struct sf_spack_remote *repositories;
    size_t repository_count;
    struct sf_spack_remote *mirrors;
    size_t mirror_count;
    struct sf_strlist specs;
    struct sf_strlist requires;
    struct sf_strlist externals;
    struct sf_strlist packages;       /* of the distribution, that Spack needs there */
    struct sf_strlist excluded;       /* packages that the view does not show */
    struct sf_strlist host_libraries; /* patterns of sonames that are never bundled */
    struct sf_strlist plugins;        /* names that must be in lib/slurm afterwards */
    struct sf_strlist left_out;       /* patterns of paths in the view that are not shipped ... */
    struct sf_strlist kept;           /* ... unless one of these matches */
};

struct sf_spack_wanted {
    const char *version;   /* "25.11" or "25.11.6" */
    const char *toolchain; /* "noble" */
    const char *variant;   /* "cpu", "gpu", "minimal" */
};

/*
 * Reads `text` of the file `name`. `wanted` NULL: only [view] is of interest, and the rest is
 * checked as well as it can be. Errors: CONFIG (file, line and what is wrong there), NOT_FOUND (no
 * such version or toolchain, naming those that there are), NO_MEMORY.
 */
int sf_spack_config_parse(const char *name, const char *text, const struct sf_spack_wanted *wanted,
                          struct sf_spack_config **ret, struct sf_error *err);

/* The same from the first of the `directories`, NULL-terminated, that has the file. Errors also:
 * NOT_FOUND (none has it), IO. */
int sf_spack_config_read(const char *const *directories, const struct sf_spack_wanted *wanted,
                         struct sf_spack_config **ret, struct sf_error *err);

void sf_spack_config_free(struct sf_spack_config *config);

SF_DEFINE_AUTO(spack_config, struct sf_spack_config *, sf_spack_config_free)

/* The package that a spec is of: "hwloc" of "hwloc@2: ~gl". Owned by the caller; NULL when out of
 * memory. */
char *sf_spack_spec_name(const char *spec);

#endif
