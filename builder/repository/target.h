/*
 * Where a repository is published to: a directory, a directory behind rsync and ssh, an S3 bucket.
 * Paths are relative to the repository's top. Everything but the index is written once and never
 * changed; the index is replaced as a whole.
 *
 *   /srv/repository  file:///srv/repository         a directory
 *   host:/srv/repository  rsync://host/module/path  rsync(1), over ssh(1) where no scheme is given
 *   s3://bucket/prefix                              S3
 */
#ifndef SF_BUILDER_REPOSITORY_TARGET_H
#define SF_BUILDER_REPOSITORY_TARGET_H

#include "common/base/cleanup.h"
#include "common/base/strlist.h"

#include <stdbool.h>
#include <stdint.h>

struct sf_buffer;
struct sf_error;

/* The same for messages: what can be given where a target is wanted. */
#define SF_TARGET_FORMS                                                                            \
    "a directory, host:/path (rsync over ssh), rsync://host/module/path or s3://bucket/prefix"

/* What a kind of target can do; `self` is its own object. See the functions below. Without locks
 * `lock` and `unlock` are NULL. */
struct sf_target_kind {
    int (*get)(void *self, const char *path, int fd, bool *ret_is_there, struct sf_error *err);
    int (*put)(void *self, const char *path, int fd, struct sf_error *err);
    int (*replace)(void *self, const char *path, int fd, struct sf_error *err);
    int (*remove)(void *self, const char *path, struct sf_error *err);
    int (*list)(void *self, struct sf_strlist *ret_paths, struct sf_error *err);
    int (*lock)(void *self, uint32_t wait_s, struct sf_error *err);
    void (*unlock)(void *self);
    void (*free)(void *self);
};

struct sf_target {
    const struct sf_target_kind *kind;
    void *self;
    char *name; /* as the operator wrote it, for messages */
};

/* Finds the kind by the form of `where`; nothing is changed there yet. Errors: USAGE (no kind has
 * that form), NOT_FOUND (the program it needs), CONFIG (S3 without credentials), INCOMPATIBLE (a
 * libcurl without SigV4). */
int sf_target_open(const char *where, struct sf_target **ret, struct sf_error *err);

/* Writes what is at `path` to `fd`. Absence is no error. Errors: NETWORK, REMOTE, IO. */
int sf_target_get(struct sf_target *target, const char *path, int fd, bool *ret_is_there,
                  struct sf_error *err);

/* The same for what is small enough for `buffer` and its ceiling. Errors also: FORMAT. */
int sf_target_read(struct sf_target *target, const char *path, struct sf_buffer *buffer,
                   bool *ret_is_there, struct sf_error *err);

/*
 * Puts the file at `fd`, from its start, to a new path: it appears whole or not at all. The same
 * bytes there already are success. Errors: USAGE (other bytes are there), NO_SPACE, PERMISSION,
 * NETWORK, REMOTE, IO.
 */
int sf_target_put(struct sf_target *target, const char *path, int fd, struct sf_error *err);

/* Replaces what is at `path` by the file at `fd`, from its start; readers see the old or the new.
 * Errors as above but USAGE; BUSY when the kind can tell that the index is no longer the one that
 * was read last. */
int sf_target_replace(struct sf_target *target, const char *path, int fd, struct sf_error *err);

/* Absence is no error, and no directory stays empty. Errors as above. */
int sf_target_remove(struct sf_target *target, const char *path, struct sf_error *err);

/* Every file that is not hidden, ascending; none where nothing was ever put. Errors: NETWORK,
 * REMOTE, IO. */
int sf_target_list(struct sf_target *target, struct sf_strlist *ret_paths, struct sf_error *err);

/*
 * One publisher at a time, where the kind can say so (a directory); another is waited for. Else
 * nothing, and whoever replaces the index looks afterwards whether it is still theirs:
 * `*ret_is_held` is false. Errors: BUSY, INTERRUPTED.
 */
int sf_target_lock(struct sf_target *target, uint32_t wait_s, bool *ret_is_held,
                   struct sf_error *err);
void sf_target_unlock(struct sf_target *target);

void sf_target_free(struct sf_target *target);

SF_DEFINE_AUTO(target, struct sf_target *, sf_target_free)

/* The kinds; a new one is a row in target.c. */
int sf_target_directory_open(const char *where, void **ret_self, struct sf_error *err);
int sf_target_rsync_open(const char *where, void **ret_self, struct sf_error *err);
int sf_target_s3_open(const char *where, void **ret_self, struct sf_error *err);
extern const struct sf_target_kind sf_target_directory;
extern const struct sf_target_kind sf_target_rsync;
extern const struct sf_target_kind sf_target_s3;

#endif
