/*
 * The manifest: what a release is and every file in it. It stands inside the artifact
 * (meta/manifest.json) and again beside it (<artifact>.manifest.json), there with the digests of
 * the artifact's blocks; apart from those the two are equal field for field.
 *
 * Lifecycle: sf_manifest_parse() (bytes that were authenticated before), read the fields,
 * sf_manifest_free().
 */
#ifndef SF_FORMAT_MANIFEST_H
#define SF_FORMAT_MANIFEST_H

#include "common/base/cleanup.h"
#include "common/base/strlist.h"
#include "common/format/release.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct json_t;
struct sf_error;

#define SF_MANIFEST_FORMAT     1
#define SF_MANIFEST_MAX_BYTES  (64UL << 20)
#define SF_MANIFEST_MAX_FILES  200000
#define SF_MANIFEST_MAX_FILE   (16ULL << 30)
#define SF_MANIFEST_BLOCK_SIZE (1UL << 20)
#define SF_MANIFEST_PATH       "meta/manifest.json"

enum sf_file_type { SF_FILE_REGULAR, SF_FILE_DIRECTORY, SF_FILE_LINK };

struct sf_manifest_file {
    char *path; /* safe relative: "view/bin/sinfo" */
    enum sf_file_type type;
    uint32_t mode;           /* 0755 or 0644 and the like; 0 for links */
    uint64_t size_bytes;     /* regular files */
    char sha256[65];         /* regular files, as shipped */
    char *target;            /* links: stays inside the tree */
    bool is_rendered;        /* the clean default prefix in it becomes the node's */
    const uint64_t *offsets; /* relocation slots, ascending, SF_PREFIX_SLOT bytes each */
    size_t offset_count;
};

struct sf_component {
    char *name;
    char *version;
    char *license; /* "" when not known */
    char *package; /* the distribution's package, "" when none */
};

struct sf_manifest {
    struct sf_release release;
    char glibc[16];                 /* highest GLIBC_x.y any file needs: "2.34" */
    char cpu_level[16];             /* "x86-64-v1" … "x86-64-v4", "aarch64" */
    char *build_prefix;             /* SF_PREFIX_SLOT bytes, padded */
    char *default_prefix;           /* the same without padding */
    struct sf_manifest_file *files; /* ascending by path; directories before what is in them */
    size_t file_count;
    struct sf_component *components;
    size_t component_count;
    struct sf_strlist units;          /* names below meta/units */
    struct sf_strlist plugins;        /* names below view/lib/slurm that must be there */
    struct sf_strlist host_libraries; /* patterns of sonames that the node provides */
    uint64_t tree_bytes;              /* sum of all regular files */
    uint64_t artifact_size_bytes;     /* outer copy only, else 0 */
    uint64_t block_size_bytes;
    char (*blocks)[65]; /* outer copy only: sha256 of each block in order */
    size_t block_count;
    struct json_t *document; /* the JSON itself, for comparison */
    uint64_t *offset_pool;   /* holds every file's offsets */
};

/*
 * Parses and validates: paths safe and unique, links inside, parents listed, offsets ascending and
 * inside the file, digests well-formed, release fields valid, block count fitting the size. Errors:
 * FORMAT, INCOMPATIBLE (a newer `format`, naming it), NO_MEMORY.
 */
int sf_manifest_parse(const char *text, size_t size, struct sf_manifest **ret,
                      struct sf_error *err);

/* True when the two are equal apart from the outer copy's block digests. */
bool sf_manifest_is_same(const struct sf_manifest *a, const struct sf_manifest *b);

/* The entry of `path`, borrowed; NULL when there is none (binary search). */
const struct sf_manifest_file *sf_manifest_find(const struct sf_manifest *manifest,
                                                const char *path);

void sf_manifest_free(struct sf_manifest *manifest);

SF_DEFINE_AUTO(manifest, struct sf_manifest *, sf_manifest_free)

/* A file that lies beside the artifact and belongs to it. */
struct sf_manifest_related {
    const char *kind; /* "debug" */
    const char *name;
    uint64_t size_bytes;
    const char *sha256;
};

/*
 * What the builder knows when it writes a manifest, beyond struct sf_manifest's own fields.
 * `document` of the manifest is ignored.
 */
struct sf_manifest_origin {
    const char *builder_version;
    const struct sf_strlist *options; /* words of the build, for provenance */
    const struct sf_strlist *sources; /* "name sha256" each */
    int64_t source_date_epoch_s;
    const struct sf_manifest_related *related;
    size_t related_count;
};

/* The JSON text of the inner copy. NULL when out of memory. Owned by the caller. */
char *sf_manifest_dump(const struct sf_manifest *manifest, const struct sf_manifest_origin *origin);

/* The text of the outer copy: `inner` (a manifest's text) plus size and block digests. Errors:
 * FORMAT. */
int sf_manifest_dump_outer(const char *inner, uint64_t artifact_size_bytes,
                           const char (*blocks)[65], size_t block_count, char **ret_text,
                           struct sf_error *err);

#endif
