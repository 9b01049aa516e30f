/* After a crash: what the last run left unfinished is finished or undone. */
#include "agent/recover.h"

#include "agent/context.h"
#include "agent/record.h"
#include "agent/switch.h"
#include "common/base/error.h"
#include "common/base/log.h"
#include "common/base/str.h"
#include "common/base/strlist.h"
#include "common/store/layout.h"
#include "common/store/state.h"
#include "common/store/tree.h"

static int finish(struct sf_agent *agent, const struct sf_journal_entry *entry,
                  struct sf_error *err)
{
    sf_auto(strlist) struct sf_strlist stale = {0};

    sf_log(SF_LOG_NOTICE, "finishing the switch to %s that an earlier run began", entry->to);
    int r = sf_switch_follow(agent, entry, &stale, err);

    if (r == -(int)SF_E_UNHEALTHY) {
        sf_log(SF_LOG_WARNING, "%s, continuing: `sf-agent rollback` goes back", err->message);
        r = 0;
    }
    sf_record_outcome(agent, entry, NULL);
    return r;
}

/* The rename never happened: only the rollback target may have moved. */
static int undo(struct sf_agent *agent, const struct sf_journal_entry *entry, const char *active,
                struct sf_error *err)
{
    sf_log(SF_LOG_NOTICE, "undoing the switch to %s that an earlier run began", entry->to);
    if (active[0] == '\0') {
        return 0;
    }
    return sf_tree_activate(agent->layout, active, entry->previous, err);
}

int sf_recover_run(struct sf_agent *agent, struct sf_error *err)
{
    struct sf_journal_entry entry;
    char active[SF_RELEASE_ID_SIZE] = "";
    bool is_open = false;
    int r = sf_state_open_entry(agent->layout, &entry, &is_open, err);

    if (r == 0) {
        r = sf_tree_active(agent->layout, active, err);
    }
    if (r == 0 && is_open) {
        r = sf_str_is_equal(active, entry.to) ? finish(agent, &entry, err)
                                              : undo(agent, &entry, active, err);
        if (r == 0) {
            r = sf_state_end(agent->layout, err);
        }
    }
    return r < 0 ? r : sf_tree_sweep(agent->layout, err);
}
