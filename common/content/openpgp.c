/* A GPGME context for OpenPGP. */
#include "common/content/openpgp.h"

#include <gpgme.h>
#include <pthread.h>

#include "common/base/error.h"

static const char *gpgme_version;

static void check_version(void)
{
    gpgme_version = gpgme_check_version("1.13.0");
}

int sf_openpgp_init(struct sf_error *err)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;

    (void)pthread_once(&once, check_version);
    if (gpgme_version == NULL) {
        return sf_error_set(err, SF_E_INTERNAL, "gpgme is older than 1.13");
    }
    return 0;
}

int sf_openpgp_new(const char *home, struct gpgme_context **ret, struct sf_error *err)
{
    sf_auto(openpgp) struct gpgme_context *context = NULL;
    int r = sf_openpgp_init(err);

    if (r < 0) {
        return r;
    }
    gpgme_error_t e = gpgme_engine_check_version(GPGME_PROTOCOL_OpenPGP);

    if (e == 0) {
        e = gpgme_new(&context);
    }
    if (e == 0) {
        e = gpgme_set_protocol(context, GPGME_PROTOCOL_OpenPGP);
    }
    if (e == 0 && home != NULL) {
        e = gpgme_ctx_set_engine_info(context, GPGME_PROTOCOL_OpenPGP, /* file_name= */ NULL, home);
    }
    if (gpgme_err_code(e) == GPG_ERR_ENOMEM) {
        return sf_error_no_memory(err);
    }
    if (e != 0) {
        return sf_error_set(err, SF_E_INTERNAL, "gpg cannot be used: %s (install gnupg2)",
                            gpgme_strerror(e));
    }
    *ret = sf_steal(&context);
    return 0;
}

void sf_openpgp_free(struct gpgme_context *context)
{
    gpgme_release(context);
}
