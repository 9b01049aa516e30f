/* Trees: the releases of a node, which one is active, staging and the commit. */
#ifndef SF_STORE_TREE_H
#define SF_STORE_TREE_H

#include "common/format/manifest.h"
#include "common/format/release.h"

#include <stdbool.h>
#include <stddef.h>

struct sf_error;
struct sf_layout;

/* The releases present, newest first (by version, build, then id); owned by the caller, free with
 * free. */
int sf_tree_list(const struct sf_layout *layout, struct sf_release **ret, size_t *ret_count,
                 struct sf_error *err);

/* True when the complete tree of `id` is there. */
bool sf_tree_is_present(const struct sf_layout *layout, const char *id);

/* What `current` or `previous` names; "" when the link is absent or its tree is. Errors: FORMAT
 * when the link points at something that is no release of this store. */
int sf_tree_active(const struct sf_layout *layout, char ret_id[static SF_RELEASE_ID_SIZE],
                   struct sf_error *err);
int sf_tree_previous(const struct sf_layout *layout, char ret_id[static SF_RELEASE_ID_SIZE],
                     struct sf_error *err);

/* The manifest of a present tree. Errors: NOT_FOUND, FORMAT. */
int sf_tree_manifest(const struct sf_layout *layout, const char *id, struct sf_manifest **ret,
                     struct sf_error *err);

/* The directory of a present tree. */
int sf_tree_open(const struct sf_layout *layout, const char *id, int *ret_fd, struct sf_error *err);

/* An empty .staging/<id>.partial; what an earlier run left there is removed. */
int sf_tree_stage(const struct sf_layout *layout, const char *id, int *ret_fd,
                  struct sf_error *err);

/* Makes a staged tree durable and renames it into releases/. IN_USE when it is already there.
 * Whatever the failure, it is not in releases/ afterwards. */
int sf_tree_publish(const struct sf_layout *layout, const char *id, struct sf_error *err);

/* Removes .staging/<id>.partial; absent is fine. */
int sf_tree_unstage(const struct sf_layout *layout, const char *id, struct sf_error *err);

/* True when .staging holds a tree that was removed. */
int sf_tree_has_removed(const struct sf_layout *layout, bool *ret, struct sf_error *err);

/* Removes everything in .staging: only with the lock held, when nobody else is writing. */
int sf_tree_sweep(const struct sf_layout *layout, struct sf_error *err);

/* THE COMMIT POINT: `current` becomes `id`. `previous` becomes `previous_id` first ("": removed).
 */
int sf_tree_activate(const struct sf_layout *layout, const char *id, const char *previous_id,
                     struct sf_error *err);

/* Removes the link `previous`; absent is fine. */
int sf_tree_forget_previous(const struct sf_layout *layout, struct sf_error *err);

/*
 * Takes a tree out of releases/ by one rename, so that no half tree stands there. Its files are in
 * .staging until the next sweep, and tell a later run that something was removed.
 */
int sf_tree_remove(const struct sf_layout *layout, const char *id, struct sf_error *err);

#endif
