/* From a chosen artifact to an active release. */
#include "agent/install.h"

#include <string.h>

#include "agent/artifact.h"
#include "agent/check_tree.h"
#include "agent/context.h"
#include "agent/options.h"
#include "agent/plan.h"
#include "agent/stage.h"
#include "agent/switch.h"
#include "common/base/error.h"
#include "common/cli/report.h"
#include "common/format/prefix.h"
#include "common/format/repo_index.h"
#include "common/store/layout.h"
#include "common/store/tree.h"
#include "common/store/tree_check.h"

/* Bit rot is found before the switch, not by a slurmd that does not start (threat 80). */
static int refuse_damaged(const struct sf_agent *agent, const struct sf_release *release,
                          struct sf_error *err)
{
    sf_auto(findings) struct sf_findings findings = {0};
    char id[SF_RELEASE_ID_SIZE];
    int r = sf_check_tree(agent, release, &findings, err);

    if (r < 0 || findings.count == 0) {
        return r;
    }
    sf_release_format(release, id);
    return sf_error_set(err, SF_E_INTEGRITY,
                        "release %s is damaged (%zu findings, the first: %s %s): `sf-agent verify "
                        "--repair %s` mends it",
                        id, findings.count, findings.items[0].path,
                        sf_finding_kind_name(findings.items[0].kind), id);
}

/* The same words on every node for the same outcome: clush -b folds them. */
static void tell(struct sf_agent *agent, const struct sf_plan *plan, bool is_switched)
{
    if (is_switched && plan->active[0] != '\0') {
        sf_report_line(agent->report, "slurm %s active (was %s)", plan->target, plan->active);
    } else if (is_switched) {
        sf_report_line(agent->report, "slurm %s active (first install)", plan->target);
    } else if (plan->is_activated || strcmp(plan->active, plan->target) == 0) {
        sf_report_line(agent->report, "slurm %s active (no change)", plan->target);
    } else {
        sf_report_line(agent->report, "slurm %s ready (active: %s)", plan->target,
                       plan->active[0] == '\0' ? "none" : plan->active);
    }
}

static int carry_out(struct sf_agent *agent, const char *operation, const struct sf_plan *plan,
                     const struct sf_artifact *artifact, struct sf_error *err)
{
    bool is_switched = false;
    int r = 0;

    if (!plan->has_tree) {
        r = sf_stage_run(agent, artifact, err);
        if (r == 0) {
            sf_report_changed(agent->report);
        }
    }
    if (r == 0 && !agent->options->is_download_only) {
        r = sf_switch_run(agent, operation, plan->target, &is_switched, err);
    }
    if (r < 0) {
        return r;
    }
    if (is_switched) {
        sf_report_changed(agent->report);
    }
    tell(agent, plan, is_switched);
    return 0;
}

int sf_install_run(struct sf_agent *agent, const char *operation, const struct sf_release *release,
                   const struct sf_artifact *artifact, struct sf_error *err)
{
    sf_autofree char *prefix = NULL;
    struct sf_plan plan;
    bool is_check = agent->options->is_check;
    int r = sf_prefix_of_release(agent->layout->root, release, &prefix, err);

    if (r == 0) {
        r = sf_plan_make(agent->layout, release, agent->options->is_download_only, &plan, err);
    }
    if (r == 0 && plan.has_tree && plan.is_activated) {
        r = refuse_damaged(agent, release, err);
    }
    if (r < 0) {
        return r;
    }
    plan.fetch_bytes =
        plan.has_tree || artifact == NULL || artifact->is_local ? 0 : artifact->size_bytes;
    sf_plan_report(&plan, is_check, agent->report);
    if (is_check) {
        if (!sf_plan_is_empty(&plan)) {
            sf_report_changed(agent->report);
        }
        return 0;
    }
    return carry_out(agent, operation, &plan, artifact, err);
}

int sf_install_entry(struct sf_agent *agent, const char *operation, struct sf_fetcher *fetcher,
                     const struct sf_index_artifact *entry, const struct sf_index_origin *origin,
                     struct sf_error *err)
{
    sf_auto(artifact) struct sf_artifact artifact = {.file.fd = -1};
    char id[SF_RELEASE_ID_SIZE];

    sf_release_format(&entry->release, id);
    if (sf_tree_is_present(agent->layout, id)) {
        return sf_install_run(agent, operation, &entry->release, NULL, err);
    }
    int r = sf_artifact_open_remote(agent, fetcher, entry, origin, &artifact, err);

    return r < 0 ? r : sf_install_run(agent, operation, &entry->release, &artifact, err);
}
