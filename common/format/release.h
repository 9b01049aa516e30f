/*
 * The identity of a release, `25.11.6-1-noble-amd64[-variant]`, and how people and files name it.
 * Plugins must match all three version numbers and the build, so nothing is ever identified by a
 * series.
 */
#ifndef SF_FORMAT_RELEASE_H
#define SF_FORMAT_RELEASE_H

#include "common/base/cleanup.h"

#include <stdbool.h>
#include <stdint.h>

struct sf_error;

/* Plain data; strings are bounded so that copies need no memory. */
struct sf_release {
    char version[32];   /* "25.11.6", or "26.05.0rc1" */
    uint32_t build;     /* 1 */
    char toolchain[32]; /* "noble": [a-z0-9]+ */
    char arch[16];      /* "amd64" or "arm64" */
    char variant[16];   /* "cpu" (never written in names), "gpu", "minimal" */
};

/* Room for an id and its NUL. */
#define SF_RELEASE_ID_SIZE 128

/* Reads an id. Errors: FORMAT, naming the text and the form expected. */
int sf_release_parse(const char *id, struct sf_release *ret, struct sf_error *err);

/* Writes the id, "25.11.6-1-noble-amd64". */
void sf_release_format(const struct sf_release *release, char id[static SF_RELEASE_ID_SIZE]);

/* Checks the fields of a release read field by field (manifest, index). Errors: FORMAT. */
int sf_release_check(const struct sf_release *release, struct sf_error *err);

/* "slurm-25.11.6-1-noble-amd64-software.tar.zst". NULL when out of memory. Owned by the caller. */
char *sf_release_artifact_name(const struct sf_release *release);

/* Reads an artifact's file name (no directory). Errors: FORMAT. */
int sf_release_parse_artifact_name(const char *name, struct sf_release *ret, struct sf_error *err);

/* "noble/25.11.6-1/amd64/slurm-…-software.tar.zst": the place below a repository's top. */
char *sf_release_artifact_path(const struct sf_release *release);

/* "25.11.6-1": what a person sees. */
void sf_release_short(const struct sf_release *release, char text[static SF_RELEASE_ID_SIZE]);

/* "25.11": the series of a version; at most 15 characters and a NUL. */
void sf_release_series(const char *version, char series[static 16]);

/* Orders by version, then build; the rest is ignored. <0, 0, >0. */
int sf_release_compare(const struct sf_release *a, const struct sf_release *b);

/*
 * What a person typed: a series "25.11", a version "25.11.6", a version-build "25.11.6-1", a whole
 * id, or "latest".
 */
enum sf_wanted_kind {
    SF_WANTED_LATEST,
    SF_WANTED_SERIES,
    SF_WANTED_VERSION,
    SF_WANTED_BUILD,
    SF_WANTED_ID
};

struct sf_wanted {
    enum sf_wanted_kind kind;
    struct sf_release release; /* the fields that the kind implies; a series stands in version */
};

/* Errors: USAGE, naming the text and the forms that are understood. */
int sf_wanted_parse(const char *text, struct sf_wanted *ret, struct sf_error *err);

/* True when `release` is one of what was asked for (toolchain, arch and variant only for an id). */
bool sf_wanted_matches(const struct sf_wanted *wanted, const struct sf_release *release);

#endif
