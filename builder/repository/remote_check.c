/* Fetches what an index lists and compares it with what the index says. */
#include "builder/repository/remote_check.h"

#include <inttypes.h>
#include <string.h>

#include "builder/repository/block_check.h"
#include "builder/repository/publish.h"
#include "common/base/buffer.h"
#include "common/base/error.h"
#include "common/base/str.h"
#include "common/content/fetch.h"
#include "common/format/manifest.h"
#include "common/format/repo_index.h"
#include "common/host/digest.h"

static int compare_manifest(const struct sf_manifest *manifest,
                            const struct sf_index_artifact *artifact, struct sf_error *err)
{
    char listed[SF_RELEASE_ID_SIZE];
    char found[SF_RELEASE_ID_SIZE];

    sf_release_format(&artifact->release, listed);
    sf_release_format(&manifest->release, found);
    if (strcmp(listed, found) != 0) {
        return sf_error_set(err, SF_E_INTEGRITY, "the manifest is of %s, the index says %s", found,
                            listed);
    }
    if (manifest->artifact_size_bytes != artifact->size_bytes ||
        strcmp(manifest->glibc, artifact->glibc) != 0 ||
        strcmp(manifest->cpu_level, artifact->cpu_level) != 0) {
        return sf_error_set(err, SF_E_INTEGRITY,
                            "size, glibc or CPU level of the manifest are not the index's");
    }
    return 0;
}

int sf_remote_check_manifest(const struct sf_remote *remote,
                             const struct sf_index_artifact *artifact, struct sf_manifest **ret,
                             struct sf_error *err)
{
    sf_auto(buffer) struct sf_buffer unverified = {.limit_bytes = artifact->manifest_size_bytes};
    sf_auto(manifest) struct sf_manifest *manifest = NULL;
    sf_autofree char *url =
        sf_str_format("%s/%s" SF_PUBLISH_MANIFEST_SUFFIX, remote->url, artifact->path);
    char sha256[SF_DIGEST_HEX];
    int r = url == NULL ? sf_error_no_memory(err)
                        : sf_fetch_small(remote->fetcher, url, &unverified, /* validator= */ NULL,
                                         /* ret_is_unchanged= */ NULL, err);

    if (r < 0) {
        return r;
    }

    r = sf_digest_bytes(unverified.data, unverified.size, sha256, err);
    if (r < 0) {
        return r;
    }
    if (unverified.data == NULL || strcmp(sha256, artifact->manifest_sha256) != 0) {
        return sf_error_set(err, SF_E_INTEGRITY, "the manifest is not the one of the index");
    }

    r = sf_manifest_parse(unverified.data, unverified.size, &manifest, err);
    if (r < 0) {
        return r;
    }

    r = compare_manifest(manifest, artifact, err);
    if (r < 0) {
        return r;
    }
    *ret = sf_steal(&manifest);
    return 0;
}

static int feed(void *context, uint64_t offset, const void *bytes, size_t size,
                struct sf_error *err)
{
    (void)offset;
    return sf_block_check_feed(context, bytes, size, err);
}

int sf_remote_check_bytes(const struct sf_remote *remote, const struct sf_index_artifact *artifact,
                          const struct sf_manifest *manifest, struct sf_error *err)
{
    sf_auto(block_check) struct sf_block_check *check = NULL;
    sf_autofree char *url = sf_str_format("%s/%s", remote->url, artifact->path);
    struct sf_fetch_range range = {.url = url, .size_bytes = artifact->size_bytes};
    char sha256[SF_DIGEST_HEX];
    int r = url == NULL ? sf_error_no_memory(err) : sf_block_check_new(manifest, &check, err);

    if (r < 0) {
        return r;
    }

    r = sf_fetch_large(remote->fetcher, &range, feed, check, err);
    if (r < 0) {
        return r;
    }

    r = sf_block_check_finish(check, sha256, err);
    if (r < 0) {
        return r;
    }
    if (strcmp(sha256, artifact->sha256) != 0) {
        return sf_error_set(err, SF_E_INTEGRITY, "the artifact is not the one of the index");
    }
    return 0;
}
