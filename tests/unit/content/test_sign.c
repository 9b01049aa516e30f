/* Making signatures: what is made here is accepted by the verifying side and by gpg itself. */
#include "tests/unit/content/gpg_fixture.h"

#include "common/base/clock.h"
#include "common/content/armor.h"
#include "common/content/keyring.h"
#include "common/content/sign.h"
#include "common/content/signature.h"

static char signer[41];
static struct sf_keyring *keyring;

static int start(void **state)
{
    struct sf_error error;

    if (gpg_fixture_start(state) < 0) {
        return -1;
    }
    gpg("--quick-gen-key signer ed25519 sign never");
    gpg("--quick-gen-key public rsa2048 sign never");
    gpg("--armor --output @/keys/signer.asc --export signer");
    gpg_fixture_fingerprint("signer", signer);
    /* Before anything else of GPGME was used. */
    sf_auto(buffer) struct sf_buffer message = {.limit_bytes = 65536};

    if (sf_sign_clear(signer, "first\n", 6, &message, &error) < 0) {
        return -1;
    }
    sf_autoclose int fd = gpg_fixture_open("keys");

    return sf_keyring_open(fd, "keys", &keyring, &error);
}

static int stop(void **state)
{
    sf_keyring_free(keyring);
    return gpg_fixture_stop(state);
}

static void clear_signature_verifies(void **state)
{
    static const char text[] = "{\n  \"dash\": 1\n}\n- a\n-----BEGIN PGP SIGNATURE-----\nFrom x\n";
    sf_auto(buffer) struct sf_buffer message = {.limit_bytes = 65536};
    sf_auto(buffer) struct sf_buffer verified = {.limit_bytes = 65536};
    struct sf_signer who = {.fingerprint = ""};
    struct sf_error error;

    (void)state;
    assert_sf_ok(sf_sign_clear(signer, text, sizeof text - 1, &message, &error), &error);
    assert_sf_ok(sf_signature_verify_clear(keyring, message.data, message.size, sf_clock_now_s(),
                                           &verified, &who, &error),
                 &error);
    assert_string_equal(verified.data, text);
    assert_string_equal(who.fingerprint, signer);
    sf_test_write_file(gpg_directory, "made/message.asc", message.data);
    gpg("--verify @/made/message.asc");
}

static void detached_signature_verifies_from_any_position(void **state)
{
    sf_auto(buffer) struct sf_buffer signature = {.limit_bytes = 65536};
    sf_auto(verified_file) struct sf_verified_file file = {.fd = -1};
    struct sf_error error;

    (void)state;
    sf_test_write_file(gpg_directory, "made/data", "some bytes\n");
    int fd = gpg_fixture_open("made/data");

    assert_int_equal(lseek(fd, 5, SEEK_SET), 5);
    assert_sf_ok(sf_sign_detached(signer, fd, &signature, &error), &error);
    assert_sf_ok(sf_signature_verify_file(keyring, fd, signature.data, signature.size,
                                          sf_clock_now_s(), &file, &error),
                 &error);
    assert_string_equal(file.signer.fingerprint, signer);
    sf_test_write_file(gpg_directory, "made/data.asc", signature.data);
    gpg("--verify @/made/data.asc @/made/data");
}

static void key_that_is_not_there_is_refused(void **state)
{
    sf_auto(buffer) struct sf_buffer message = {.limit_bytes = 65536};
    struct sf_error error;

    (void)state;
    assert_sf_ok(sf_sign_check(signer, &error), &error);
    assert_sf_fails(sf_sign_check("0123456789012345678901234567890123456789", &error), &error,
                    SF_E_NOT_FOUND, "no secret key");
    assert_sf_fails(sf_sign_check("signer", &error), &error, SF_E_USAGE, "full fingerprint");
    assert_sf_fails(
        sf_sign_clear("0123456789012345678901234567890123456789", "x\n", 2, &message, &error),
        &error, SF_E_NOT_FOUND, "no secret key");
    assert_sf_fails(sf_sign_clear("signer", "x\n", 2, &message, &error), &error, SF_E_USAGE,
                    "full fingerprint, 40 hex digits");
    assert_sf_fails(sf_sign_clear(signer + 24, "x\n", 2, &message, &error), &error, SF_E_USAGE,
                    "full fingerprint");
    assert_int_equal(message.size, 0);
}

static void key_is_chosen_only_when_there_is_one(void **state)
{
    char home[512];
    char chosen[41];
    struct sf_error error;

    (void)state;
    assert_sf_fails(sf_sign_choose(NULL, chosen, &error), &error, SF_E_USAGE, "2 secret keys");
    assert_sf_ok(sf_sign_choose(signer, chosen, &error), &error);
    assert_string_equal(chosen, signer);
    (void)snprintf(home, sizeof home, "%s/made", gpg_directory);
    assert_int_equal(setenv("GNUPGHOME", home, 1), 0);
    assert_sf_fails(sf_sign_choose(NULL, chosen, &error), &error, SF_E_NOT_FOUND,
                    "no secret key to sign with");
    (void)snprintf(home, sizeof home, "%s/home", gpg_directory);
    assert_int_equal(setenv("GNUPGHOME", home, 1), 0);
}

static void line_that_could_not_be_verified_is_refused(void **state)
{
    sf_auto(buffer) struct sf_buffer message = {.limit_bytes = 65536};
    sf_autofree char *text = malloc(SF_ARMOR_MAX_LINE);
    struct sf_error error;

    (void)state;
    memset(text, 'x', SF_ARMOR_MAX_LINE);
    assert_sf_fails(sf_sign_clear(signer, text, SF_ARMOR_MAX_LINE, &message, &error), &error,
                    SF_E_FORMAT, "is longer than");
    assert_sf_ok(sf_sign_clear(signer, text, SF_ARMOR_MAX_LINE - 2, &message, &error), &error);
    assert_sf_ok(sf_armor_check_clear(message.data, message.size, &error), &error);
}

static void weak_digest_of_the_configuration_is_refused(void **state)
{
    sf_auto(buffer) struct sf_buffer message = {.limit_bytes = 65536};
    char rsa[41];
    struct sf_error error;

    (void)state;
    gpg_fixture_fingerprint("public", rsa);
    sf_test_write_file(gpg_directory, "home/gpg.conf", "digest-algo SHA1\n");
    assert_sf_fails(sf_sign_clear(rsa, "x\n", 2, &message, &error), &error, SF_E_SIGNATURE, "SHA1");
    assert_int_equal(message.size, 0);
    sf_test_write_file(gpg_directory, "home/gpg.conf", "");
}

static void exported_key_verifies_what_it_signs(void **state)
{
    sf_auto(buffer) struct sf_buffer key = {.limit_bytes = 65536};
    sf_auto(buffer) struct sf_buffer message = {.limit_bytes = 65536};
    sf_auto(buffer) struct sf_buffer verified = {.limit_bytes = 65536};
    sf_auto(keyring) struct sf_keyring *alone = NULL;
    struct sf_signer who = {.fingerprint = ""};
    struct sf_error error;

    (void)state;
    assert_sf_ok(sf_sign_export_key(signer, &key, &error), &error);
    assert_sf_ok(sf_keyring_open_key(&key, signer, &alone, &error), &error);
    assert_int_equal(sf_keyring_fingerprints(alone)->count, 1);
    assert_sf_ok(sf_sign_clear(signer, "text\n", 5, &message, &error), &error);
    assert_sf_ok(sf_signature_verify_clear(alone, message.data, message.size, sf_clock_now_s(),
                                           &verified, &who, &error),
                 &error);
    assert_string_equal(who.fingerprint, signer);
}

static void export_of_a_key_that_is_not_there_is_refused(void **state)
{
    sf_auto(buffer) struct sf_buffer key = {.limit_bytes = 65536};
    struct sf_error error;

    (void)state;
    assert_sf_fails(sf_sign_export_key("0123456789012345678901234567890123456789", &key, &error),
                    &error, SF_E_NOT_FOUND, "no secret key");
    assert_sf_fails(sf_sign_export_key("signer", &key, &error), &error, SF_E_USAGE,
                    "full fingerprint");
    assert_int_equal(key.size, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(clear_signature_verifies),
        cmocka_unit_test(detached_signature_verifies_from_any_position),
        cmocka_unit_test(key_that_is_not_there_is_refused),
        cmocka_unit_test(key_is_chosen_only_when_there_is_one),
        cmocka_unit_test(line_that_could_not_be_verified_is_refused),
        cmocka_unit_test(exported_key_verifies_what_it_signs),
        cmocka_unit_test(export_of_a_key_that_is_not_there_is_refused),
        cmocka_unit_test(weak_digest_of_the_configuration_is_refused),
    };

    return cmocka_run_group_tests(tests, start, stop);
}
