/*
 * The judgement on the result of a verification, by our own rules (signature.h has them). GPGME and
 * gpg report success for expired and revoked keys, SHA-1, signatures from the future and none.
 */
#ifndef SF_CONTENT_VERDICT_H
#define SF_CONTENT_VERDICT_H

#include <stdint.h>

struct gpgme_context;
struct sf_error;
struct sf_keyring;
struct sf_signer;

/* How far the signer's clock may be ahead of ours. */
#define SF_VERDICT_SKEW_S 600

/*
 * Judges the signatures of the last verification done with `gpg`, a context on the keyring's home.
 * `*ret_signer` is the first one that counts. Errors: SIGNATURE with a sentence for each signature.
 */
int sf_verdict_reach(const struct sf_keyring *keyring, struct gpgme_context *gpg, int64_t now_s,
                     struct sf_signer *ret_signer, struct sf_error *err);

#endif
