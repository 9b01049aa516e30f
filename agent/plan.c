/* What an install or upgrade will do, decided before anything is touched. */
#include "agent/plan.h"

#include "common/base/number.h"
#include "common/base/str.h"
#include "common/cli/report.h"
#include "common/store/layout.h"
#include "common/store/tree.h"

int sf_plan_make(const struct sf_layout *layout, const struct sf_release *target,
                 bool is_download_only, struct sf_plan *ret, struct sf_error *err)
{
    struct sf_plan plan = {0};
    int r = sf_tree_active(layout, plan.active, err);

    if (r < 0) {
        return r;
    }
    sf_release_format(target, plan.target);
    plan.has_tree = sf_tree_is_present(layout, plan.target);
    plan.is_activated = !is_download_only && !sf_str_is_equal(plan.active, plan.target);
    *ret = plan;
    return 0;
}

bool sf_plan_is_empty(const struct sf_plan *plan)
{
    return plan->has_tree && !plan->is_activated;
}

void sf_plan_report(const struct sf_plan *plan, bool is_told, struct sf_report *report)
{
    char bytes[16];

    sf_report_text(report, "release", plan->target);
    sf_report_text(report, "active_before", plan->active);
    sf_report_flag(report, "fetch", !plan->has_tree);
    sf_report_flag(report, "activate", plan->is_activated);
    sf_report_number(report, "fetch_bytes", plan->fetch_bytes);
    if (!is_told) {
        return;
    }
    if (sf_plan_is_empty(plan)) {
        sf_report_line(report, "nothing to do: %s is %s", plan->target,
                       sf_str_is_equal(plan->active, plan->target) ? "active" : "present");
        return;
    }
    if (!plan->has_tree) {
        sf_number_format_bytes(plan->fetch_bytes, bytes);
        sf_report_line(report, "would fetch and unpack %s (%s)", plan->target,
                       plan->fetch_bytes == 0 ? "from the file" : bytes);
    }
    if (plan->is_activated) {
        sf_report_line(report, "would make %s active (now: %s)", plan->target,
                       plan->active[0] == '\0' ? "none" : plan->active);
    }
}
