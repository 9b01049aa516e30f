/* The parts of a release: Slurm itself, what it was installed with, and each library that was
 * brought along. */
#ifndef SF_BUILDER_PACK_COMPONENT_H
#define SF_BUILDER_PACK_COMPONENT_H

#include "builder/pack/package_query.h"

#include <stdbool.h>
#include <stddef.h>

struct sf_error;

struct sf_pack_component {
    bool is_slurm;
    char *name;                /* "slurm", "zlib", or the library's file: "libz.so.1.2.13" */
    char *path;                /* of the library in the tree, else NULL */
    char *origin;              /* its real path in the place, else NULL */
    struct sf_package package; /* where it is from; for Slurm only version and licence */
    char sha256[65];           /* of the file as it is shipped; "" until that is known */
    struct sf_strlist texts;   /* of package.license.references, at the same index */
};

struct sf_pack_components {
    struct sf_pack_component *items; /* Slurm first, then libraries in the order they were found */
    size_t count;
};

/* Adds Slurm of that version. Errors: NO_MEMORY. */
int sf_pack_components_add_slurm(struct sf_pack_components *components, const char *version,
                                 struct sf_error *err);

/* Adds a part that came with Slurm's installation, "name version", unless it is there. Errors:
 * NO_MEMORY. */
int sf_pack_components_add_part(struct sf_pack_components *components, const char *part,
                                struct sf_error *err);

/* Adds the library at `path` of the tree, from `origin`; nothing else is known yet. Errors:
 * NO_MEMORY. */
int sf_pack_components_add_library(struct sf_pack_components *components, const char *path,
                                   const char *origin, struct sf_error *err);

/* Orders by name, Slurm first. */
void sf_pack_components_sort(struct sf_pack_components *components);

void sf_pack_components_done(struct sf_pack_components *components);

#endif
