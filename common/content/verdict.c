/* The judgement on the result of a verification, by our own rules. */
#include "common/content/verdict.h"

#include <gpgme.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "common/base/clock.h"
#include "common/base/error.h"
#include "common/base/str.h"
#include "common/content/keyring.h"
#include "common/content/signature.h"

#define MAX_SIGNATURES 16

/* Why a signature does not count; "" while nothing speaks against it. */
struct objection {
    char text[160];
};

static void object(struct objection *objection, const char *text)
{
    (void)snprintf(objection->text, sizeof objection->text, "%s", text);
}

static void object_with_date(struct objection *objection, const char *text, int64_t time_s)
{
    char date[SF_CLOCK_TEXT_SIZE];

    sf_clock_format(time_s, date);
    (void)snprintf(objection->text, sizeof objection->text, "%s %s", text, date);
}

static bool is_digest_accepted(gpgme_hash_algo_t algorithm)
{
    return algorithm == GPGME_MD_SHA256 || algorithm == GPGME_MD_SHA384 ||
           algorithm == GPGME_MD_SHA512;
}

/* What the key itself says, whatever gpg made of it. */
static void judge_key(gpgme_signature_t signature, gpgme_subkey_t subkey, int64_t now_s,
                      struct objection *objection)
{
    if (subkey->revoked) {
        object(objection, "its key is revoked");
    } else if (subkey->expires != 0 && subkey->expires <= now_s) {
        object_with_date(objection, "its key expired on", subkey->expires);
    } else if (subkey->invalid || subkey->disabled || !subkey->can_sign) {
        object(objection, "its key cannot be used for signing");
    } else if ((int64_t)signature->timestamp < subkey->timestamp) {
        object(objection, "it was made before its key");
    }
}

static void judge_digest(gpgme_signature_t signature, struct objection *objection)
{
    const char *name = gpgme_hash_algo_name(signature->hash_algo);

    (void)snprintf(objection->text, sizeof objection->text,
                   "the digest algorithm %s is not accepted", name == NULL ? "unknown" : name);
}

static void judge_status(gpgme_signature_t signature, struct objection *objection)
{
    unsigned code = gpgme_err_code(signature->status);

    if (code == GPG_ERR_BAD_SIGNATURE) {
        object(objection, "bad signature: the data was changed after it was signed");
    } else if (code == GPG_ERR_SIG_EXPIRED) {
        object_with_date(objection, "the signature expired on", (int64_t)signature->exp_timestamp);
    } else if (code == GPG_ERR_KEY_EXPIRED) {
        object(objection, "its key expired");
    } else if (code == GPG_ERR_CERT_REVOKED) {
        object(objection, "its key is revoked");
    } else if (code == GPG_ERR_NO_PUBKEY) {
        object(objection, "not among the pinned keys");
    } else if (code != GPG_ERR_NO_ERROR) {
        object(objection, gpgme_strerror(signature->status));
    }
}

static void judge_time(gpgme_signature_t signature, int64_t now_s, struct objection *objection)
{
    int64_t expires = (int64_t)signature->exp_timestamp;

    if (expires != 0 && expires <= now_s) {
        object_with_date(objection, "the signature expired on", expires);
    } else if ((int64_t)signature->timestamp > now_s + SF_VERDICT_SKEW_S) {
        object_with_date(objection, "it was made in the future, on", (int64_t)signature->timestamp);
    }
}

static gpgme_subkey_t find_subkey(gpgme_key_t key, const char *fingerprint)
{
    gpgme_subkey_t subkey = key->subkeys;

    while (subkey != NULL && !sf_str_is_equal(subkey->fpr, fingerprint)) {
        subkey = subkey->next;
    }
    return subkey;
}

static void judge_signature(const struct sf_keyring *keyring, gpgme_key_t key,
                            gpgme_signature_t signature, int64_t now_s, struct objection *objection)
{
    gpgme_subkey_t subkey = find_subkey(key, signature->fpr);

    /* First: of a bad signature gpg only tells the key id, which find_subkey() does not take. */
    if (gpgme_err_code(signature->status) == GPG_ERR_BAD_SIGNATURE) {
        judge_status(signature, objection);
        return;
    }
    if (subkey == NULL || key->subkeys->fpr == NULL ||
        !sf_strlist_has(sf_keyring_fingerprints(keyring), key->subkeys->fpr)) {
        object(objection, "not among the pinned keys");
        return;
    }
    judge_key(signature, key->subkeys, now_s, objection);
    if (objection->text[0] == '\0' && subkey != key->subkeys) {
        judge_key(signature, subkey, now_s, objection);
    }
    /* Before the status: gpg reports a refused digest in other words. */
    if (objection->text[0] == '\0' && !is_digest_accepted(signature->hash_algo)) {
        judge_digest(signature, objection);
    }
    if (objection->text[0] == '\0') {
        judge_status(signature, objection);
    }
    if (objection->text[0] == '\0') {
        judge_time(signature, now_s, objection);
    }
    if (objection->text[0] == '\0' &&
        (signature->summary &
         (GPGME_SIGSUM_RED | GPGME_SIGSUM_KEY_REVOKED | GPGME_SIGSUM_KEY_EXPIRED |
          GPGME_SIGSUM_SIG_EXPIRED | GPGME_SIGSUM_KEY_MISSING | GPGME_SIGSUM_SYS_ERROR)) != 0) {
        object(objection, "gpg has an objection to it");
    }
}

/* True when the signature counts; `err` gets its sentence otherwise. */
static bool is_counted(const struct sf_keyring *keyring, struct gpgme_context *gpg,
                       gpgme_signature_t signature, int64_t now_s, struct sf_signer *ret_signer,
                       struct sf_error *err)
{
    const char *fingerprint = signature->fpr == NULL ? "an unknown key" : signature->fpr;
    struct objection objection = {""};
    gpgme_key_t key = NULL;

    if (signature->fpr == NULL || gpgme_get_key(gpg, signature->fpr, &key, /* secret= */ 0) != 0) {
        object(&objection, "not among the pinned keys");
    } else {
        judge_signature(keyring, key, signature, now_s, &objection);
    }
    if (objection.text[0] == '\0') {
        (void)snprintf(ret_signer->fingerprint, sizeof ret_signer->fingerprint, "%s",
                       key->subkeys->fpr);
        ret_signer->made_s = (int64_t)signature->timestamp;
    } else {
        (void)sf_error_prefix(err, "signed by %s: %s; ", fingerprint, objection.text);
    }
    gpgme_key_unref(key);
    return objection.text[0] == '\0';
}

int sf_verdict_reach(const struct sf_keyring *keyring, struct gpgme_context *gpg, int64_t now_s,
                     struct sf_signer *ret_signer, struct sf_error *err)
{
    gpgme_verify_result_t result = gpgme_op_verify_result(gpg);
    struct sf_error reasons;
    size_t count = 0;

    if (result == NULL || result->signatures == NULL) {
        return sf_error_set(err, SF_E_SIGNATURE, "there is no signature in it");
    }
    (void)sf_error_set(&reasons, SF_E_SIGNATURE, "no signature by a pinned key counts");
    for (gpgme_signature_t s = result->signatures; s != NULL; s = s->next) {
        if (++count > MAX_SIGNATURES) {
            return sf_error_set(err, SF_E_SIGNATURE, "more than %d signatures", MAX_SIGNATURES);
        }
        if (is_counted(keyring, gpg, s, now_s, ret_signer, &reasons)) {
            return 0;
        }
    }
    *err = reasons;
    return -(int)SF_E_SIGNATURE;
}
