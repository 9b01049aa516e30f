/* After a crash: what the last run left unfinished is finished or undone. */
#include "agent/recover.h"

#include <string.h>

#include "agent/context.h"
#include "agent/drop.h"
#include "agent/record.h"
#include "agent/switch.h"
#include "common/base/error.h"
#include "common/base/log.h"
#include "common/base/str.h"
#include "common/base/strlist.h"
#include "common/store/hold.h"
#include "common/store/layout.h"
#include "common/store/state.h"
#include "common/store/tree.h"

static int finish(struct sf_agent *agent, const struct sf_journal_entry *entry,
                  struct sf_error *err)
{
    sf_log(SF_LOG_NOTICE, "finishing the switch to %s that an earlier run began", entry->to);
    int r = sf_switch_conclude(agent, entry, err);

    sf_record_outcome(agent, entry, r < 0 ? err : NULL);
    if (r == -(int)SF_E_UNHEALTHY) {
        sf_log(SF_LOG_WARNING, "%s, continuing", err->message);
        return entry->from[0] == '\0' ? sf_state_end(agent->layout, err) : 0;
    }
    return r;
}

/*
 * The rename never happened, or it was taken back: then the new release is on hold, and what it
 * brought down is to be started again.
 */
static int undo(struct sf_agent *agent, const struct sf_journal_entry *entry, const char *active,
                struct sf_error *err)
{
    sf_auto(strlist) struct sf_strlist stale = {0};
    struct sf_journal_entry back = *entry;
    bool was_taken_back = sf_hold_is_set(agent->layout, entry->to);

    sf_log(SF_LOG_NOTICE, "undoing the switch to %s that an earlier run began", entry->to);
    if (active[0] == '\0') {
        return sf_state_end(agent->layout, err);
    }
    memcpy(back.from, was_taken_back ? entry->to : active, sizeof back.from);
    memcpy(back.to, active, sizeof back.to);
    int r = sf_tree_activate(agent->layout, active, entry->previous, err);

    if (r == 0) {
        r = sf_switch_follow(agent, &back, &stale, err);
    }
    if (r == -(int)SF_E_UNHEALTHY) {
        sf_log(SF_LOG_WARNING, "%s, continuing", err->message);
        r = 0;
    }
    return r < 0 ? r : sf_state_end(agent->layout, err);
}

static int settle(struct sf_agent *agent, const struct sf_journal_entry *entry,
                  struct sf_error *err)
{
    char active[SF_RELEASE_ID_SIZE] = "";
    int r = sf_tree_active(agent->layout, active, err);

    if (r < 0) {
        return r;
    }
    r = sf_str_is_equal(active, entry->to) ? finish(agent, entry, err)
                                           : undo(agent, entry, active, err);
    if (r == -(int)SF_E_INTEGRITY) {
        /* A damaged release must not keep people from mending it, or from leaving it. */
        sf_log(SF_LOG_WARNING, "%s, continuing", err->message);
        r = 0;
    }
    return r;
}

int sf_recover_run(struct sf_agent *agent, struct sf_error *err)
{
    struct sf_journal_entry entry;
    bool is_open = false;
    int r = sf_state_open_entry(agent->layout, &entry, &is_open, err);

    if (r == 0 && is_open) {
        r = settle(agent, &entry, err);
    }
    if (r == 0 && sf_drop_finish(agent, err) < 0) {
        sf_log(SF_LOG_WARNING, "%s, continuing without emptying " SF_LAYOUT_STAGING, err->message);
    }
    return r;
}
