/*
 * How an artifact was made, as an in-toto statement with SLSA provenance: sources, options and the
 * packages of the place that it was made in. No time of day in it.
 */
#ifndef SF_BUILDER_PACK_PROVENANCE_H
#define SF_BUILDER_PACK_PROVENANCE_H

#include <stddef.h>
#include <stdint.h>

struct sf_os_release;
struct sf_release;
struct sf_strlist;

/* A file that was made. */
struct sf_provenance_subject {
    const char *name;
    const char *sha256;
};

struct sf_provenance {
    const struct sf_provenance_subject *subjects;
    size_t subject_count;
    const struct sf_release *release;
    const struct sf_strlist *options;  /* words */
    const struct sf_strlist *sources;  /* "name sha256" */
    const struct sf_os_release *os;    /* of the place */
    const struct sf_strlist *packages; /* of the place, as sf_package_list() gives them */
    const char *glibc;                 /* the highest that was allowed */
    const char *cpu_level;
    const char *prefix; /* padded */
    int level;          /* of zstd */
    int64_t epoch_s;
};

/* JSON text. NULL when out of memory. Owned by the caller. */
char *sf_provenance_text(const struct sf_provenance *provenance);

#endif
