/*
 * How a series of Slurm is built: an INI file per series ("24.11.ini"), resolved for one version,
 * toolchain and variant. Sections:
 *
 *   [recipe]             series, version (what the series means), and the keys below
 *   [source FILE]        version, sha256, url (repeatable): a file that holds the source
 *   [variant NAME]       keys below, for cpu, gpu or minimal
 *   [toolchain NAME]     keys below
 *   [toolchain NAME gpu] keys below, for both together
 *
 * Keys: configure, contrib, plugin, file, component, library, host-library, package. All of them
 * are lists of words separated by blanks, may be repeated, and add up over the sections that apply,
 * in the order above whatever theirs in the file. A word "!PATTERN" takes back what was there
 * already, as fnmatch(3) matches; it is an error when there was nothing.
 *
 * Lifecycle: sf_recipe_read(), read the fields, sf_recipe_free().
 */
#ifndef SF_BUILDER_RECIPE_RECIPE_H
#define SF_BUILDER_RECIPE_RECIPE_H

#include "common/base/cleanup.h"
#include "common/base/strlist.h"

#include <stddef.h>

struct sf_error;

struct sf_recipe_source {
    char *file; /* "slurm-24.11.5.tar.bz2": its name in caches and on mirrors */
    char version[32];
    char sha256[65];
    struct sf_strlist urls; /* the origin's, may be empty */
};

struct sf_recipe {
    char *path; /* the file it was read from */
    char series[16];
    char version[32];                 /* exact: "24.11.5" */
    struct sf_recipe_source *sources; /* of that version, any of them will do, best first */
    size_t source_count;
    struct sf_strlist configure;      /* options of ./configure */
    struct sf_strlist contribs;       /* directories below contribs/ to make and install */
    struct sf_strlist plugins;        /* names that must be in lib/slurm afterwards */
    struct sf_strlist files;          /* that must be in the prefix: "bin/seff" */
    struct sf_strlist components;     /* sonames that must be in the tree: "libmunge.so.2" */
    struct sf_strlist libraries;      /* sonames opened by name at run time: bundled too */
    struct sf_strlist host_libraries; /* patterns of sonames that are never bundled */
    struct sf_strlist packages;       /* of the distribution, that the build needs */
};

/* What is asked for. */
struct sf_recipe_wanted {
    const char *directories[4]; /* searched in this order, NULL-terminated */
    const char *version;        /* "24.11" or "24.11.5" */
    const char *toolchain;
    const char *variant; /* "cpu", "gpu", "minimal" */
};

/* Fills `directories`: `directory` (may be NULL), the site's own recipes, those that came with the
 * program. All are borrowed. */
void sf_recipe_search(struct sf_recipe_wanted *wanted, const char *directory);

/*
 * Finds the recipe of the version's series and resolves it. The whole file is checked, also what
 * does not apply. Errors: USAGE (the version is none), NOT_FOUND (no recipe for the series, no
 * source for the version, no such toolchain or variant: naming those that there are), CONFIG (file,
 * line and key), IO, NO_MEMORY.
 */
int sf_recipe_read(const struct sf_recipe_wanted *wanted, struct sf_recipe **ret,
                   struct sf_error *err);

/* Frees what a source holds. */
void sf_recipe_source_done(struct sf_recipe_source *source);

void sf_recipe_free(struct sf_recipe *recipe);

SF_DEFINE_AUTO(recipe, struct sf_recipe *, sf_recipe_free)

#endif
