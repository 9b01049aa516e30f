/*
 * The pinned keys: an isolated, temporary GnuPG home filled from key files and thrown away. No
 * agent, no key server, no user's keyring; the trust is that a key's file stands in a directory
 * only root can write.
 *
 * Lifecycle: sf_keyring_open(), verify any number of times (signature.h), sf_keyring_free().
 */
#ifndef SF_CONTENT_KEYRING_H
#define SF_CONTENT_KEYRING_H

#include "common/base/cleanup.h"
#include "common/base/strlist.h"

struct sf_buffer;
struct sf_error;
struct sf_keyring;

/*
 * Reads every *.asc and *.gpg in `keys_dir_fd` (at most 64 files of 1 MiB). `name` is the
 * directory's for messages. A directory or file that others than its owner root (or the caller,
 * when that is not root) can write is refused. Errors: SIGNATURE ("no key in …": the way out is to
 * put the repository's public key there), PERMISSION, FORMAT (no OpenPGP public key in the file; a
 * secret key), IO.
 */
int sf_keyring_open(int keys_dir_fd, const char *name, struct sf_keyring **ret,
                    struct sf_error *err);

/* The same with only the public key in `key` (armored or not), such as sf_sign_export_key() gives.
 * Errors: FORMAT, IO. */
int sf_keyring_open_key(const struct sf_buffer *key, const char *name, struct sf_keyring **ret,
                        struct sf_error *err);

/* A digest over names and contents of the key files: an index accepted under other keys is not
 * taken as unchanged. Errors: PERMISSION, FORMAT as above, IO. */
int sf_keyring_digest(int keys_dir_fd, char hex[static 65], struct sf_error *err);

/* Full primary fingerprints (40 upper-case hex digits) of the pinned keys; borrowed until freed. */
const struct sf_strlist *sf_keyring_fingerprints(const struct sf_keyring *keyring);

/* Path of the temporary GnuPG home, for sf_openpgp_new(); borrowed until freed. */
const char *sf_keyring_home(const struct sf_keyring *keyring);

void sf_keyring_free(struct sf_keyring *keyring);

SF_DEFINE_AUTO(keyring, struct sf_keyring *, sf_keyring_free)

#endif
