/* The pinned keys: what is taken as one, what is refused, and that nothing is left. */
#include "tests/unit/content/gpg_fixture.h"

#include <dirent.h>

#include "common/content/keyring.h"
#include "common/host/dir.h"

static int start(void **state)
{
    if (gpg_fixture_start(state) < 0) {
        return -1;
    }
    gpg("--quick-gen-key one ed25519 sign never");
    gpg("--quick-gen-key two ed25519 sign never");
    gpg("--armor --output @/made/one.asc --export one");
    gpg("--output @/made/two.gpg --export two");
    gpg("--armor --output @/made/both.asc --export one two");
    gpg("--armor --output @/made/secret.asc --export-secret-keys one");
    gpg("--output @/made/secret.gpg --export-secret-keys one");
    return 0;
}

/* keys/ with only the named file in it, as `name`. */
static void pin_only(const char *made, const char *name)
{
    char from[512];
    char to[512];

    (void)snprintf(to, sizeof to, "%s/keys", gpg_directory);
    DIR *directory = opendir(to);

    assert_non_null(directory);
    for (struct dirent *entry = readdir(directory); entry != NULL; entry = readdir(directory)) {
        (void)unlinkat(dirfd(directory), entry->d_name, 0);
    }
    (void)closedir(directory);
    if (made != NULL) {
        (void)snprintf(from, sizeof from, "%s/made/%s", gpg_directory, made);
        (void)snprintf(to, sizeof to, "%s/keys/%s", gpg_directory, name);
        assert_int_equal(link(from, to), 0);
        assert_int_equal(chmod(to, 0644), 0);
    }
}

static int open_keys(void)
{
    return gpg_fixture_open("keys");
}

static void assert_refused(enum sf_code code, const char *fragment)
{
    sf_autoclose int fd = open_keys();
    struct sf_keyring *keyring = NULL;
    struct sf_error error;

    assert_sf_fails(sf_keyring_open(fd, "keys.d", &keyring, &error), &error, code, fragment);
    assert_null(keyring);
    assert_non_null(strstr(error.message, "keys.d"));
}

static void assert_pins(size_t count)
{
    sf_auto(keyring) struct sf_keyring *keyring = NULL;
    sf_autoclose int fd = open_keys();
    struct sf_error error;

    assert_sf_ok(sf_keyring_open(fd, "keys.d", &keyring, &error), &error);
    assert_int_equal(sf_keyring_fingerprints(keyring)->count, count);
    for (size_t i = 0; i < count; i++) {
        const char *fingerprint = sf_keyring_fingerprints(keyring)->items[i];

        assert_int_equal(strspn(fingerprint, "0123456789ABCDEF"), 40);
        assert_int_equal(strlen(fingerprint), 40);
    }
}

static void keyring_takes_armored_and_binary_keys(void **state)
{
    (void)state;
    pin_only("one.asc", "one.asc");
    assert_pins(1);
    pin_only("two.gpg", "two.gpg");
    assert_pins(1);
    pin_only("both.asc", "both.asc");
    assert_pins(2);
    sf_test_write_file(gpg_directory, "keys/README", "not a key");
    sf_test_write_file(gpg_directory, "keys/.hidden.asc", "not a key");
    assert_pins(2);
}

static void keyring_leaves_nothing_behind(void **state)
{
    struct sf_keyring *keyring = NULL;
    struct stat status;
    sf_autoclose int fd = open_keys();
    struct sf_error error;

    (void)state;
    pin_only("one.asc", "one.asc");
    assert_sf_ok(sf_keyring_open(fd, "keys.d", &keyring, &error), &error);
    sf_autofree char *home = strdup(sf_keyring_home(keyring));

    assert_int_equal(stat(home, &status), 0);
    assert_int_equal(status.st_mode & 07777, 0700);
    sf_keyring_free(keyring);
    assert_int_equal(stat(home, &status), -1);
}

static void keyring_without_keys_says_the_way_out(void **state)
{
    (void)state;
    pin_only(NULL, NULL);
    assert_refused(SF_E_SIGNATURE, "put the repository's public key there");
}

static void keyring_secret_key_is_refused(void **state)
{
    (void)state;
    pin_only("secret.asc", "one.asc");
    assert_refused(SF_E_FORMAT, "secret key");
    pin_only("secret.gpg", "one.gpg");
    assert_refused(SF_E_FORMAT, "secret key");
}

static void keyring_file_without_key_is_refused(void **state)
{
    (void)state;
    pin_only("one.asc", "one.asc");
    sf_test_write_file(gpg_directory, "keys/bad.asc", "hello\n");
    assert_refused(SF_E_FORMAT, "'bad.asc': has no usable OpenPGP public key");
    sf_test_write_file(gpg_directory, "keys/bad.asc", "");
    assert_refused(SF_E_FORMAT, "'bad.asc': has no usable OpenPGP public key");
}

static void keyring_others_can_write_is_refused(void **state)
{
    char path[512];

    (void)state;
    pin_only("one.asc", "one.asc");
    (void)snprintf(path, sizeof path, "%s/keys/one.asc", gpg_directory);
    assert_int_equal(chmod(path, 0664), 0);
    assert_refused(SF_E_PERMISSION, "'one.asc': is writable by its group or others");
    assert_int_equal(chmod(path, 0644), 0);
    (void)snprintf(path, sizeof path, "%s/keys", gpg_directory);
    assert_int_equal(chmod(path, 0757), 0);
    assert_refused(SF_E_PERMISSION, "is writable by its group or others");
    assert_int_equal(chmod(path, 0700), 0);
    assert_pins(1);
}

static void keyring_of_another_owner_is_refused(void **state)
{
    char path[512];

    (void)state;
    if (geteuid() != 0) {
        skip();
    }
    pin_only("one.asc", "one.asc");
    (void)snprintf(path, sizeof path, "%s/keys/one.asc", gpg_directory);
    assert_int_equal(chown(path, 12345, 12345), 0);
    assert_refused(SF_E_PERMISSION, "is owned by user 12345");
    assert_int_equal(chown(path, 0, 0), 0);
}

static void keyring_strange_files_are_refused(void **state)
{
    char path[512];

    (void)state;
    pin_only(NULL, NULL);
    (void)snprintf(path, sizeof path, "%s/keys/link.asc", gpg_directory);
    assert_int_equal(symlink("../made/one.asc", path), 0);
    assert_refused(SF_E_FORMAT, "'link.asc': is a symbolic link");
    pin_only(NULL, NULL);
    assert_int_equal(mkfifo(path, 0600), 0);
    assert_refused(SF_E_FORMAT, "not a regular file");
    pin_only(NULL, NULL);
    int fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);

    assert_int_equal(ftruncate(fd, (1 << 20) + 1), 0);
    (void)close(fd);
    assert_refused(SF_E_FORMAT, "larger than 1048576 bytes");
}

static void keyring_digest_follows_names_and_contents(void **state)
{
    static const char *const made[][2] = {
        {"one.asc", "a.asc"}, {"one.asc", "b.asc"}, {"both.asc", "a.asc"}, {NULL, NULL}};
    char digests[4][65];
    char again[65];
    sf_autoclose int fd = open_keys();
    struct sf_error error;

    (void)state;
    for (size_t i = 0; i < 4; i++) {
        pin_only(made[i][0], made[i][1]);
        assert_sf_ok(sf_keyring_digest(fd, digests[i], &error), &error);
        assert_sf_ok(sf_keyring_digest(fd, again, &error), &error);
        assert_string_equal(digests[i], again);
        for (size_t j = 0; j < i; j++) {
            assert_string_not_equal(digests[i], digests[j]);
        }
    }
}

static void keyring_of_one_key_takes_no_secret_and_no_text(void **state)
{
    static const char *const cases[][2] = {{"made/secret.asc", "secret key"},
                                           {"made/one.asc", NULL},
                                           {"home/gpg.conf", "no usable OpenPGP public key"}};
    struct sf_error error;

    (void)state;
    for (size_t i = 0; i < 3; i++) {
        sf_auto(buffer) struct sf_buffer key = {0};
        sf_auto(keyring) struct sf_keyring *keyring = NULL;

        gpg_fixture_read(cases[i][0], &key);
        if (cases[i][1] == NULL) {
            assert_sf_ok(sf_keyring_open_key(&key, "one", &keyring, &error), &error);
            continue;
        }
        assert_sf_fails(sf_keyring_open_key(&key, "one", &keyring, &error), &error, SF_E_FORMAT,
                        cases[i][1]);
        assert_non_null(strstr(error.message, "key one: "));
        assert_null(keyring);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(keyring_takes_armored_and_binary_keys),
        cmocka_unit_test(keyring_leaves_nothing_behind),
        cmocka_unit_test(keyring_without_keys_says_the_way_out),
        cmocka_unit_test(keyring_secret_key_is_refused),
        cmocka_unit_test(keyring_file_without_key_is_refused),
        cmocka_unit_test(keyring_others_can_write_is_refused),
        cmocka_unit_test(keyring_of_another_owner_is_refused),
        cmocka_unit_test(keyring_strange_files_are_refused),
        cmocka_unit_test(keyring_of_one_key_takes_no_secret_and_no_text),
        cmocka_unit_test(keyring_digest_follows_names_and_contents),
    };

    return cmocka_run_group_tests(tests, start, gpg_fixture_stop);
}
