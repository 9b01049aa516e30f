/* SHA-256 by OpenSSL, as 64 lower-case hex digits. */
#ifndef SF_HOST_DIGEST_H
#define SF_HOST_DIGEST_H

#include "common/base/cleanup.h"

#include <stddef.h>
#include <stdint.h>

struct sf_error;
struct sf_digest;

#define SF_DIGEST_HEX 65

/* A running digest: new, update …, finish (any number of rounds), free. Errors: NO_MEMORY,
 * INTERNAL. */
int sf_digest_new(struct sf_digest **ret, struct sf_error *err);
void sf_digest_update(struct sf_digest *digest, const void *bytes, size_t size);
/* Writes the digest of what was given since new or the last finish, and starts over. */
int sf_digest_finish(struct sf_digest *digest, char hex[static SF_DIGEST_HEX],
                     struct sf_error *err);
void sf_digest_free(struct sf_digest *digest);

SF_DEFINE_AUTO(digest, struct sf_digest *, sf_digest_free)

/* Of bytes at once. */
int sf_digest_bytes(const void *bytes, size_t size, char hex[static SF_DIGEST_HEX],
                    struct sf_error *err);

/* Of a file from offset 0 to its end, with pread: the position stays. Errors also: IO. */
int sf_digest_fd(int fd, char hex[static SF_DIGEST_HEX], uint64_t *ret_size_bytes,
                 struct sf_error *err);

#endif
