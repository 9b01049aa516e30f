/* Verification of OpenPGP signatures over texts and files. */
#include "common/content/signature.h"

#include <errno.h>
#include <gpgme.h>
#include <string.h>

#include "common/base/buffer.h"
#include "common/base/error.h"
#include "common/content/armor.h"
#include "common/content/keyring.h"
#include "common/content/openpgp.h"
#include "common/content/verdict.h"

static int refuse_gpg(gpgme_error_t e, struct sf_error *err)
{
    unsigned code = gpgme_err_code(e);

    if (code == GPG_ERR_ENOMEM) {
        return sf_error_no_memory(err);
    }
    if (code == GPG_ERR_NO_DATA) {
        return sf_error_set(err, SF_E_SIGNATURE, "there is no signature in it");
    }
    return sf_error_set(err, SF_E_SIGNATURE, "gpg cannot read it: %s", gpgme_strerror(e));
}

/* Verifies and judges; `text` receives the signed bytes. */
static int verify_text(const struct sf_keyring *keyring, gpgme_data_t unverified, gpgme_data_t text,
                       int64_t now_s, struct sf_signer *ret_signer, struct sf_error *err)
{
    sf_auto(openpgp) struct gpgme_context *gpg = NULL;
    int r = sf_openpgp_new(sf_keyring_home(keyring), &gpg, err);

    if (r < 0) {
        return r;
    }
    gpgme_error_t e = gpgme_op_verify(gpg, unverified, /* signed_text= */ NULL, text);

    if (e != 0) {
        return refuse_gpg(e, err);
    }
    return sf_verdict_reach(keyring, gpg, now_s, ret_signer, err);
}

int sf_signature_verify_clear(const struct sf_keyring *keyring, const void *unverified, size_t size,
                              int64_t now_s, struct sf_buffer *ret_text,
                              struct sf_signer *ret_signer, struct sf_error *err)
{
    struct sf_signer signer = {.fingerprint = ""};
    gpgme_data_t input = NULL;
    gpgme_data_t output = NULL;
    int r = sf_armor_check_clear(unverified, size, err);

    if (r < 0) {
        return r;
    }
    gpgme_error_t e = gpgme_data_new_from_mem(&input, unverified, size, /* copy= */ 0);

    if (e == 0) {
        e = gpgme_data_new(&output);
    }
    r = e == 0 ? verify_text(keyring, input, output, now_s, &signer, err) : refuse_gpg(e, err);
    size_t text_size = 0;
    char *text = output == NULL ? NULL : gpgme_data_release_and_get_mem(output, &text_size);

    gpgme_data_release(input);
    if (r == 0) {
        r = sf_buffer_append(ret_text, text, text == NULL ? 0 : text_size, err);
    }
    gpgme_free(text);
    if (r == 0) {
        *ret_signer = signer;
    }
    return r;
}

/* A file as GPGME reads it. GPGME's own error has no room for ours. */
struct read_state {
    struct sf_file_reading reading;
    struct sf_error error;
    int result;
};

static ssize_t read_for_gpgme(void *handle, void *buffer, size_t size)
{
    struct read_state *state = handle;
    size_t got = 0;

    state->result = sf_file_reading_next(&state->reading, buffer, size, &got, &state->error);
    if (state->result < 0) {
        errno = EIO;
        return -1;
    }
    return (ssize_t)got;
}

/* Without a seek the bytes can only pass once, in order: what is digested is what gpg saw. */
static struct gpgme_data_cbs read_callbacks = {.read = read_for_gpgme};

static int verify_reading(const struct sf_keyring *keyring, struct read_state *state,
                          gpgme_data_t unverified_signature, int64_t now_s,
                          struct sf_signer *ret_signer, struct sf_error *err)
{
    sf_auto(openpgp) struct gpgme_context *gpg = NULL;
    gpgme_data_t data = NULL;
    int r = sf_openpgp_new(sf_keyring_home(keyring), &gpg, err);

    if (r < 0) {
        return r;
    }
    gpgme_error_t e = gpgme_data_new_from_cbs(&data, &read_callbacks, state);

    if (e == 0) {
        e = gpgme_op_verify(gpg, unverified_signature, data, /* plain= */ NULL);
    }
    gpgme_data_release(data);
    if (state->result < 0) {
        *err = state->error;
        return state->result;
    }
    if (e != 0) {
        return refuse_gpg(e, err);
    }
    return sf_verdict_reach(keyring, gpg, now_s, ret_signer, err);
}

int sf_signature_verify_file(const struct sf_keyring *keyring, int unverified_fd,
                             const void *unverified_signature, size_t signature_size, int64_t now_s,
                             struct sf_verified_file *ret, struct sf_error *err)
{
    struct read_state state = {.result = 0};
    struct sf_signer signer = {.fingerprint = ""};
    gpgme_data_t signature = NULL;
    int r = sf_armor_check_detached(unverified_signature, signature_size, err);

    if (r < 0) {
        return r;
    }
    r = sf_file_reading_start(&state.reading, unverified_fd, err);
    if (r == 0) {
        gpgme_error_t e = gpgme_data_new_from_mem(&signature, unverified_signature, signature_size,
                                                  /* copy= */ 0);

        r = e == 0 ? verify_reading(keyring, &state, signature, now_s, &signer, err)
                   : refuse_gpg(e, err);
    }
    gpgme_data_release(signature);
    if (r == 0) {
        r = sf_file_reading_finish(&state.reading, ret, err);
    }
    if (r == 0) {
        ret->fd = unverified_fd;
        ret->signer = signer;
    }
    sf_file_reading_done(&state.reading);
    return r;
}
