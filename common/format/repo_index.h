/*
 * The repository index, the only mutable object of a repository: a signed list of artifacts with
 * digests, a serial that only grows, and an expiry. See design of fields beside each.
 */
#ifndef SF_FORMAT_REPO_INDEX_H
#define SF_FORMAT_REPO_INDEX_H

#include "common/base/cleanup.h"
#include "common/base/strlist.h"
#include "common/format/release.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct sf_error;

#define SF_INDEX_FORMAT        1
#define SF_INDEX_NAME          "index.json.asc"
#define SF_INDEX_MAX_BYTES     (16UL << 20)
#define SF_INDEX_MAX_ARTIFACTS 50000

struct sf_index_artifact {
    struct sf_release release;
    char *path; /* safe relative, below the repository's top */
    uint64_t size_bytes;
    char sha256[65];
    uint64_t manifest_size_bytes; /* of <path>.manifest.json */
    char manifest_sha256[65];
    char glibc[16];
    char cpu_level[16];
    bool is_yanked;   /* never chosen, still installable by its exact version-build */
    bool is_security; /* for people */
};

/* What `upgrade` may do by itself; `install` of a person ignores it. */
struct sf_rollout {
    uint32_t percent;     /* of the nodes, 0-100 */
    int64_t not_before_s; /* 0: at once */
    bool is_halted;
};

struct sf_series {
    char series[16];                  /* "25.11" */
    char version[SF_RELEASE_ID_SIZE]; /* "25.11.6-1": what the series means today */
};

struct sf_repo_index {
    char *repository; /* the repository's name */
    uint64_t serial;
    int64_t created_s;
    int64_t expires_s;
    struct sf_series *series;
    size_t series_count;
    struct sf_rollout rollout;
    struct sf_index_artifact *artifacts;
    size_t artifact_count;
    struct sf_strlist
        removed; /* paths of artifacts that were taken out; a publisher removes them */
};

/*
 * Parses and validates (authenticated bytes): names safe, paths inside, no artifact twice, numbers
 * in range (serial below 2^53), expires after created. Errors: FORMAT, INCOMPATIBLE (newer format),
 * NO_MEMORY.
 */
int sf_repo_index_parse(const char *text, size_t size, struct sf_repo_index **ret,
                        struct sf_error *err);

/* The JSON text, artifacts sorted; what sf-builder signs. NULL when out of memory. Owned by the
 * caller. */
char *sf_repo_index_dump(const struct sf_repo_index *index);

/* "25.11" → "25.11.6-1" by the index's own series table; NULL when the table has no such series. */
const char *sf_repo_index_series(const struct sf_repo_index *index, const char *series);

void sf_repo_index_free(struct sf_repo_index *index);

SF_DEFINE_AUTO(repo_index, struct sf_repo_index *, sf_repo_index_free)

#endif
