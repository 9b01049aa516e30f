/* The index of a target: read, compared with what it should be, replaced. */
#include "builder/repository/index_state.h"

#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "builder/repository/index_entries.h"
#include "builder/repository/index_make.h"
#include "builder/repository/index_old.h"
#include "builder/repository/release_files.h"
#include "builder/repository/target.h"
#include "common/base/clock.h"
#include "common/base/error.h"
#include "common/base/str.h"
#include "common/format/repo_index.h"

#define SECONDS_A_DAY 86400

void sf_index_state_done(struct sf_index_state *state)
{
    sf_buffer_done(&state->message);
    sf_repo_index_free(state->old);
    sf_repo_index_free(state->next);
    *state = (struct sf_index_state){0};
}

static int read_old(const struct sf_index_aim *aim, struct sf_index_state *state,
                    struct sf_error *err)
{
    bool is_there = false;

    state->message.limit_bytes = SF_INDEX_MAX_BYTES;

    int r = sf_target_read(aim->target, SF_INDEX_NAME, &state->message, &is_there, err);

    if (r < 0 || !is_there) {
        return r;
    }

    r = sf_index_old_verify(&state->message, aim->keyring, &state->old, err);
    return r < 0 ? sf_error_prefix(err, "%s: the index there: ", aim->target->name) : 0;
}

static int add_entry(struct sf_repo_index *index, const struct sf_index_artifact *entry,
                     struct sf_error *err)
{
    const struct sf_index_artifact *listed = sf_index_entries_find(index, entry->path);

    if (listed == NULL) {
        return sf_index_entries_add(index, entry, err);
    }
    if (strcmp(listed->sha256, entry->sha256) != 0 ||
        strcmp(listed->manifest_sha256, entry->manifest_sha256) != 0) {
        return sf_error_set(err, SF_E_USAGE,
                            "'%s' is published with other bytes, and a name never gets others: "
                            "raise --build",
                            entry->path);
    }
    return 0;
}

static int add_entries(struct sf_repo_index *index, const struct sf_repo_index *from,
                       struct sf_error *err)
{
    int r = 0;

    for (size_t i = 0; r == 0 && from != NULL && i < from->artifact_count; i++) {
        r = add_entry(index, &from->artifacts[i], err);
    }
    return r;
}

/* The text without what differs each time. */
static char *dump_lasting(const struct sf_repo_index *index)
{
    struct sf_repo_index lasting = *index;

    lasting.serial = 0;
    lasting.created_s = 0;
    lasting.expires_s = 0;
    lasting.removed = (struct sf_strlist){0};
    return sf_repo_index_dump(&lasting);
}

static bool is_good_for_long(const struct sf_repo_index *old, const struct sf_index_wishes *wishes)
{
    int64_t lifetime_s = old->expires_s - old->created_s;

    return sf_clock_now_s() < old->created_s + lifetime_s / 2 &&
           (wishes->expires_days == 0 ||
            lifetime_s == (int64_t)wishes->expires_days * SECONDS_A_DAY);
}

static int compare(const struct sf_index_aim *aim, struct sf_index_state *state,
                   struct sf_error *err)
{
    if (state->old == NULL || !is_good_for_long(state->old, aim->wishes)) {
        state->is_same = false;
        return 0;
    }

    sf_autofree char *old = dump_lasting(state->old);
    sf_autofree char *next = dump_lasting(state->next);

    if (old == NULL || next == NULL) {
        return sf_error_no_memory(err);
    }
    state->is_same = strcmp(old, next) == 0;
    return 0;
}

int sf_index_state_look(const struct sf_index_aim *aim, struct sf_index_state *state,
                        struct sf_error *err)
{
    sf_index_state_done(state);

    int r = read_old(aim, state, err);

    if (r < 0) {
        return r;
    }
    state->next = calloc(1, sizeof *state->next);
    if (state->next == NULL) {
        return sf_error_no_memory(err);
    }

    r = sf_index_begin(aim->wishes, state->old, state->next, err);
    if (r == 0) {
        r = add_entries(state->next, state->old, err);
    }
    if (r == 0) {
        r = add_entries(state->next, aim->added, err);
    }
    if (r == 0) {
        r = sf_index_finish(aim->wishes, state->old, state->next, err);
    }
    return r < 0 ? r : compare(aim, state, err);
}

static bool has_file(const char *artifact, const struct sf_strlist *paths)
{
    for (size_t i = 0; i < paths->count; i++) {
        if (sf_release_files_has(artifact, paths->items[i])) {
            return true;
        }
    }
    return false;
}

static int forget_removed(struct sf_repo_index *index, const struct sf_strlist *paths,
                          struct sf_error *err)
{
    sf_auto(strlist) struct sf_strlist left = {0};
    int r = 0;

    for (size_t i = 0; r == 0 && i < index->removed.count; i++) {
        if (has_file(index->removed.items[i], paths)) {
            r = sf_strlist_add(&left, index->removed.items[i], err);
        }
    }
    if (r < 0) {
        return r;
    }
    sf_strlist_done(&index->removed);
    index->removed = left;
    left = (struct sf_strlist){0};
    return 0;
}

/* Signing can take a person's time. */
static int is_as_seen(const struct sf_index_aim *aim, const struct sf_index_state *state, bool *ret,
                      struct sf_error *err)
{
    sf_auto(buffer) struct sf_buffer now = {.limit_bytes = SF_INDEX_MAX_BYTES};
    bool is_there = false;
    int r = sf_target_read(aim->target, SF_INDEX_NAME, &now, &is_there, err);

    if (r < 0) {
        return r;
    }
    *ret = now.size == state->message.size &&
           (now.size == 0 || memcmp(now.data, state->message.data, now.size) == 0);
    return 0;
}

static int replace(const struct sf_index_aim *aim, const struct sf_buffer *message,
                   struct sf_error *err)
{
    sf_autoclose int fd = memfd_create("index", MFD_CLOEXEC);

    if (fd < 0 || write(fd, message->data, message->size) != (ssize_t)message->size) {
        return sf_error_errno(err, errno, "make a file in memory");
    }
    return sf_target_replace(aim->target, SF_INDEX_NAME, fd, err);
}

static int sign(const struct sf_index_aim *aim, const struct sf_index_state *state,
                struct sf_buffer *ret_message, struct sf_error *err)
{
    sf_auto(repo_index) struct sf_repo_index *read_back = NULL;
    int r = sf_index_sign(state->next, aim->signer, ret_message, err);

    if (r < 0) {
        return r;
    }

    r = sf_index_old_verify(ret_message, aim->keyring, &read_back, err);
    return r < 0 ? sf_error_prefix(err, "the new index, by the keys for the old one: ") : 0;
}

int sf_index_state_try(const struct sf_index_aim *aim, const struct sf_index_state *state,
                       struct sf_error *err)
{
    sf_auto(buffer) struct sf_buffer message = {.limit_bytes = SF_INDEX_MAX_BYTES};

    return sign(aim, state, &message, err);
}

int sf_index_state_write(const struct sf_index_aim *aim, struct sf_index_state *state,
                         const struct sf_strlist *paths, bool *ret_is_written, struct sf_error *err)
{
    sf_auto(buffer) struct sf_buffer message = {.limit_bytes = SF_INDEX_MAX_BYTES};
    bool is_as_before = false;
    int r = forget_removed(state->next, paths, err);

    if (r == 0) {
        r = sign(aim, state, &message, err);
    }
    if (r == 0) {
        r = is_as_seen(aim, state, &is_as_before, err);
    }
    if (r == 0 && is_as_before) {
        r = replace(aim, &message, err);
    }
    /* Somebody else was faster, and the target could tell. */
    if (r == -(int)SF_E_BUSY) {
        is_as_before = false;
        r = 0;
    }
    if (r < 0) {
        return r;
    }
    *ret_is_written = is_as_before;
    return 0;
}
