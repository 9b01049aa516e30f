/*
 * An artifact chosen for installation, remote or a local file: its manifest, and its verified
 * bytes as often as they are needed.
 */
#ifndef SF_AGENT_ARTIFACT_H
#define SF_AGENT_ARTIFACT_H

#include "common/base/cleanup.h"
#include "common/base/strlist.h"
#include "common/content/signature.h"
#include "common/format/manifest.h"

#include <stdbool.h>
#include <stdint.h>

struct sf_agent;
struct sf_block_source;
struct sf_error;
struct sf_fetcher;
struct sf_index_artifact;
struct sf_index_origin;

struct sf_artifact {
    struct sf_manifest *manifest;
    bool is_local;
    struct sf_verified_file file; /* local */
    struct sf_fetcher *fetcher;   /* remote, borrowed */
    struct sf_strlist urls;       /* remote */
    char partial_name[80];        /* remote: in the cache directory */
    uint64_t size_bytes;
};

/* The artifact of an index entry: fetches its manifest and compares it with the entry. */
int sf_artifact_open_remote(const struct sf_agent *agent, struct sf_fetcher *fetcher,
                            const struct sf_index_artifact *entry,
                            const struct sf_index_origin *origin, struct sf_artifact *ret,
                            struct sf_error *err);

/*
 * A local file, vouched for by <path>.asc from a pinned key, else by the last accepted index. A
 * file name that claims another release than the manifest inside is refused. Errors: NOT_FOUND,
 * SIGNATURE, INTEGRITY, FORMAT.
 */
int sf_artifact_open_local(const struct sf_agent *agent, const char *path, struct sf_artifact *ret,
                           struct sf_error *err);

/* True when the operand means a file: it has a slash or ends in .tar.zst. */
bool sf_artifact_is_path(const char *operand);

/* Its verified bytes from the start; the artifact must outlive the source. */
int sf_artifact_stream(const struct sf_agent *agent, const struct sf_artifact *artifact,
                       void (*progress)(uint64_t), struct sf_block_source **ret,
                       struct sf_error *err);

/* Removes the partial download once the release is in place; trouble is only logged. */
void sf_artifact_forget_partial(const struct sf_agent *agent, const struct sf_artifact *artifact);

void sf_artifact_done(struct sf_artifact *artifact);

SF_DEFINE_AUTO_STRUCT(artifact, struct sf_artifact, sf_artifact_done)

#endif
