/* A signing key for one test, in a GnuPG home of its own. */
#include "builder/trial/trial_key.h"

#include <gpgme.h>
#include <stdio.h>

#include "common/base/buffer.h"
#include "common/base/error.h"
#include "common/content/openpgp.h"

static int failed(struct sf_error *err, gpgme_error_t e)
{
    return sf_error_set(err, SF_E_INTERNAL, "gpg makes no key for the test: %s", gpgme_strerror(e));
}

static int export_key(struct gpgme_context *gpg, const char *fingerprint,
                      struct sf_buffer *ret_public, struct sf_error *err)
{
    gpgme_data_t data = NULL;
    gpgme_error_t e = gpgme_data_new(&data);

    gpgme_set_armor(gpg, 1);
    if (e == 0) {
        e = gpgme_op_export(gpg, fingerprint, /* mode= */ 0, data);
    }

    size_t size = 0;
    char *bytes = data == NULL ? NULL : gpgme_data_release_and_get_mem(data, &size);
    int r = e != 0 ? failed(err, e) : sf_buffer_append(ret_public, bytes, size, err);

    gpgme_free(bytes);
    return r;
}

int sf_trial_key_make(const char *home, char fingerprint[static SF_TRIAL_KEY_FINGERPRINT],
                      struct sf_buffer *ret_public, struct sf_error *err)
{
    sf_auto(openpgp) struct gpgme_context *gpg = NULL;
    int r = sf_openpgp_new(home, &gpg, err);

    if (r < 0) {
        return r;
    }

    gpgme_error_t e =
        gpgme_op_createkey(gpg, "sf-builder test", "ed25519", /* reserved= */ 0, /* expires= */ 0,
                           /* certkey= */ NULL, GPGME_CREATE_NOPASSWD | GPGME_CREATE_SIGN);
    gpgme_genkey_result_t made = e == 0 ? gpgme_op_genkey_result(gpg) : NULL;

    if (made == NULL || made->fpr == NULL) {
        return failed(err, e);
    }
    (void)snprintf(fingerprint, SF_TRIAL_KEY_FINGERPRINT, "%s", made->fpr);
    return export_key(gpg, fingerprint, ret_public, err);
}
