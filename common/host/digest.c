/* SHA-256 of bytes as they come. */
#include "common/host/digest.h"

#include <errno.h>
#include <openssl/evp.h>
#include <stdbool.h>
#include <stdlib.h>
#include <unistd.h>

#include "common/base/cleanup.h"
#include "common/base/error.h"

#define DIGEST_BYTES 32
#define READ_CHUNK   ((size_t)256 * 1024)

struct sf_digest {
    EVP_MD_CTX *context;
    bool has_failed; /* in an update, told by the next finish */
};

static int internal_error(struct sf_error *err)
{
    return sf_error_set(err, SF_E_INTERNAL, "libcrypto does not do SHA-256");
}

int sf_digest_new(struct sf_digest **ret, struct sf_error *err)
{
    sf_auto(digest) struct sf_digest *digest = calloc(1, sizeof *digest);

    if (digest == NULL) {
        return sf_error_no_memory(err);
    }
    digest->context = EVP_MD_CTX_new();
    if (digest->context == NULL) {
        return sf_error_no_memory(err);
    }
    if (EVP_DigestInit_ex(digest->context, EVP_sha256(), NULL) != 1) {
        return internal_error(err);
    }
    *ret = sf_steal(&digest);
    return 0;
}

void sf_digest_update(struct sf_digest *digest, const void *bytes, size_t size)
{
    if (EVP_DigestUpdate(digest->context, bytes, size) != 1) {
        digest->has_failed = true;
    }
}

int sf_digest_finish(struct sf_digest *digest, char hex[static SF_DIGEST_HEX], struct sf_error *err)
{
    static const char digits[] = "0123456789abcdef";
    unsigned char value[EVP_MAX_MD_SIZE];
    unsigned size = 0;

    if (digest->has_failed || EVP_DigestFinal_ex(digest->context, value, &size) != 1 ||
        size != DIGEST_BYTES || EVP_DigestInit_ex(digest->context, EVP_sha256(), NULL) != 1) {
        return internal_error(err);
    }
    for (size_t i = 0; i < DIGEST_BYTES; i++) {
        hex[2 * i] = digits[value[i] >> 4];
        hex[2 * i + 1] = digits[value[i] & 0xf];
    }
    hex[SF_DIGEST_HEX - 1] = '\0';
    return 0;
}

void sf_digest_free(struct sf_digest *digest)
{
    if (digest != NULL) {
        EVP_MD_CTX_free(digest->context);
        free(digest);
    }
}

int sf_digest_bytes(const void *bytes, size_t size, char hex[static SF_DIGEST_HEX],
                    struct sf_error *err)
{
    sf_auto(digest) struct sf_digest *digest = NULL;
    int r = sf_digest_new(&digest, err);

    if (r < 0) {
        return r;
    }
    sf_digest_update(digest, bytes, size);
    return sf_digest_finish(digest, hex, err);
}

int sf_digest_fd(int fd, char hex[static SF_DIGEST_HEX], uint64_t *ret_size_bytes,
                 struct sf_error *err)
{
    sf_auto(digest) struct sf_digest *digest = NULL;
    sf_autofree void *chunk = malloc(READ_CHUNK);
    uint64_t total = 0;
    int r = sf_digest_new(&digest, err);

    if (r < 0) {
        return r;
    }
    if (chunk == NULL) {
        return sf_error_no_memory(err);
    }
    for (;;) {
        ssize_t size = pread(fd, chunk, READ_CHUNK, (off_t)total);

        if (size < 0 && errno == EINTR) {
            continue;
        }
        if (size < 0) {
            return sf_error_errno(err, errno, "read a file for its digest");
        }
        if (size == 0) {
            break;
        }
        sf_digest_update(digest, chunk, (size_t)size);
        total += (uint64_t)size;
    }
    r = sf_digest_finish(digest, hex, err);
    if (r == 0) {
        *ret_size_bytes = total;
    }
    return r;
}
