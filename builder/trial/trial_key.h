/* A signing key for one test, in a GnuPG home of its own. */
#ifndef SF_BUILDER_TRIAL_TRIAL_KEY_H
#define SF_BUILDER_TRIAL_TRIAL_KEY_H

struct sf_buffer;
struct sf_error;

#define SF_TRIAL_KEY_FINGERPRINT 41

/*
 * Makes an ed25519 key without a passphrase in the GnuPG home `home`, mode 0700, and appends its
 * public half, armored. A gpg-agent is left running for that home. Errors: INTERNAL, NO_MEMORY.
 */
int sf_trial_key_make(const char *home, char fingerprint[static SF_TRIAL_KEY_FINGERPRINT],
                      struct sf_buffer *ret_public, struct sf_error *err);

#endif
