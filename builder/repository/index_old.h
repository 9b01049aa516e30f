/* The index that a repository has, which a new one continues. */
#ifndef SF_BUILDER_REPOSITORY_INDEX_OLD_H
#define SF_BUILDER_REPOSITORY_INDEX_OLD_H

#include <stddef.h>

struct sf_buffer;
struct sf_error;
struct sf_keyring;
struct sf_repo_index;

/*
 * Reads the index in `repository_fd`. With `keys_path` (a directory of public keys) its signature
 * must be good; NULL: it only has to parse, as the repository's owner is about to sign a new one.
 * `*ret` is NULL when there is none. Errors: SIGNATURE, FORMAT, INCOMPATIBLE, IO.
 */
int sf_index_old_read(int repository_fd, const char *keys_path, struct sf_repo_index **ret,
                      struct sf_error *err);

/* The index in `message`, whose signature by one of the pinned keys must be good. Errors:
 * SIGNATURE, FORMAT, INCOMPATIBLE. */
int sf_index_old_verify(const struct sf_buffer *message, const struct sf_keyring *keyring,
                        struct sf_repo_index **ret, struct sf_error *err);

/*
 * The text within a clear-signed message, unverified: whoever uses it has another reason to trust
 * it. NULL when it is none or memory is out. Owned by the caller.
 */
char *sf_index_old_unverified_text(const char *message);

#endif
