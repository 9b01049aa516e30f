/* The manifest of a package in a Spack build cache, version 3: which blobs it consists of. */
#ifndef SF_BUILDER_SPACK_CACHE_MANIFEST_H
#define SF_BUILDER_SPACK_CACHE_MANIFEST_H

#include <stddef.h>
#include <stdint.h>

struct sf_error;

/* Ceilings: of the text, of what describes a package (compressed), of a package (compressed). */
#define SF_CACHE_MANIFEST_MAX_BYTES (1UL << 20)
#define SF_CACHE_SPEC_MAX_BYTES     (16UL << 20)
#define SF_CACHE_PACKAGE_MAX_BYTES  (8ULL << 30)

struct sf_cache_blob {
    char sha256[65];
    uint64_t size_bytes;
};

struct sf_cache_manifest {
    struct sf_cache_blob spec;    /* JSON, gzip */
    struct sf_cache_blob package; /* tar, gzip */
};

/* Reads the text that was signed. Errors: FORMAT: another version, a kind of blob, compression or
 * digest that is not known here, one of the two blobs missing or there twice, a size above the
 * ceiling. */
int sf_cache_manifest_parse(const char *text, size_t size, struct sf_cache_manifest *ret,
                            struct sf_error *err);

#endif
