/* The judgement on results that GPGME cannot be made to give through a whole verification. */
#include "tests/unit/content/gpg_fixture.h"

#include <gpgme.h>

#include "common/base/clock.h"
#include "common/content/keyring.h"
#include "common/content/openpgp.h"
#include "common/content/signature.h"
#include "common/content/verdict.h"

static struct sf_keyring *keyring;
static char primary[41];

static int start(void **state)
{
    struct sf_error error;
    char command[256];

    if (gpg_fixture_start(state) < 0) {
        return -1;
    }
    gpg("--quick-gen-key signer ed25519 cert never");
    gpg_fixture_fingerprint("signer", primary);
    (void)snprintf(command, sizeof command, "--quick-add-key %s ed25519 sign never", primary);
    gpg(command);
    gpg("--armor --output @/keys/signer.asc --export signer");
    sf_test_write_file(gpg_directory, "made/data", "some bytes\n");
    gpg("--armor --output @/made/attached --sign @/made/data");
    sf_autoclose int fd = gpg_fixture_open("keys");

    return sf_keyring_open(fd, "keys", &keyring, &error);
}

static int stop(void **state)
{
    sf_keyring_free(keyring);
    return gpg_fixture_stop(state);
}

/* Verifies with GPGME, `as_detached` the way that gives success without a signature. */
static void verify(struct gpgme_context *gpg_context, bool as_detached)
{
    sf_auto(buffer) struct sf_buffer armor = {.limit_bytes = 65536};
    gpgme_data_t input = NULL;
    gpgme_data_t other = NULL;

    gpg_fixture_read("made/attached", &armor);
    assert_int_equal(gpgme_data_new_from_mem(&input, armor.data, armor.size, 1), 0);
    assert_int_equal(gpgme_data_new(&other), 0);
    assert_int_equal(
        gpgme_op_verify(gpg_context, input, as_detached ? other : NULL, as_detached ? NULL : other),
        0);
    gpgme_data_release(input);
    gpgme_data_release(other);
}

static void verdict_on_a_subkey_names_the_primary(void **state)
{
    sf_auto(openpgp) struct gpgme_context *context = NULL;
    struct sf_signer signer = {.fingerprint = ""};
    struct sf_error error;

    (void)state;
    assert_sf_ok(sf_openpgp_new(sf_keyring_home(keyring), &context, &error), &error);
    verify(context, /* as_detached= */ false);
    assert_string_not_equal(gpgme_op_verify_result(context)->signatures->fpr, primary);
    assert_sf_ok(sf_verdict_reach(keyring, context, sf_clock_now_s(), &signer, &error), &error);
    assert_string_equal(signer.fingerprint, primary);
}

static void verdict_on_success_without_signature_is_refusal(void **state)
{
    sf_auto(openpgp) struct gpgme_context *context = NULL;
    struct sf_signer signer = {.fingerprint = ""};
    struct sf_error error;

    (void)state;
    assert_sf_ok(sf_openpgp_new(sf_keyring_home(keyring), &context, &error), &error);
    assert_sf_fails(sf_verdict_reach(keyring, context, sf_clock_now_s(), &signer, &error), &error,
                    SF_E_SIGNATURE, "no signature in it");
    verify(context, /* as_detached= */ true);
    assert_sf_fails(sf_verdict_reach(keyring, context, sf_clock_now_s(), &signer, &error), &error,
                    SF_E_SIGNATURE, "no signature in it");
}

static void verdict_goes_by_the_time_it_is_given(void **state)
{
    sf_auto(openpgp) struct gpgme_context *context = NULL;
    struct sf_signer signer = {.fingerprint = ""};
    struct sf_error error;
    int64_t now_s = sf_clock_now_s();

    (void)state;
    assert_sf_ok(sf_openpgp_new(sf_keyring_home(keyring), &context, &error), &error);
    verify(context, /* as_detached= */ false);
    assert_sf_ok(
        sf_verdict_reach(keyring, context, now_s - SF_VERDICT_SKEW_S + 60, &signer, &error),
        &error);
    assert_sf_fails(
        sf_verdict_reach(keyring, context, now_s - SF_VERDICT_SKEW_S - 60, &signer, &error), &error,
        SF_E_SIGNATURE, "made in the future");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(verdict_on_a_subkey_names_the_primary),
        cmocka_unit_test(verdict_on_success_without_signature_is_refusal),
        cmocka_unit_test(verdict_goes_by_the_time_it_is_given),
    };

    return cmocka_run_group_tests(tests, start, stop);
}
