/* Verdicts on signatures that the real gpg made, good and bad (threats.md's truth table). */
#include "tests/unit/content/gpg_fixture.h"

#include "common/base/clock.h"
#include "common/content/keyring.h"
#include "common/content/signature.h"
#include "common/host/dir.h"

static struct sf_keyring *keyring;
static char pinned[41];
static char rsa[41];
static int64_t now_s;

#define PAST "--faked-system-time 20200101T000000! "

static void pin(const char *user)
{
    char command[256];

    (void)snprintf(command, sizeof command, "--armor --output @/keys/%s.asc --export %s", user,
                   user);
    gpg(command);
}

static void make_key(const char *options, const char *user, const char *algorithm,
                     const char *expiry)
{
    char command[256];

    (void)snprintf(command, sizeof command, "%s--quick-gen-key %s %s sign %s", options, user,
                   algorithm, expiry);
    gpg(command);
}

static int start(void **state)
{
    struct sf_error error;
    sf_autoclose int fd = -1;

    if (gpg_fixture_start(state) < 0) {
        return -1;
    }
    make_key("", "good", "ed25519", "never");
    make_key("", "rsa", "rsa2048", "never");
    make_key("", "other", "ed25519", "never");
    make_key("", "revoked", "ed25519", "never");
    make_key(PAST, "expired", "ed25519", "1d");
    sf_test_write_file(gpg_directory, "made/data", "{\"serial\": 7}\n");
    sf_test_write_file(gpg_directory, "made/other", "{\"serial\": 8}\n");
    gpg("--local-user revoked --armor --output @/made/revoked.asc --detach-sign @/made/data");
    gpg("--local-user revoked --armor --output @/made/revoked.clear --clear-sign @/made/data");

    char fingerprint[41];
    char name[512];
    sf_auto(buffer) struct sf_buffer certificate = {.limit_bytes = 65536};

    /* gpg puts a colon before the armor so that nobody revokes by accident. */
    gpg_fixture_fingerprint("revoked", fingerprint);
    (void)snprintf(name, sizeof name, "home/openpgp-revocs.d/%s.rev", fingerprint);
    gpg_fixture_read(name, &certificate);
    char *armor = strstr(certificate.data, ":-----BEGIN");

    sf_test_write_file(gpg_directory, "made/revocation", armor + 1);
    gpg("--import @/made/revocation");
    pin("good");
    pin("rsa");
    pin("revoked");
    pin("expired");
    gpg_fixture_fingerprint("good", pinned);
    gpg_fixture_fingerprint("rsa", rsa);
    now_s = sf_clock_now_s();
    (void)snprintf(name, sizeof name, "%s/keys", gpg_directory);
    if (sf_dir_open_follow(name, &fd, &error) < 0) {
        return -1;
    }
    return sf_keyring_open(fd, "keys", &keyring, &error);
}

static int stop(void **state)
{
    sf_keyring_free(keyring);
    return gpg_fixture_stop(state);
}

static int verify_file_at(const char *data, const char *signature, int64_t when_s,
                          struct sf_verified_file *ret, struct sf_error *err)
{
    sf_auto(buffer) struct sf_buffer armor = {.limit_bytes = 65536};
    int fd = gpg_fixture_open(data);

    gpg_fixture_read(signature, &armor);
    int r = sf_signature_verify_file(keyring, fd, armor.data, armor.size, when_s, ret, err);

    if (r < 0) {
        (void)close(fd);
    }
    return r;
}

static void assert_file_refused(const char *signature, const char *fragment)
{
    struct sf_verified_file file = {.fd = -1};
    struct sf_error error;

    assert_sf_fails(verify_file_at("made/data", signature, now_s, &file, &error), &error,
                    SF_E_SIGNATURE, fragment);
    assert_int_equal(file.fd, -1);
    assert_null(file.blocks);
}

static int verify_clear(const char *name, struct sf_buffer *text, struct sf_signer *signer,
                        struct sf_error *err)
{
    sf_auto(buffer) struct sf_buffer input = {.limit_bytes = 65536};

    gpg_fixture_read(name, &input);
    return sf_signature_verify_clear(keyring, input.data, input.size, now_s, text, signer, err);
}

static void assert_clear_refused(const char *name, enum sf_code code, const char *fragment)
{
    sf_auto(buffer) struct sf_buffer text = {.limit_bytes = 65536};
    struct sf_signer signer = {.fingerprint = ""};
    struct sf_error error;

    assert_sf_fails(verify_clear(name, &text, &signer, &error), &error, code, fragment);
    assert_int_equal(text.size, 0);
    assert_string_equal(signer.fingerprint, "");
}

static void file_good_signature_is_accepted(void **state)
{
    sf_auto(verified_file) struct sf_verified_file file = {.fd = -1};
    struct sf_error error;

    (void)state;
    gpg("--local-user good --armor --output @/made/good.asc --detach-sign @/made/data");
    assert_sf_ok(verify_file_at("made/data", "made/good.asc", now_s, &file, &error), &error);
    assert_string_equal(file.signer.fingerprint, pinned);
    assert_true(file.signer.made_s >= now_s - 60);
    assert_true(file.fd >= 0);
    assert_int_equal(file.size_bytes, 14);
    assert_int_equal(file.block_count, 1);
    assert_string_equal(file.blocks[0], file.sha256);
}

static void file_of_many_blocks_is_digested_by_block(void **state)
{
    sf_auto(verified_file) struct sf_verified_file file = {.fd = -1};
    sf_auto(verified_file) struct sf_verified_file again = {.fd = -1};
    struct sf_error error;
    char path[512];

    (void)state;
    (void)snprintf(path, sizeof path, "%s/made/big", gpg_directory);
    FILE *stream = fopen(path, "we");

    for (int i = 0; i < 300000; i++) {
        (void)fprintf(stream, "%08d\n", i);
    }
    (void)fclose(stream);
    gpg("--local-user rsa --armor --output @/made/big.asc --detach-sign @/made/big");
    assert_sf_ok(verify_file_at("made/big", "made/big.asc", now_s, &file, &error), &error);
    assert_string_equal(file.signer.fingerprint, rsa);
    assert_int_equal(file.size_bytes, 2700000);
    assert_int_equal(file.block_count, 3);
    int fd = gpg_fixture_open("made/big");

    assert_sf_ok(sf_verified_file_by_digest(fd, file.sha256, &again, &error), &error);
    assert_memory_equal(file.blocks, again.blocks, 3 * sizeof *file.blocks);
}

static void file_changed_data_is_refused(void **state)
{
    struct sf_verified_file file = {.fd = -1};
    struct sf_error error;

    (void)state;
    gpg("--local-user good --armor --output @/made/good.asc --detach-sign @/made/data");
    assert_sf_fails(verify_file_at("made/other", "made/good.asc", now_s, &file, &error), &error,
                    SF_E_SIGNATURE, "bad signature: the data was changed");
}

static void file_unpinned_signer_is_refused_by_name(void **state)
{
    char other[41];

    (void)state;
    gpg_fixture_fingerprint("other", other);
    gpg("--local-user other --armor --output @/made/other.asc --detach-sign @/made/data");
    assert_file_refused("made/other.asc", "not among the pinned keys");
    assert_file_refused("made/other.asc", other);
}

static void file_second_unknown_signer_is_tolerated(void **state)
{
    sf_auto(verified_file) struct sf_verified_file file = {.fd = -1};
    struct sf_error error;

    (void)state;
    gpg("--local-user other --local-user good --armor --output @/made/two.asc "
        "--detach-sign @/made/data");
    assert_sf_ok(verify_file_at("made/data", "made/two.asc", now_s, &file, &error), &error);
    assert_string_equal(file.signer.fingerprint, pinned);
}

static void file_expired_key_is_refused(void **state)
{
    (void)state;
    gpg(PAST "--local-user expired --armor --output @/made/expired.asc --detach-sign @/made/data");
    assert_file_refused("made/expired.asc", "its key expired on 2020-01-02");
}

static void file_revoked_key_is_refused(void **state)
{
    (void)state;
    assert_file_refused("made/revoked.asc", "its key is revoked");
}

static void file_expired_signature_is_refused(void **state)
{
    (void)state;
    gpg("--local-user good --default-sig-expire seconds=1 --armor --output @/made/expiring.asc "
        "--detach-sign @/made/data");
    now_s += 100;
    assert_file_refused("made/expiring.asc", "the signature expired on");
    now_s -= 100;
    (void)sleep(2);
    now_s -= 100;
    assert_file_refused("made/expiring.asc", "the signature expired on");
    now_s += 100;
}

static void file_sha1_is_refused(void **state)
{
    (void)state;
    gpg("--local-user rsa --digest-algo SHA1 --armor --output @/made/sha1.asc "
        "--detach-sign @/made/data");
    assert_file_refused("made/sha1.asc", "digest algorithm SHA1 is not accepted");
}

static void file_signature_from_the_future_is_refused(void **state)
{
    (void)state;
    gpg("--faked-system-time 20990101T000000! --local-user good --armor "
        "--output @/made/future.asc --detach-sign @/made/data");
    assert_file_refused("made/future.asc", "made in the future, on 2099-01-01");
}

static void file_with_other_openpgp_as_signature_is_refused(void **state)
{
    (void)state;
    gpg("--local-user good --armor --output @/made/attached.asc --sign @/made/data");
    gpg("--local-user good --armor --output @/made/clear.asc --clear-sign @/made/data");
    sf_test_write_file(gpg_directory, "made/empty.asc", "");
    sf_test_write_file(gpg_directory, "made/garbage.asc", "what is this\n");
    sf_test_write_file(gpg_directory, "made/broken.asc",
                       "-----BEGIN PGP SIGNATURE-----\n\nAAAA\n-----END PGP SIGNATURE-----\n");
    assert_file_refused("made/attached.asc", "a whole message");
    assert_file_refused("made/clear.asc", "a clear-signed text");
    assert_file_refused("made/empty.asc", "empty");
    assert_file_refused("made/garbage.asc", "not an armored signature");
    assert_file_refused("made/broken.asc", "no signature in it");
}

static void clear_good_text_is_handed_out(void **state)
{
    sf_auto(buffer) struct sf_buffer text = {.limit_bytes = 65536};
    struct sf_signer signer = {.fingerprint = ""};
    struct sf_error error;

    (void)state;
    gpg("--local-user good --output @/made/good.clear --clear-sign @/made/data");
    assert_sf_ok(verify_clear("made/good.clear", &text, &signer, &error), &error);
    assert_string_equal(text.data, "{\"serial\": 7}\n");
    assert_string_equal(signer.fingerprint, pinned);
}

static void clear_changed_text_is_refused(void **state)
{
    sf_auto(buffer) struct sf_buffer input = {.limit_bytes = 65536};

    (void)state;
    gpg("--local-user good --output @/made/good.clear --clear-sign @/made/data");
    gpg_fixture_read("made/good.clear", &input);
    *strchr(input.data, '7') = '9';
    sf_test_write_file(gpg_directory, "made/changed.clear", input.data);
    assert_clear_refused("made/changed.clear", SF_E_SIGNATURE, "bad signature");
}

static void clear_bad_signers_are_refused(void **state)
{
    (void)state;
    gpg("--local-user other --output @/made/other.clear --clear-sign @/made/data");
    gpg("--local-user rsa --digest-algo SHA1 --output @/made/sha1.clear --clear-sign @/made/data");
    assert_clear_refused("made/other.clear", SF_E_SIGNATURE, "not among the pinned keys");
    assert_clear_refused("made/sha1.clear", SF_E_SIGNATURE, "SHA1 is not accepted");
    assert_clear_refused("made/revoked.clear", SF_E_SIGNATURE, "revoked");
}

static void clear_other_input_is_refused(void **state)
{
    (void)state;
    gpg("--local-user good --armor --output @/made/attached.asc --sign @/made/data");
    sf_test_write_file(gpg_directory, "made/page", "<!DOCTYPE html><html></html>\n");
    sf_test_write_file(gpg_directory, "made/nothing", "");
    assert_clear_refused("made/data", SF_E_FORMAT, "not a clear-signed text");
    assert_clear_refused("made/attached.asc", SF_E_FORMAT, "not a clear-signed text");
    assert_clear_refused("made/page", SF_E_FORMAT, "captive portal");
    assert_clear_refused("made/nothing", SF_E_FORMAT, "not a clear-signed text");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(file_good_signature_is_accepted),
        cmocka_unit_test(file_of_many_blocks_is_digested_by_block),
        cmocka_unit_test(file_changed_data_is_refused),
        cmocka_unit_test(file_unpinned_signer_is_refused_by_name),
        cmocka_unit_test(file_second_unknown_signer_is_tolerated),
        cmocka_unit_test(file_expired_key_is_refused),
        cmocka_unit_test(file_revoked_key_is_refused),
        cmocka_unit_test(file_expired_signature_is_refused),
        cmocka_unit_test(file_sha1_is_refused),
        cmocka_unit_test(file_signature_from_the_future_is_refused),
        cmocka_unit_test(file_with_other_openpgp_as_signature_is_refused),
        cmocka_unit_test(clear_good_text_is_handed_out),
        cmocka_unit_test(clear_changed_text_is_refused),
        cmocka_unit_test(clear_bad_signers_are_refused),
        cmocka_unit_test(clear_other_input_is_refused),
    };

    return cmocka_run_group_tests(tests, start, stop);
}
