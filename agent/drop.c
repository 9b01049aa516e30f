/* Removing one tree and what names it. */
#include "agent/drop.h"

#include "agent/context.h"
#include "agent/options.h"
#include "agent/record.h"
#include "common/base/error.h"
#include "common/base/str.h"
#include "common/base/strlist.h"
#include "common/cli/report.h"
#include "common/format/config.h"
#include "common/store/hold.h"
#include "common/store/layout.h"
#include "common/store/links.h"
#include "common/store/tree.h"

/* The modules of what is left, then its files: until they are gone, the next run does this again.
 */
int sf_drop_finish(struct sf_agent *agent, struct sf_error *err)
{
    sf_auto(strlist) struct sf_strlist skipped = {0};
    char active[SF_RELEASE_ID_SIZE] = "";
    bool is_removal = false;
    int r = sf_tree_has_removed(agent->layout, &is_removal, err);

    if (r == 0 && is_removal && agent->config->has_modules) {
        r = sf_tree_active(agent->layout, active, err);
        if (r == 0) {
            r = sf_links_sync_modules(agent->layout, active, &skipped, err);
        }
    }
    return r < 0 ? r : sf_tree_sweep(agent->layout, err);
}

static int remove_tree(struct sf_agent *agent, const char *id, struct sf_error *err)
{
    char previous[SF_RELEASE_ID_SIZE] = "";
    int r = sf_tree_previous(agent->layout, previous, err);

    if (r == 0 && sf_str_is_equal(previous, id)) {
        r = sf_tree_forget_previous(agent->layout, err);
    }
    if (r == 0) {
        r = sf_hold_clear(agent->layout, id, err);
    }
    if (r == 0) {
        r = sf_tree_remove(agent->layout, id, err);
    }
    return r < 0 ? r : sf_drop_finish(agent, err);
}

int sf_drop_release(struct sf_agent *agent, const char *operation, const char *id,
                    struct sf_error *err)
{
    struct json_t *row = sf_report_row(agent->report, "removed");

    sf_report_row_text(row, "release", id);
    sf_report_changed(agent->report);
    if (agent->options->is_check) {
        sf_report_line(agent->report, "would remove %s", id);
        return 0;
    }
    int r = remove_tree(agent, id, err);

    if (r < 0) {
        return sf_error_prefix(err, "removing %s: ", id);
    }
    sf_record_event(agent, operation, id, "");
    sf_report_line(agent->report, "slurm %s removed", id);
    return 0;
}
