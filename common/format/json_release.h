/*
 * The members of a JSON object that say what a release is and what it needs of a node, as manifest
 * and index both write them: version, build, toolchain, arch, variant, glibc, cpu_level.
 */
#ifndef SF_FORMAT_JSON_RELEASE_H
#define SF_FORMAT_JSON_RELEASE_H

#include "common/format/release.h"

struct json_t;
struct sf_error;

/* What a release needs of a node; both strings have the forms that struct sf_manifest names. */
struct sf_release_needs {
    char glibc[16];
    char cpu_level[16];
};

/* Reads the members. Errors: FORMAT. */
int sf_json_release_read(const struct json_t *object, struct sf_release *ret_release,
                         struct sf_release_needs *ret_needs, struct sf_error *err);

/* A new object with these members. NULL when out of memory. Owned by the caller. */
struct json_t *sf_json_release_write(const struct sf_release *release, const char *glibc,
                                     const char *cpu_level);

#endif
