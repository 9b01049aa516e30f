/*
 * Verdicts on OpenPGP signatures, computed by our own rules: the exit code of gpg and the return of
 * GPGME accept expired, revoked, SHA-1 and even absent signatures.
 *
 * A signature counts when: GPGME's status of it is no-error; no expired, revoked or bad flag; its
 * key's *primary* fingerprint is pinned, whole; the digest is SHA-256, 384 or 512; it was not made
 * before its key nor more than 10 minutes in the future of `now_s`. At least one must count; other
 * signers beside it are tolerated (rotation). Zero signatures is a refusal whatever GPGME returned.
 */
#ifndef SF_CONTENT_SIGNATURE_H
#define SF_CONTENT_SIGNATURE_H

#include "common/content/verified_file.h"

#include <stddef.h>
#include <stdint.h>

struct sf_buffer;
struct sf_error;
struct sf_keyring;

/*
 * Verifies a clear-signed text and appends the signed text to `ret_text` (as GPGME hands it out:
 * nothing outside the signature gets there). The input must start with the armor's first line and
 * hold nothing before or after it (armor.h). `ret_text` is only written on success. Errors:
 * SIGNATURE with what is wrong with each signature; FORMAT (not clear-signed at all: says when it
 * looks like HTML).
 */
int sf_signature_verify_clear(const struct sf_keyring *keyring, const void *unverified, size_t size,
                              int64_t now_s, struct sf_buffer *ret_text,
                              struct sf_signer *ret_signer, struct sf_error *err);

/*
 * Verifies the detached signature `unverified_signature` over the regular file at `unverified_fd`
 * (position 0; the fd is taken on success). The digests are computed from the very bytes GPGME
 * read, so a later reader that checks blocks uses what was verified even if the file changes
 * (threat 46). Errors: SIGNATURE; INTEGRITY (the file changed while it was read), FORMAT (not a
 * regular file), IO.
 */
int sf_signature_verify_file(const struct sf_keyring *keyring, int unverified_fd,
                             const void *unverified_signature, size_t signature_size, int64_t now_s,
                             struct sf_verified_file *ret, struct sf_error *err);

#endif
