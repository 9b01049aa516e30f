/*
 * A Spack build cache of layout 3 (directory, http, https). Its index and its keys are not signed,
 * so neither is read: packages are asked for by their hash, manifests are verified with the
 * caller's keys, and everything else is named by digest in a manifest.
 */
#ifndef SF_BUILDER_SPACK_BUILDCACHE_H
#define SF_BUILDER_SPACK_BUILDCACHE_H

#include <stdint.h>

struct sf_cache_blob;
struct sf_cache_manifest;
struct sf_error;
struct sf_fetcher;
struct sf_keyring;
struct sf_signer;
struct sf_spack_identity;
struct sf_spack_spec;

struct sf_buildcache { /* all borrowed */
    struct sf_fetcher *fetcher;
    const char *url;
    const struct sf_keyring *keyring;
    int64_t now_s;
};

/* Checks that it is a build cache whose packages are signed. Errors: REMOTE (none there), SIGNATURE
 * (not signed), FORMAT, NETWORK. */
int sf_buildcache_check(const struct sf_buildcache *cache, struct sf_error *err);

/* Gets and verifies the manifest of a package. Errors: REMOTE (the cache does not have it),
 * SIGNATURE, those of sf_cache_manifest_parse(), NETWORK. */
int sf_buildcache_get_manifest(const struct sf_buildcache *cache,
                               const struct sf_spack_identity *identity,
                               struct sf_cache_manifest *ret, struct sf_signer *ret_signer,
                               struct sf_error *err);

/*
 * Gets the description that a manifest names. Errors: INTEGRITY (other bytes than the manifest
 * says, or of another package than `identity`: a manifest under a name that is not its own), those
 * of sf_spack_spec_parse(), NETWORK.
 */
int sf_buildcache_get_spec(const struct sf_buildcache *cache,
                           const struct sf_spack_identity *identity,
                           const struct sf_cache_blob *blob, struct sf_spack_spec **ret,
                           struct sf_error *err);

/* Gets a blob into the empty file at `fd`. Errors: INTEGRITY, REMOTE (another size), NO_SPACE, IO,
 * NETWORK; what was written so far must not be used. */
int sf_buildcache_get_blob(const struct sf_buildcache *cache, const struct sf_cache_blob *blob,
                           int fd, struct sf_error *err);

#endif
