/* Making a repository's index: what it says beside its entries, and its signature. */
#ifndef SF_BUILDER_REPOSITORY_INDEX_MAKE_H
#define SF_BUILDER_REPOSITORY_INDEX_MAKE_H

#include <stdbool.h>
#include <stdint.h>

struct sf_buffer;
struct sf_error;
struct sf_repo_index;
struct sf_strlist;

#define SF_INDEX_DEFAULT_EXPIRES_DAYS 30
#define SF_INDEX_MAX_EXPIRES_DAYS     3650

/* What its owner wants it to say; zero-initialised: as the old one, 30 days. */
struct sf_index_wishes {
    const char *name;                   /* NULL: the old one's */
    const char *default_name;           /* of a first index without `name`; NULL: refused */
    const char *percent;                /* as typed; NULL: the old one's, else 100 */
    bool is_halted;                     /* true halts, a percent ends that */
    uint32_t expires_days;              /* 0: the default */
    uint32_t keep;                      /* newest ones of each series to keep; 0: all */
    const struct sf_strlist *withdrawn; /* "24.11.5-1" stays, but is not chosen; may be NULL */
    const struct sf_strlist *expired;   /* "24.11.5-1" is taken out; may be NULL */
};

/* Errors: USAGE (out of range). */
int sf_index_check_wishes(const struct sf_index_wishes *wishes, struct sf_error *err);

/*
 * Fills the head of `index`, zeroed before, out of the old one (NULL: there is none) and the
 * wishes: name, serial, times, rollout. Errors: USAGE (no name; out of range), NO_MEMORY.
 */
int sf_index_begin(const struct sf_index_wishes *wishes, const struct sf_repo_index *old,
                   struct sf_repo_index *index, struct sf_error *err);

/*
 * Withdraws and takes out what the old index or the wishes say, once all entries are there, and
 * fills the series.
 * Errors: NOT_FOUND (a withdrawn release is not there), NO_MEMORY.
 */
int sf_index_finish(const struct sf_index_wishes *wishes, const struct sf_repo_index *old,
                    struct sf_repo_index *index, struct sf_error *err);

/* The signed text. Errors: FORMAT (a node would refuse it), those of sf_sign_clear(). */
int sf_index_sign(const struct sf_repo_index *index, const char *signer,
                  struct sf_buffer *ret_message, struct sf_error *err);

#endif
