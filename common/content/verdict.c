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

/* Why a signature does not count. */
struct objection {
    char text[160];
};

/* Both record the reason and return true. */
static bool object(struct objection *objection, const char *text)
{
    (void)snprintf(objection->text, sizeof objection->text, "%s", text);
    return true;
}

static bool object_with_date(struct objection *objection, const char *text, int64_t time_s)
{
    char date[SF_CLOCK_TEXT_SIZE];

    sf_clock_format(time_s, date);
    (void)snprintf(objection->text, sizeof objection->text, "%s %s", text, date);
    return true;
}

static gpgme_subkey_t find_subkey(gpgme_key_t key, const char *fingerprint)
{
    gpgme_subkey_t subkey = key->subkeys;

    while (subkey != NULL && !sf_str_is_equal(subkey->fpr, fingerprint)) {
        subkey = subkey->next;
    }
    return subkey;
}

/* What the key itself says, whatever gpg made of it. */
static bool has_key_objection(gpgme_signature_t signature, gpgme_subkey_t subkey, int64_t now_s,
                              struct objection *objection)
{
    if (subkey->revoked) {
        return object(objection, "its key is revoked");
    }
    if (subkey->expires != 0 && subkey->expires <= now_s) {
        return object_with_date(objection, "its key expired on", subkey->expires);
    }
    if (subkey->invalid || subkey->disabled) {
        return object(objection, "its key cannot be used");
    }
    if ((int64_t)signature->timestamp < subkey->timestamp) {
        return object(objection, "it was made before its key");
    }
    return false;
}

static bool has_digest_objection(gpgme_signature_t signature, struct objection *objection)
{
    gpgme_hash_algo_t algorithm = signature->hash_algo;
    const char *name = gpgme_hash_algo_name(algorithm);

    if (algorithm == GPGME_MD_SHA256 || algorithm == GPGME_MD_SHA384 ||
        algorithm == GPGME_MD_SHA512) {
        return false;
    }
    (void)snprintf(objection->text, sizeof objection->text,
                   "the digest algorithm %s is not accepted", name == NULL ? "unknown" : name);
    return true;
}

/* What gpg says. */
static bool has_status_objection(gpgme_signature_t signature, struct objection *objection)
{
    const unsigned bad = GPGME_SIGSUM_RED | GPGME_SIGSUM_KEY_REVOKED | GPGME_SIGSUM_KEY_EXPIRED |
                         GPGME_SIGSUM_SIG_EXPIRED | GPGME_SIGSUM_KEY_MISSING |
                         GPGME_SIGSUM_SYS_ERROR;
    unsigned code = gpgme_err_code(signature->status);

    if (code == GPG_ERR_SIG_EXPIRED) {
        return object_with_date(objection, "the signature expired on",
                                (int64_t)signature->exp_timestamp);
    }
    if (code == GPG_ERR_KEY_EXPIRED) {
        return object(objection, "its key expired");
    }
    if (code == GPG_ERR_CERT_REVOKED) {
        return object(objection, "its key is revoked");
    }
    if (code != GPG_ERR_NO_ERROR) {
        return object(objection, gpgme_strerror(signature->status));
    }
    if ((signature->summary & bad) != 0) {
        return object(objection, "gpg has an objection to it");
    }
    return false;
}

static bool has_time_objection(gpgme_signature_t signature, int64_t now_s,
                               struct objection *objection)
{
    int64_t expires = (int64_t)signature->exp_timestamp;
    int64_t made = (int64_t)signature->timestamp;

    if (expires != 0 && expires <= now_s) {
        return object_with_date(objection, "the signature expired on", expires);
    }
    if (made > now_s + SF_VERDICT_SKEW_S) {
        return object_with_date(objection, "it was made in the future, on", made);
    }
    return false;
}

/* `key` is the one in the keyring that the signature names. */
static bool has_objection(const struct sf_keyring *keyring, gpgme_key_t key,
                          gpgme_signature_t signature, int64_t now_s, struct objection *objection)
{
    gpgme_subkey_t primary = key->subkeys;
    gpgme_subkey_t subkey = find_subkey(key, signature->fpr);

    /* First: of a bad signature gpg only tells the key id, which find_subkey() does not take. */
    if (gpgme_err_code(signature->status) == GPG_ERR_BAD_SIGNATURE) {
        return object(objection, "bad signature: the data was changed after it was signed");
    }
    if (subkey == NULL || primary->fpr == NULL ||
        !sf_strlist_has(sf_keyring_fingerprints(keyring), primary->fpr)) {
        return object(objection, "not among the pinned keys");
    }
    /* The primary may be one that only certifies. */
    if (!subkey->can_sign) {
        return object(objection, "its key is not one for signing");
    }
    return has_key_objection(signature, primary, now_s, objection) ||
           has_key_objection(signature, subkey, now_s, objection) ||
           /* Before the status: gpg reports a refused digest in other words. */
           has_digest_objection(signature, objection) ||
           has_status_objection(signature, objection) ||
           has_time_objection(signature, now_s, objection);
}

/* True when the signature counts; `err` gets its sentence otherwise. */
static bool is_counted(const struct sf_keyring *keyring, struct gpgme_context *gpg,
                       gpgme_signature_t signature, int64_t now_s, struct sf_signer *ret_signer,
                       struct sf_error *err)
{
    struct objection objection = {""};
    gpgme_key_t key = NULL;
    bool is_refused = false;

    if (signature->fpr == NULL || gpgme_get_key(gpg, signature->fpr, &key, /* secret= */ 0) != 0) {
        is_refused = object(&objection, "not among the pinned keys");
    } else {
        is_refused = has_objection(keyring, key, signature, now_s, &objection);
    }
    if (is_refused) {
        (void)sf_error_prefix(err, "signed by %s: %s; ",
                              signature->fpr == NULL ? "an unknown key" : signature->fpr,
                              objection.text);
    } else {
        (void)snprintf(ret_signer->fingerprint, sizeof ret_signer->fingerprint, "%s",
                       key->subkeys->fpr);
        ret_signer->made_s = (int64_t)signature->timestamp;
    }
    gpgme_key_unref(key);
    return !is_refused;
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
