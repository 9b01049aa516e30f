/*
 * A GPGME context for OpenPGP. Only keyring, signature and sign use this; the type is GPGME's own,
 * so that no other header needs gpgme.h.
 */
#ifndef SF_CONTENT_OPENPGP_H
#define SF_CONTENT_OPENPGP_H

#include "common/base/cleanup.h"

struct gpgme_context;
struct sf_error;

/* Makes GPGME usable; it refuses every other call before, even for a data buffer. Errors: INTERNAL.
 */
int sf_openpgp_init(struct sf_error *err);

/*
 * A context with its GnuPG home at `home`, or at the caller's own (GNUPGHOME, else ~/.gnupg) when
 * that is NULL. Owned by the caller. Errors: INTERNAL (no usable gpg on this node), NO_MEMORY.
 */
int sf_openpgp_new(const char *home, struct gpgme_context **ret, struct sf_error *err);

void sf_openpgp_free(struct gpgme_context *context);

SF_DEFINE_AUTO(openpgp, struct gpgme_context *, sf_openpgp_free)

#endif
