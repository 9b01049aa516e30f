/* The pinned keys in an isolated, temporary GnuPG home. */
#include "common/content/keyring.h"

#include <errno.h>
#include <fcntl.h>
#include <gpgme.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "common/base/buffer.h"
#include "common/base/error.h"
#include "common/base/path.h"
#include "common/base/str.h"
#include "common/content/openpgp.h"
#include "common/host/atomic_file.h"
#include "common/host/digest.h"
#include "common/host/dir.h"

#define MAX_KEY_FILES 64
#define MAX_KEY_BYTES (1UL << 20)

struct sf_keyring {
    char *home;
    struct sf_strlist fingerprints;
};

/* Options that a gpg of this version does not know are skipped, not an error. */
static const char gpg_conf[] = "batch\n"
                               "no-autostart\n"
                               "no-greeting\n"
                               "no-random-seed-file\n"
                               "no-auto-key-locate\n"
                               "no-auto-key-retrieve\n"
                               "ignore-invalid-option no-auto-key-import\n"
                               "no-auto-key-import\n"
                               "disable-dirmngr\n"
                               "trust-model always\n"
                               "weak-digest SHA1\n";

typedef int (*key_file_visit)(void *context, const char *name, const struct sf_buffer *bytes,
                              struct sf_error *err);

/* Whoever may write a key file may sign releases. */
static int check_owner(const struct stat *status, struct sf_error *err)
{
    if (status->st_uid != 0 && status->st_uid != geteuid()) {
        return sf_error_set(err, SF_E_PERMISSION,
                            "is owned by user %u: pinned keys must be owned by root",
                            (unsigned)status->st_uid);
    }
    if ((status->st_mode & (S_IWGRP | S_IWOTH)) != 0) {
        return sf_error_set(err, SF_E_PERMISSION,
                            "is writable by its group or others: chmod go-w it");
    }
    return 0;
}

static int check_directory(int keys_dir_fd, struct sf_error *err)
{
    struct stat status;

    if (fstat(keys_dir_fd, &status) < 0) {
        return sf_error_errno(err, errno, "examine it");
    }
    return check_owner(&status, err);
}

static int read_key_file(int fd, struct sf_buffer *bytes, struct sf_error *err)
{
    struct stat status;
    char chunk[8192];

    if (fstat(fd, &status) < 0) {
        return sf_error_errno(err, errno, "examine it");
    }
    if (!S_ISREG(status.st_mode)) {
        return sf_error_set(err, SF_E_FORMAT, "is not a regular file");
    }
    int r = check_owner(&status, err);

    while (r == 0) {
        ssize_t n = read(fd, chunk, sizeof chunk);

        if (n < 0) {
            return sf_error_errno(err, errno, "read it");
        }
        if (n == 0) {
            return 0;
        }
        r = sf_buffer_append(bytes, chunk, (size_t)n, err);
    }
    return r;
}

static bool is_key_name(const char *name)
{
    return name[0] != '.' && (sf_str_has_suffix(name, ".asc") || sf_str_has_suffix(name, ".gpg"));
}

static int open_key_file(int keys_dir_fd, const char *name, int *ret_fd, struct sf_error *err)
{
    /* Not to hang on a FIFO. */
    int r = sf_dir_open_file(keys_dir_fd, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK, 0, ret_fd, err);

    return r < 0 && err->sys_errno == ELOOP
               ? sf_error_set(err, SF_E_FORMAT, "is a symbolic link: put the key itself there")
               : r;
}

/* Calls `visit` for each key file of the directory, names ascending. */
static int visit_key_files(int keys_dir_fd, key_file_visit visit, void *context,
                           struct sf_error *err)
{
    sf_auto(strlist) struct sf_strlist names = {0};
    size_t count = 0;
    int r = check_directory(keys_dir_fd, err);

    if (r == 0) {
        r = sf_dir_list(keys_dir_fd, ".", &names, err);
    }
    for (size_t i = 0; r == 0 && i < names.count; i++) {
        sf_auto(buffer) struct sf_buffer bytes = {.limit_bytes = MAX_KEY_BYTES};
        sf_autoclose int fd = -1;

        if (!is_key_name(names.items[i])) {
            continue;
        }
        if (++count > MAX_KEY_FILES) {
            return sf_error_set(err, SF_E_FORMAT, "more than %d key files", MAX_KEY_FILES);
        }
        r = open_key_file(keys_dir_fd, names.items[i], &fd, err);
        if (r == 0) {
            r = read_key_file(fd, &bytes, err);
        }
        if (r == 0) {
            r = visit(context, names.items[i], &bytes, err);
        }
        if (r < 0) {
            return sf_error_prefix(err, "key file '%s': ", names.items[i]);
        }
    }
    return r;
}

/* A secret key has no business on a node. Seen before gpg could store it. */
static bool is_secret_key(const struct sf_buffer *bytes)
{
    static const char armor[] = "-----BEGIN PGP PRIVATE KEY BLOCK-----";

    if (bytes->size == 0) {
        return false;
    }
    unsigned char tag = (unsigned char)bytes->data[0];

    /* RFC 4880, 4.2: packet tag 5, in the old form and the new. */
    return (tag & 0xFC) == 0x94 || tag == 0xC5 ||
           memmem(bytes->data, bytes->size, armor, sizeof armor - 1) != NULL;
}

static int collect_imported(struct sf_keyring *keyring, gpgme_import_result_t result,
                            struct sf_error *err)
{
    bool has_key = false;

    if (result->secret_read > 0) {
        return sf_error_set(err, SF_E_FORMAT, "has a secret key in it");
    }
    for (gpgme_import_status_t i = result->imports; i != NULL; i = i->next) {
        if (i->result != 0 || i->fpr == NULL) {
            continue;
        }
        has_key = true;
        if (!sf_strlist_has(&keyring->fingerprints, i->fpr)) {
            int r = sf_strlist_add(&keyring->fingerprints, i->fpr, err);

            if (r < 0) {
                return r;
            }
        }
    }
    if (!has_key) {
        return sf_error_set(err, SF_E_FORMAT, "has no usable OpenPGP public key in it");
    }
    return 0;
}

static int import_key_file(void *context, const char *name, const struct sf_buffer *bytes,
                           struct sf_error *err)
{
    struct sf_keyring *keyring = context;
    sf_auto(openpgp) struct gpgme_context *gpg = NULL;
    gpgme_data_t data = NULL;

    (void)name;
    if (is_secret_key(bytes)) {
        return sf_error_set(err, SF_E_FORMAT, "has a secret key in it: only public keys go there");
    }
    int r = sf_openpgp_new(keyring->home, &gpg, err);

    if (r < 0) {
        return r;
    }
    gpgme_error_t e = gpgme_data_new_from_mem(&data, bytes->data, bytes->size, /* copy= */ 0);

    if (e == 0) {
        e = gpgme_op_import(gpg, data);
    }
    gpgme_import_result_t result = e == 0 ? gpgme_op_import_result(gpg) : NULL;

    r = result == NULL
            ? sf_error_set(err, SF_E_FORMAT, "has no usable OpenPGP public key in it: %s",
                           gpgme_strerror(e))
            : collect_imported(keyring, result, err);
    gpgme_data_release(data);
    return r;
}

/* /run is memory and root's alone; others than root take their temporary directory. */
static char *home_template(void)
{
    const char *base = getenv("TMPDIR");

    if (geteuid() == 0 && access("/run", W_OK) == 0) {
        base = "/run";
    } else if (base == NULL || base[0] != '/') {
        base = "/tmp";
    }
    return sf_path_join(base, "sf-keyring-XXXXXX");
}

static int make_home(struct sf_keyring *keyring, struct sf_error *err)
{
    sf_autofree char *home = home_template();
    sf_autoclose int fd = -1;

    if (home == NULL) {
        return sf_error_no_memory(err);
    }
    if (mkdtemp(home) == NULL) {
        return sf_error_errno(err, errno, "make a temporary GnuPG home '%s'", home);
    }
    keyring->home = sf_steal(&home);
    int r = sf_dir_open_follow(keyring->home, &fd, err);

    if (r < 0) {
        return r;
    }
    return sf_atomic_file_write(fd, "gpg.conf", gpg_conf, sizeof gpg_conf - 1, 0600, err);
}

static int fill(struct sf_keyring *keyring, int keys_dir_fd, struct sf_error *err)
{
    int r = visit_key_files(keys_dir_fd, import_key_file, keyring, err);
    if (r < 0) {
        return r;
    }
    if (keyring->fingerprints.count == 0) {
        return sf_error_set(err, SF_E_SIGNATURE,
                            "no key in it: put the repository's public key there, as NAME.asc");
    }
    return 0;
}

static int new_keyring(struct sf_keyring **ret, struct sf_error *err)
{
    sf_auto(keyring) struct sf_keyring *keyring = calloc(1, sizeof *keyring);
    int r = keyring == NULL ? sf_error_no_memory(err) : make_home(keyring, err);

    if (r < 0) {
        return r;
    }
    *ret = sf_steal(&keyring);
    return 0;
}

int sf_keyring_open(int keys_dir_fd, const char *name, struct sf_keyring **ret,
                    struct sf_error *err)
{
    sf_auto(keyring) struct sf_keyring *keyring = NULL;
    int r = new_keyring(&keyring, err);

    if (r < 0) {
        return r;
    }
    r = fill(keyring, keys_dir_fd, err);
    if (r < 0) {
        return sf_error_prefix(err, "pinned keys '%s': ", name);
    }
    *ret = sf_steal(&keyring);
    return 0;
}

int sf_keyring_open_key(const struct sf_buffer *key, const char *name, struct sf_keyring **ret,
                        struct sf_error *err)
{
    sf_auto(keyring) struct sf_keyring *keyring = NULL;
    int r = new_keyring(&keyring, err);

    if (r < 0) {
        return r;
    }
    r = import_key_file(keyring, name, key, err);
    if (r < 0) {
        return sf_error_prefix(err, "key %s: ", name);
    }
    *ret = sf_steal(&keyring);
    return 0;
}

static int update_digest(void *context, const char *name, const struct sf_buffer *bytes,
                         struct sf_error *err)
{
    uint64_t size = bytes->size;

    (void)err;
    sf_digest_update(context, name, strlen(name) + 1);
    sf_digest_update(context, &size, sizeof size);
    sf_digest_update(context, bytes->data, bytes->size);
    return 0;
}

int sf_keyring_digest(int keys_dir_fd, char hex[static 65], struct sf_error *err)
{
    sf_auto(digest) struct sf_digest *digest = NULL;
    int r = sf_digest_new(&digest, err);

    if (r < 0) {
        return r;
    }
    r = visit_key_files(keys_dir_fd, update_digest, digest, err);
    if (r < 0) {
        return r;
    }
    return sf_digest_finish(digest, hex, err);
}

const struct sf_strlist *sf_keyring_fingerprints(const struct sf_keyring *keyring)
{
    return &keyring->fingerprints;
}

const char *sf_keyring_home(const struct sf_keyring *keyring)
{
    return keyring->home;
}

static void remove_home(const char *home)
{
    struct sf_error ignored;
    sf_autofree char *parent = sf_path_parent(home);
    sf_autoclose int fd = -1;

    if (parent != NULL && sf_dir_open_follow(parent, &fd, &ignored) == 0) {
        (void)sf_dir_remove(fd, sf_path_base(home), &ignored);
    }
}

void sf_keyring_free(struct sf_keyring *keyring)
{
    if (keyring == NULL) {
        return;
    }
    if (keyring->home != NULL) {
        remove_home(keyring->home);
    }
    free(keyring->home);
    sf_strlist_done(&keyring->fingerprints);
    free(keyring);
}
