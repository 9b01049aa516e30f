/* What the agent remembers in /var/lib/sf-agent: the last accepted index, the journal, the history.
 */
#ifndef SF_STORE_STATE_H
#define SF_STORE_STATE_H

#include "common/base/strlist.h"
#include "common/format/journal_entry.h"
#include "common/format/repo_index.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct sf_error;
struct sf_layout;

/* What was known when the stored index was accepted. */
struct sf_index_origin {
    char url[512]; /* the mirror it came from */
    char etag[256];
    char last_modified[64];
    char keys_digest[65]; /* of keys.d at that time */
    char signer[65];
    char sha256[65]; /* of the signed text */
    int64_t accepted_s;
};

/* Stores an accepted index (its plain JSON) and where it came from, in one atomic file. */
int sf_state_save_index(const struct sf_layout *layout, const char *text, size_t size,
                        const struct sf_index_origin *origin, struct sf_error *err);

/* Errors: NOT_FOUND (never accepted one; the way out is `sf-agent refresh`), FORMAT (damaged:
 * naming the file, refresh makes it anew). */
int sf_state_load_index(const struct sf_layout *layout, struct sf_repo_index **ret,
                        struct sf_index_origin *ret_origin, struct sf_error *err);

/* Just the validators moved (304, or another mirror). */
int sf_state_touch_index(const struct sf_layout *layout, const struct sf_index_origin *origin,
                         struct sf_error *err);

/* The journal: at most one switch in progress. */
int sf_state_begin(const struct sf_layout *layout, const struct sf_journal_entry *entry,
                   struct sf_error *err);
/* `*ret_is_open` false when there is none. A journal that cannot be read is FORMAT, never guessed
 * at. */
int sf_state_open_entry(const struct sf_layout *layout, struct sf_journal_entry *ret,
                        bool *ret_is_open, struct sf_error *err);
int sf_state_end(const struct sf_layout *layout, struct sf_error *err);

/* History, one line per thing done; the newest `max` lines, oldest first. */
int sf_state_record(const struct sf_layout *layout, const struct sf_history_line *line,
                    struct sf_error *err);
int sf_state_history(const struct sf_layout *layout, size_t max, struct sf_history_line **ret,
                     size_t *ret_count, struct sf_error *err);

#endif
