/* Making signatures through GPGME and the caller's own gpg-agent. */
#include "common/content/sign.h"

#include <errno.h>
#include <gpgme.h>
#include <stdio.h>
#include <string.h>

#include "common/base/buffer.h"
#include "common/base/error.h"
#include "common/content/armor.h"
#include "common/content/openpgp.h"

static int use_key(struct gpgme_context *gpg, const char *fingerprint, struct sf_error *err)
{
    gpgme_key_t key = NULL;

    if (strlen(fingerprint) != 40 || strspn(fingerprint, "0123456789ABCDEFabcdef") != 40) {
        return sf_error_set(err, SF_E_USAGE,
                            "signing key '%s': give the full fingerprint, 40 hex digits",
                            fingerprint);
    }
    if (gpgme_get_key(gpg, fingerprint, &key, /* secret= */ 1) != 0) {
        return sf_error_set(err, SF_E_NOT_FOUND,
                            "no secret key %s in the GnuPG home (see gpg --list-secret-keys)",
                            fingerprint);
    }
    gpgme_error_t e = gpgme_signers_add(gpg, key);

    gpgme_key_unref(key);
    return e == 0 ? 0 : sf_error_no_memory(err);
}

int sf_sign_check(const char *fingerprint, struct sf_error *err)
{
    sf_auto(openpgp) struct gpgme_context *gpg = NULL;
    int r = sf_openpgp_init(err);

    if (r == 0) {
        r = sf_openpgp_new(/* home= */ NULL, &gpg, err);
    }
    return r < 0 ? r : use_key(gpg, fingerprint, err);
}

/* Counts the keys that could sign today, and keeps the last one's fingerprint. */
static int list_usable(struct gpgme_context *gpg, size_t *ret_count, char fingerprint[static 41],
                       struct sf_error *err)
{
    gpgme_key_t key = NULL;
    gpgme_error_t e = gpgme_op_keylist_start(gpg, NULL, /* secret_only= */ 1);

    *ret_count = 0;
    while (e == 0 && (e = gpgme_op_keylist_next(gpg, &key)) == 0) {
        if (key->can_sign && !key->revoked && !key->expired && !key->disabled && !key->invalid) {
            *ret_count += 1;
            (void)snprintf(fingerprint, 41, "%s", key->subkeys->fpr);
        }
        gpgme_key_unref(key);
    }
    if (gpgme_err_code(e) != GPG_ERR_EOF) {
        return sf_error_set(err, SF_E_SIGNATURE, "list the secret keys: %s", gpgme_strerror(e));
    }
    return 0;
}

static int choose_only_key(char ret_fingerprint[static 41], struct sf_error *err)
{
    sf_auto(openpgp) struct gpgme_context *gpg = NULL;
    size_t count = 0;
    int r = sf_openpgp_init(err);

    if (r == 0) {
        r = sf_openpgp_new(/* home= */ NULL, &gpg, err);
    }
    if (r == 0) {
        r = list_usable(gpg, &count, ret_fingerprint, err);
    }
    if (r < 0) {
        return r;
    }
    if (count == 0) {
        return sf_error_set(err, SF_E_NOT_FOUND,
                            "the GnuPG home has no secret key to sign with: make one with 'gpg "
                            "--quick-gen-key NAME ed25519 sign', or name its home by GNUPGHOME");
    }
    if (count > 1) {
        return sf_error_set(err, SF_E_USAGE,
                            "--sign is missing: the GnuPG home has %zu secret keys that can sign, "
                            "and which of them nodes trust is yours to say",
                            count);
    }
    return 0;
}

int sf_sign_choose(const char *asked, char ret_fingerprint[static 41], struct sf_error *err)
{
    if (asked == NULL) {
        return choose_only_key(ret_fingerprint, err);
    }

    int r = sf_sign_check(asked, err);

    if (r < 0) {
        return r;
    }
    (void)snprintf(ret_fingerprint, 41, "%s", asked);
    return 0;
}

/* A signature that every verifier would refuse must not leave the builder. */
static int check_result(struct gpgme_context *gpg, struct sf_error *err)
{
    gpgme_sign_result_t result = gpgme_op_sign_result(gpg);

    if (result == NULL || result->signatures == NULL || result->signatures->next != NULL) {
        return sf_error_set(err, SF_E_SIGNATURE, "gpg made no signature");
    }
    gpgme_hash_algo_t algorithm = result->signatures->hash_algo;

    if (algorithm != GPGME_MD_SHA256 && algorithm != GPGME_MD_SHA384 &&
        algorithm != GPGME_MD_SHA512) {
        return sf_error_set(err, SF_E_SIGNATURE,
                            "gpg signed with %s: set 'digest-algo SHA512' in gpg.conf",
                            gpgme_hash_algo_name(algorithm));
    }
    return 0;
}

static int sign_data(const char *fingerprint, gpgme_data_t input, gpgme_data_t output,
                     gpgme_sig_mode_t mode, struct sf_error *err)
{
    sf_auto(openpgp) struct gpgme_context *gpg = NULL;
    int r = sf_openpgp_new(/* home= */ NULL, &gpg, err);

    if (r == 0) {
        r = use_key(gpg, fingerprint, err);
    }
    if (r < 0) {
        return r;
    }
    gpgme_set_armor(gpg, 1);
    gpgme_error_t e = gpgme_op_sign(gpg, input, output, mode);

    if (e != 0) {
        return sf_error_set(err, SF_E_SIGNATURE, "signing with %s: %s", fingerprint,
                            gpgme_strerror(e));
    }
    return check_result(gpg, err);
}

/* Signs `input` (taken) and appends the result. */
static int sign_to_buffer(const char *fingerprint, gpgme_data_t input, gpgme_sig_mode_t mode,
                          struct sf_buffer *ret, struct sf_error *err)
{
    gpgme_data_t output = NULL;
    int r = gpgme_data_new(&output) == 0 ? sign_data(fingerprint, input, output, mode, err)
                                         : sf_error_no_memory(err);
    size_t size = 0;
    char *bytes = output == NULL ? NULL : gpgme_data_release_and_get_mem(output, &size);

    gpgme_data_release(input);
    if (r == 0) {
        r = sf_buffer_append(ret, bytes, bytes == NULL ? 0 : size, err);
    }
    gpgme_free(bytes);
    return r;
}

static int check_lines(const char *text, size_t size, struct sf_error *err)
{
    while (size > 0) {
        const char *end = memchr(text, '\n', size);
        size_t length = end == NULL ? size : (size_t)(end - text);

        if (length > SF_ARMOR_MAX_LINE - 2) {
            return sf_error_set(err, SF_E_FORMAT,
                                "a line of the text to sign is longer than %d bytes",
                                SF_ARMOR_MAX_LINE - 2);
        }
        text += end == NULL ? length : length + 1;
        size -= end == NULL ? length : length + 1;
    }
    return 0;
}

int sf_sign_clear(const char *fingerprint, const void *text, size_t size,
                  struct sf_buffer *ret_signed, struct sf_error *err)
{
    gpgme_data_t input = NULL;
    int r = check_lines(text, size, err);

    if (r == 0) {
        r = sf_openpgp_init(err);
    }
    if (r < 0) {
        return r;
    }
    if (gpgme_data_new_from_mem(&input, text, size, /* copy= */ 0) != 0) {
        return sf_error_no_memory(err);
    }
    return sign_to_buffer(fingerprint, input, GPGME_SIG_MODE_CLEAR, ret_signed, err);
}

int sf_sign_detached(const char *fingerprint, int fd, struct sf_buffer *ret_signature,
                     struct sf_error *err)
{
    gpgme_data_t input = NULL;
    int r = sf_openpgp_init(err);

    if (r < 0) {
        return r;
    }
    if (lseek(fd, 0, SEEK_SET) < 0) {
        return sf_error_errno(err, errno, "go to the start of the file to sign");
    }
    if (gpgme_data_new_from_fd(&input, fd) != 0) {
        return sf_error_no_memory(err);
    }
    return sign_to_buffer(fingerprint, input, GPGME_SIG_MODE_DETACH, ret_signature, err);
}

static int export_key(const char *fingerprint, gpgme_data_t output, struct sf_error *err)
{
    sf_auto(openpgp) struct gpgme_context *gpg = NULL;
    int r = sf_openpgp_new(/* home= */ NULL, &gpg, err);

    if (r == 0) {
        r = use_key(gpg, fingerprint, err);
    }
    if (r < 0) {
        return r;
    }
    gpgme_set_armor(gpg, 1);
    gpgme_error_t e = gpgme_op_export(gpg, fingerprint, GPGME_EXPORT_MODE_MINIMAL, output);

    return e == 0 ? 0
                  : sf_error_set(err, SF_E_NOT_FOUND, "no public key %s: %s", fingerprint,
                                 gpgme_strerror(e));
}

int sf_sign_export_key(const char *fingerprint, struct sf_buffer *ret_key, struct sf_error *err)
{
    gpgme_data_t output = NULL;
    size_t size = 0;
    int r = sf_openpgp_init(err);

    if (r == 0) {
        r = gpgme_data_new(&output) == 0 ? export_key(fingerprint, output, err)
                                         : sf_error_no_memory(err);
    }

    char *bytes = output == NULL ? NULL : gpgme_data_release_and_get_mem(output, &size);

    if (r == 0) {
        r = sf_buffer_append(ret_key, bytes, bytes == NULL ? 0 : size, err);
    }
    gpgme_free(bytes);
    return r;
}
