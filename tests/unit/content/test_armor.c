/* The outer form of OpenPGP text: one form passes, each known trick is refused by name. */
#include "tests/unit/sf_test.h"

#include "common/content/armor.h"

#define BEGIN "-----BEGIN PGP SIGNED MESSAGE-----\n"
#define HASH  "Hash: SHA512\n\n"
#define DASH  "- -----BEGIN PGP SIGNATURE-----\n"
#define CRLF  "-----BEGIN PGP SIGNED MESSAGE-----\r\nHash: SHA256\r\n\r\n"
#define SIGN  "-----BEGIN PGP SIGNATURE-----\n\nAAAA\n-----END PGP SIGNATURE-----\n"

struct row {
    const char *text;
    enum sf_code code;
    const char *fragment;
};

static void clear_text_passes(void **state)
{
    static const char *const texts[] = {
        BEGIN HASH "{}\n" SIGN,
        BEGIN "\n{}\n" SIGN,
        BEGIN HASH DASH "\ttext\n" SIGN "\n\r\n",
        CRLF "{}\r\n" SIGN,
    };
    struct sf_error error;

    (void)state;
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        assert_sf_ok(sf_armor_check_clear(texts[i], strlen(texts[i]), &error), &error);
    }
}

static void clear_text_with_a_trick_is_refused(void **state)
{
    static const struct row rows[] = {
        {"", SF_E_FORMAT, "not a clear-signed text"},
        {"{}\n", SF_E_FORMAT, "not a clear-signed text"},
        {"\n" BEGIN HASH "{}\n" SIGN, SF_E_FORMAT, "not a clear-signed text"},
        {"{}\n" BEGIN HASH "{}\n" SIGN, SF_E_FORMAT, "not a clear-signed text"},
        {"  <HTML>", SF_E_FORMAT, "captive portal"},
        {BEGIN HASH "{}\n", SF_E_SIGNATURE, "no signature"},
        {BEGIN HASH "{}\n" SIGN "{}\n", SF_E_SIGNATURE, "data after the signature"},
        {BEGIN HASH "{}\n" SIGN SIGN, SF_E_SIGNATURE, "data after the signature"},
        {BEGIN HASH "{}\n-----BEGIN PGP SIGNATURE-----\n" SIGN, SF_E_SIGNATURE, "another one"},
        {BEGIN HASH "{}\n-----BEGIN PGP SIGNATURE-----\nAAAA\n", SF_E_SIGNATURE, "cut off"},
        {BEGIN HASH BEGIN HASH "{}\n" SIGN, SF_E_SIGNATURE, "not escaped"},
        {BEGIN HASH "-dash\n" SIGN, SF_E_SIGNATURE, "not escaped"},
        {BEGIN "NotDashEscaped: yes\n\n{}\n" SIGN, SF_E_SIGNATURE, "other than Hash"},
        {BEGIN "{}\n\n" SIGN, SF_E_SIGNATURE, "other than Hash"},
        {BEGIN HASH "a\fb\n" SIGN, SF_E_SIGNATURE, "control characters"},
        {BEGIN HASH "a\rb\n" SIGN, SF_E_SIGNATURE, "control characters"},
        {BEGIN HASH "\x1b[2J\n" SIGN, SF_E_SIGNATURE, "control characters"},
        {BEGIN HASH "{}\n-----BEGIN PGP SIGNATURE-----\n\v\n-----END PGP SIGNATURE-----\n",
         SF_E_SIGNATURE, "control characters"},
    };
    struct sf_error error;

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        assert_sf_fails(sf_armor_check_clear(rows[i].text, strlen(rows[i].text), &error), &error,
                        rows[i].code, rows[i].fragment);
    }
}

static void clear_text_with_a_nul_byte_is_refused(void **state)
{
    static const char text[] = BEGIN HASH "a\0b\n" SIGN;
    struct sf_error error;

    (void)state;
    assert_sf_fails(sf_armor_check_clear(text, sizeof text - 1, &error), &error, SF_E_SIGNATURE,
                    "control characters");
}

static void clear_text_with_a_line_that_gpg_cuts_is_refused(void **state)
{
    sf_autofree char *text = calloc(1, SF_ARMOR_MAX_LINE + 1000);
    char *end = stpcpy(text, BEGIN HASH);
    struct sf_error error;

    (void)state;
    memset(end, 'x', SF_ARMOR_MAX_LINE + 1);
    (void)stpcpy(end + SF_ARMOR_MAX_LINE + 1, "\n" SIGN);
    assert_sf_fails(sf_armor_check_clear(text, strlen(text), &error), &error, SF_E_FORMAT,
                    "a line of more than 16000 bytes");
}

static void detached_signature_passes(void **state)
{
    struct sf_error error;

    (void)state;
    assert_sf_ok(sf_armor_check_detached(SIGN, strlen(SIGN), &error), &error);
    assert_sf_ok(sf_armor_check_detached(SIGN "\n", strlen(SIGN) + 1, &error), &error);
}

static void detached_other_input_is_refused_by_name(void **state)
{
    static const struct row rows[] = {
        {"", SF_E_SIGNATURE, "empty"},
        {"AAAA", SF_E_SIGNATURE, "not an armored signature"},
        {"<!doctype html>", SF_E_SIGNATURE, "captive portal"},
        {BEGIN HASH "{}\n" SIGN, SF_E_SIGNATURE, "a clear-signed text"},
        {"-----BEGIN PGP MESSAGE-----\n", SF_E_SIGNATURE, "a whole message"},
        {SIGN SIGN, SF_E_SIGNATURE, "data after"},
        {"-----BEGIN PGP SIGNATURE-----\n", SF_E_SIGNATURE, "cut off"},
    };
    struct sf_error error;

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        assert_sf_fails(sf_armor_check_detached(rows[i].text, strlen(rows[i].text), &error), &error,
                        rows[i].code, rows[i].fragment);
    }
}

static void detached_signature_of_a_megabyte_is_refused(void **state)
{
    sf_autofree char *text = malloc(1UL << 20);
    struct sf_error error;

    (void)state;
    memset(text, 'A', 1UL << 20);
    memcpy(text, "-----BEGIN PGP SIGNATURE-----\n", 30);
    assert_sf_fails(sf_armor_check_detached(text, 1UL << 20, &error), &error, SF_E_SIGNATURE,
                    "larger than 65536 bytes");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(clear_text_passes),
        cmocka_unit_test(clear_text_with_a_trick_is_refused),
        cmocka_unit_test(clear_text_with_a_nul_byte_is_refused),
        cmocka_unit_test(clear_text_with_a_line_that_gpg_cuts_is_refused),
        cmocka_unit_test(detached_signature_passes),
        cmocka_unit_test(detached_other_input_is_refused_by_name),
        cmocka_unit_test(detached_signature_of_a_megabyte_is_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
