/*
 * The description of a concrete package as Spack writes it (spec file format 5): the package itself
 * and all that it was built with.
 *
 * Lifecycle: sf_spack_spec_parse(), read the nodes, sf_spack_spec_free().
 */
#ifndef SF_BUILDER_SPACK_SPEC_H
#define SF_BUILDER_SPACK_SPEC_H

#include "common/base/cleanup.h"
#include "common/base/strlist.h"

#include <stdbool.h>
#include <stddef.h>

struct sf_error;

/* Which package it is. All parts are safe in a file name and in a URL. */
struct sf_spack_identity {
    char name[64];
    char version[64];
    char hash[33];
};

struct sf_spack_node {
    struct sf_spack_identity identity;
    bool is_external;         /* of the machine that it was built on: in no cache */
    struct sf_strlist needed; /* hashes of what it has to have when it runs */
};

struct sf_spack_spec {
    struct sf_spack_node *nodes; /* the package itself first */
    size_t count;
};

/* Errors: FORMAT (another version, a name that could lead elsewhere, a dependency that is not
 * described), NO_MEMORY. */
int sf_spack_spec_parse(const char *text, size_t size, struct sf_spack_spec **ret,
                        struct sf_error *err);

/* The node of that hash, NULL for none. */
const struct sf_spack_node *sf_spack_spec_find(const struct sf_spack_spec *spec, const char *hash);

void sf_spack_spec_free(struct sf_spack_spec *spec);

SF_DEFINE_AUTO(spack_spec, struct sf_spack_spec *, sf_spack_spec_free)

/* Reads "slurm@25-11-6-1/HASH", HASH being the whole one of 32 characters. Errors: USAGE. */
int sf_spack_identity_parse(const char *text, struct sf_spack_identity *ret, struct sf_error *err);

#endif
