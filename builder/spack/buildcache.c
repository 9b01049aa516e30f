/* A Spack build cache: what is got from it, and checked. */
#include "builder/spack/buildcache.h"

#include <errno.h>
#include <jansson.h>
#include <unistd.h>

#include "builder/spack/cache_manifest.h"
#include "builder/spack/gunzip.h"
#include "builder/spack/spec.h"
#include "common/base/buffer.h"
#include "common/base/error.h"
#include "common/base/str.h"
#include "common/content/fetch.h"
#include "common/content/signature.h"
#include "common/format/json.h"
#include "common/host/digest.h"

#define MAX_LAYOUT_BYTES 4096
#define MAX_SPEC_BYTES   (64UL << 20)

static int get_small(const struct sf_buildcache *cache, const char *path,
                     struct sf_buffer *unverified, struct sf_error *err)
{
    sf_autofree char *url = sf_str_format("%s/%s", cache->url, path);

    if (url == NULL) {
        return sf_error_no_memory(err);
    }

    int r = sf_fetch_small(cache->fetcher, url, unverified, /* validator= */ NULL,
                           /* ret_is_unchanged= */ NULL, err);

    /* An empty file is still a text. */
    return r < 0 ? r : sf_buffer_append(unverified, "", 0, err);
}

int sf_buildcache_check(const struct sf_buildcache *cache, struct sf_error *err)
{
    sf_auto(buffer) struct sf_buffer text = {.limit_bytes = MAX_LAYOUT_BYTES};
    sf_auto(json) json_t *layout = NULL;
    const char *signing = NULL;
    int r = get_small(cache, "v3/layout.json", &text, err);

    if (r < 0) {
        return sf_error_prefix(err, "no build cache of layout 3: ");
    }

    r = sf_json_parse(text.data, text.size, &layout, err);
    if (r == 0) {
        r = sf_json_string(layout, "signing", &signing, err);
    }
    if (r < 0) {
        return sf_error_prefix(err, "v3/layout.json: ");
    }
    if (!sf_str_is_equal(signing, "gpg")) {
        sf_autofree char *shown = sf_str_printable(signing);

        return sf_error_set(err, SF_E_SIGNATURE,
                            "the packages of this build cache are not signed (\"signing\" is "
                            "'%s', not 'gpg'): push them with a key",
                            shown == NULL ? "" : shown);
    }
    return 0;
}

static int verify_manifest(const struct sf_buildcache *cache, const struct sf_buffer *unverified,
                           struct sf_cache_manifest *ret, struct sf_signer *ret_signer,
                           struct sf_error *err)
{
    sf_auto(buffer) struct sf_buffer text = {.limit_bytes = SF_CACHE_MANIFEST_MAX_BYTES};
    int r = sf_signature_verify_clear(cache->keyring, unverified->data, unverified->size,
                                      cache->now_s, &text, ret_signer, err);

    return r < 0 ? r
                 : sf_cache_manifest_parse(text.data == NULL ? "" : text.data, text.size, ret, err);
}

int sf_buildcache_get_manifest(const struct sf_buildcache *cache,
                               const struct sf_spack_identity *identity,
                               struct sf_cache_manifest *ret, struct sf_signer *ret_signer,
                               struct sf_error *err)
{
    sf_auto(buffer) struct sf_buffer unverified = {.limit_bytes = SF_CACHE_MANIFEST_MAX_BYTES};
    sf_autofree char *path =
        sf_str_format("v3/manifests/spec/%s/%s-%s-%s.spec.manifest.json", identity->name,
                      identity->name, identity->version, identity->hash);
    int r = path == NULL ? sf_error_no_memory(err) : get_small(cache, path, &unverified, err);

    if (r == 0) {
        r = verify_manifest(cache, &unverified, ret, ret_signer, err);
    }
    return r < 0 ? sf_error_prefix(err, "%s@%s/%s: ", identity->name, identity->version,
                                   identity->hash)
                 : 0;
}

static char *blob_path(const struct sf_cache_blob *blob)
{
    return sf_str_format("blobs/sha256/%.2s/%s", blob->sha256, blob->sha256);
}

static int check_digest(const struct sf_cache_blob *blob, const char *sha256, struct sf_error *err)
{
    if (!sf_str_is_equal(blob->sha256, sha256)) {
        return sf_error_set(err, SF_E_INTEGRITY, "blob %s holds other bytes, its sha256 is %s",
                            blob->sha256, sha256);
    }
    return 0;
}

static int get_spec_text(const struct sf_buildcache *cache, const struct sf_cache_blob *blob,
                         struct sf_buffer *text, struct sf_error *err)
{
    sf_auto(buffer) struct sf_buffer unverified = {.limit_bytes = SF_CACHE_SPEC_MAX_BYTES};
    sf_autofree char *path = blob_path(blob);
    char sha256[SF_DIGEST_HEX];
    int r = path == NULL ? sf_error_no_memory(err) : get_small(cache, path, &unverified, err);

    if (r == 0) {
        r = sf_digest_bytes(unverified.data, unverified.size, sha256, err);
    }
    if (r == 0) {
        r = check_digest(blob, sha256, err);
    }
    if (r == 0 && unverified.size != blob->size_bytes) {
        r = sf_error_set(err, SF_E_INTEGRITY, "blob %s has %zu bytes, its manifest says %llu",
                         blob->sha256, unverified.size, (unsigned long long)blob->size_bytes);
    }
    return r < 0 ? r : sf_gunzip(unverified.data, unverified.size, text, err);
}

static bool is_same(const struct sf_spack_identity *a, const struct sf_spack_identity *b)
{
    return sf_str_is_equal(a->name, b->name) && sf_str_is_equal(a->version, b->version) &&
           sf_str_is_equal(a->hash, b->hash);
}

int sf_buildcache_get_spec(const struct sf_buildcache *cache,
                           const struct sf_spack_identity *identity,
                           const struct sf_cache_blob *blob, struct sf_spack_spec **ret,
                           struct sf_error *err)
{
    sf_auto(buffer) struct sf_buffer text = {.limit_bytes = MAX_SPEC_BYTES};
    sf_auto(spack_spec) struct sf_spack_spec *spec = NULL;
    int r = get_spec_text(cache, blob, &text, err);

    if (r == 0) {
        r = sf_spack_spec_parse(text.data == NULL ? "" : text.data, text.size, &spec, err);
    }
    if (r == 0 && !is_same(&spec->nodes[0].identity, identity)) {
        const struct sf_spack_identity *found = &spec->nodes[0].identity;

        r = sf_error_set(err, SF_E_INTEGRITY,
                         "its signed manifest is that of another package, %s@%s/%s", found->name,
                         found->version, found->hash);
    }
    if (r < 0) {
        return sf_error_prefix(err, "%s@%s/%s: ", identity->name, identity->version,
                               identity->hash);
    }
    *ret = sf_steal(&spec);
    return 0;
}

struct receiving {
    int fd;
    struct sf_digest *digest;
};

static int receive(void *context, uint64_t offset, const void *bytes, size_t size,
                   struct sf_error *err)
{
    const struct receiving *receiving = context;
    const char *rest = bytes;

    sf_digest_update(receiving->digest, bytes, size);
    while (size > 0) {
        ssize_t n = pwrite(receiving->fd, rest, size, (off_t)offset);

        if (n < 0 && errno == EINTR) {
            continue;
        }
        if (n < 0) {
            return sf_error_errno(err, errno, "write a blob");
        }
        rest += n;
        offset += (uint64_t)n;
        size -= (size_t)n;
    }
    return 0;
}

int sf_buildcache_get_blob(const struct sf_buildcache *cache, const struct sf_cache_blob *blob,
                           int fd, struct sf_error *err)
{
    sf_auto(digest) struct sf_digest *digest = NULL;
    sf_autofree char *path = blob_path(blob);
    sf_autofree char *url = path == NULL ? NULL : sf_str_format("%s/%s", cache->url, path);
    char sha256[SF_DIGEST_HEX];
    int r = url == NULL ? sf_error_no_memory(err) : sf_digest_new(&digest, err);

    if (r < 0) {
        return r;
    }

    const struct sf_fetch_range range = {.url = url, .size_bytes = blob->size_bytes};
    struct receiving receiving = {fd, digest};

    r = sf_fetch_large(cache->fetcher, &range, receive, &receiving, err);
    if (r == 0) {
        r = sf_digest_finish(digest, sha256, err);
    }
    return r < 0 ? r : check_digest(blob, sha256, err);
}
