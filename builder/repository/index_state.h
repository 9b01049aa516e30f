/*
 * The index of a target as it is, and as it should be.
 *
 * Lifecycle: zero-initialise, look, write, look again …, done.
 */
#ifndef SF_BUILDER_REPOSITORY_INDEX_STATE_H
#define SF_BUILDER_REPOSITORY_INDEX_STATE_H

#include "common/base/buffer.h"
#include "common/base/cleanup.h"

#include <stdbool.h>

struct sf_error;
struct sf_index_wishes;
struct sf_keyring;
struct sf_repo_index;
struct sf_strlist;
struct sf_target;

struct sf_index_state {
    struct sf_buffer message;   /* as the target has it; empty when it has none */
    struct sf_repo_index *old;  /* what that says; NULL when there is none */
    struct sf_repo_index *next; /* what it should say */
    bool is_same;               /* it says that, and for long enough */
};

/* What decides how the index should be; all borrowed. */
struct sf_index_aim {
    struct sf_target *target;
    const struct sf_keyring *keyring; /* the old index has to be signed by one of these */
    const struct sf_index_wishes *wishes;
    const struct sf_repo_index *added; /* its entries are to be in the index */
    const char *signer;
};

/*
 * Reads the target's index and makes the next one out of it. It is the same when nothing differs
 * but serial and times, and less than half of its time is over. Errors: SIGNATURE, FORMAT, USAGE
 * (an artifact is listed with other bytes), NOT_FOUND, those of the target.
 */
int sf_index_state_look(const struct sf_index_aim *aim, struct sf_index_state *state,
                        struct sf_error *err);

/* Signs the next index for nothing: whether the key is there and fits shows before anything is put.
 * Errors: SIGNATURE, NOT_FOUND (the key), FORMAT. */
int sf_index_state_try(const struct sf_index_aim *aim, const struct sf_index_state *state,
                       struct sf_error *err);

/*
 * Signs the next index and replaces the old by it, unless somebody else has replaced it since the
 * look: then `*ret_is_written` is false. What the index names as removed and has no file among
 * `paths` any more is not named again. Errors: SIGNATURE, NOT_FOUND (the key), those of the target.
 */
int sf_index_state_write(const struct sf_index_aim *aim, struct sf_index_state *state,
                         const struct sf_strlist *paths, bool *ret_is_written,
                         struct sf_error *err);

void sf_index_state_done(struct sf_index_state *state);

SF_DEFINE_AUTO_STRUCT(index_state, struct sf_index_state, sf_index_state_done)

#endif
