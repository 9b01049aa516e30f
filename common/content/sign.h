/* Making signatures through GPGME and the caller's own gpg-agent: no secret passes through us. */
#ifndef SF_CONTENT_SIGN_H
#define SF_CONTENT_SIGN_H

#include <stddef.h>

struct sf_buffer;
struct sf_error;

/* Looks whether there is a secret key `fingerprint` to sign with. Errors: NOT_FOUND, USAGE. */
int sf_sign_check(const char *fingerprint, struct sf_error *err);

/*
 * The key to sign with: `asked` when not NULL, after sf_sign_check(); else the only usable secret
 * key in GNUPGHOME. Errors: NOT_FOUND (none), USAGE (several: one has to be named).
 */
int sf_sign_choose(const char *asked, char ret_fingerprint[static 41], struct sf_error *err);

/*
 * Clear-signs `text` with the key `fingerprint` (40 hex digits) of the keyring in GNUPGHOME. The
 * digest algorithm is what that gpg is configured for; one that verifiers refuse is an error.
 * Errors: NOT_FOUND (no such secret key), SIGNATURE, FORMAT (a line too long to be verified).
 */
int sf_sign_clear(const char *fingerprint, const void *text, size_t size,
                  struct sf_buffer *ret_signed, struct sf_error *err);

/* A detached armored signature over the file at `fd` (from position 0). Errors: as above, IO.
 */
int sf_sign_detached(const char *fingerprint, int fd, struct sf_buffer *ret_signature,
                     struct sf_error *err);

/* Appends the public half of the key `fingerprint`, armored. Errors: NOT_FOUND, USAGE (not a whole
 * fingerprint). */
int sf_sign_export_key(const char *fingerprint, struct sf_buffer *ret_key, struct sf_error *err);

#endif
