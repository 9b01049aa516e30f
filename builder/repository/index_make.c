/* Makes an index that goes on from the one before. */
#include "builder/repository/index_make.h"

#include <stdlib.h>
#include <string.h>

#include "builder/repository/index_entries.h"
#include "builder/repository/index_retention.h"
#include "builder/repository/index_series.h"
#include "common/base/clock.h"
#include "common/base/error.h"
#include "common/base/number.h"
#include "common/base/str.h"
#include "common/base/strlist.h"
#include "common/content/sign.h"
#include "common/format/repo_index.h"

#define SECONDS_A_DAY 86400

int sf_index_check_wishes(const struct sf_index_wishes *wishes, struct sf_error *err)
{
    uint64_t percent = 0;

    if (wishes->expires_days > SF_INDEX_MAX_EXPIRES_DAYS) {
        return sf_error_set(err, SF_E_USAGE, "--expires-days=%u: at most %d", wishes->expires_days,
                            SF_INDEX_MAX_EXPIRES_DAYS);
    }
    if (wishes->percent != NULL && !sf_number_parse(wishes->percent, 100, &percent)) {
        return sf_error_set(err, SF_E_USAGE, "--percent=%s is not a number from 0 to 100",
                            wishes->percent);
    }
    return 0;
}

static void set_rollout(const struct sf_index_wishes *wishes, const struct sf_repo_index *old,
                        struct sf_rollout *rollout)
{
    uint64_t percent = 0;

    *rollout = old == NULL ? (struct sf_rollout){.percent = 100} : old->rollout;
    if (wishes->percent != NULL && sf_number_parse(wishes->percent, 100, &percent)) {
        rollout->percent = (uint32_t)percent;
        rollout->is_halted = false;
    }
    rollout->is_halted |= wishes->is_halted;
}

int sf_index_begin(const struct sf_index_wishes *wishes, const struct sf_repo_index *old,
                   struct sf_repo_index *index, struct sf_error *err)
{
    uint64_t days =
        wishes->expires_days == 0 ? SF_INDEX_DEFAULT_EXPIRES_DAYS : wishes->expires_days;
    const char *name = wishes->name != NULL ? wishes->name
                       : old != NULL        ? old->repository
                                            : wishes->default_name;
    int r = sf_index_check_wishes(wishes, err);

    if (r < 0) {
        return r;
    }
    if (name == NULL) {
        return sf_error_set(err, SF_E_USAGE,
                            "--name is missing: there is no old index to take it from");
    }
    index->repository = strdup(name);
    if (index->repository == NULL) {
        return sf_error_no_memory(err);
    }
    index->serial = old == NULL ? 1 : old->serial + 1;
    index->created_s = sf_clock_now_s();
    index->expires_s = index->created_s + (int64_t)days * SECONDS_A_DAY;
    set_rollout(wishes, old, &index->rollout);
    return 0;
}

/* Whoever withdraws and takes out in one run finds it only here the next time. */
static bool was_taken_out(const struct sf_repo_index *old, const char *short_name)
{
    sf_autofree char *part = sf_str_format("/%s/", short_name);

    for (size_t i = 0; part != NULL && old != NULL && i < old->removed.count; i++) {
        if (strstr(old->removed.items[i], part) != NULL) {
            return true;
        }
    }
    return false;
}

static int withdraw(const struct sf_repo_index *old, struct sf_repo_index *index,
                    const char *short_name, struct sf_error *err)
{
    bool is_known = was_taken_out(old, short_name);

    for (size_t i = 0; i < index->artifact_count; i++) {
        char text[SF_RELEASE_ID_SIZE];

        sf_release_short(&index->artifacts[i].release, text);
        if (strcmp(text, short_name) == 0) {
            index->artifacts[i].is_yanked = true;
            is_known = true;
        }
    }
    if (!is_known) {
        return sf_error_set(err, SF_E_NOT_FOUND,
                            "--yank=%s: the repository has no such release, it takes a version and "
                            "build such as 25.11.6-1",
                            short_name);
    }
    return 0;
}

/* A release that was withdrawn stays so. */
static void keep_flags(const struct sf_repo_index *old, struct sf_repo_index *index)
{
    for (size_t i = 0; i < old->artifact_count; i++) {
        struct sf_index_artifact *entry = sf_index_entries_find(index, old->artifacts[i].path);

        if (entry != NULL) {
            entry->is_yanked = old->artifacts[i].is_yanked;
            entry->is_security = old->artifacts[i].is_security;
        }
    }
}

static int withdraw_all(const struct sf_index_wishes *wishes, const struct sf_repo_index *old,
                        struct sf_repo_index *index, struct sf_error *err)
{
    int r = 0;

    for (size_t i = 0; r == 0 && wishes->withdrawn != NULL && i < wishes->withdrawn->count; i++) {
        r = withdraw(old, index, wishes->withdrawn->items[i], err);
    }
    return r;
}

/* What was taken out stays on the list of it, for the next publisher to clear away. */
static int keep_removed(const struct sf_repo_index *old, struct sf_repo_index *index,
                        struct sf_error *err)
{
    int r = 0;

    for (size_t i = 0; r == 0 && i < old->removed.count; i++) {
        if (sf_index_entries_find(index, old->removed.items[i]) == NULL) {
            r = sf_strlist_add(&index->removed, old->removed.items[i], err);
        }
    }
    return r;
}

static int take_out(const struct sf_index_wishes *wishes, const struct sf_repo_index *old,
                    struct sf_repo_index *index, struct sf_error *err)
{
    int r = old == NULL ? 0 : keep_removed(old, index, err);

    if (r == 0 && wishes->expired != NULL) {
        r = sf_index_expire(index, wishes->expired, err);
    }
    if (r == 0 && wishes->keep > 0) {
        r = sf_index_keep_last(index, wishes->keep, err);
    }
    return r;
}

int sf_index_finish(const struct sf_index_wishes *wishes, const struct sf_repo_index *old,
                    struct sf_repo_index *index, struct sf_error *err)
{
    if (old != NULL) {
        keep_flags(old, index);
    }

    int r = withdraw_all(wishes, old, index, err);

    if (r == 0) {
        r = take_out(wishes, old, index, err);
    }
    if (r < 0) {
        return r;
    }
    sf_strlist_sort(&index->removed);
    return sf_index_set_series(index, err);
}

int sf_index_sign(const struct sf_repo_index *index, const char *signer,
                  struct sf_buffer *ret_message, struct sf_error *err)
{
    sf_auto(repo_index) struct sf_repo_index *read_back = NULL;
    sf_autofree char *text = sf_repo_index_dump(index);

    if (text == NULL) {
        return sf_error_no_memory(err);
    }

    /* What a node would refuse is not signed. */
    int r = sf_repo_index_parse(text, strlen(text), &read_back, err);

    return r < 0 ? r : sf_sign_clear(signer, text, strlen(text), ret_message, err);
}
