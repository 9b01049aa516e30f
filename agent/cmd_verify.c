/* `sf-agent verify`: compares a release on the node with its manifest, and mends it if asked. */
#include <stddef.h>

#include "agent/check_tree.h"
#include "agent/command_list.h"
#include "agent/context.h"
#include "agent/open.h"
#include "agent/options.h"
#include "agent/present.h"
#include "agent/record.h"
#include "agent/repair.h"
#include "common/base/error.h"
#include "common/base/str.h"
#include "common/cli/report.h"
#include "common/format/release.h"
#include "common/store/tree_check.h"

static void tell_findings(struct sf_agent *agent, const struct sf_findings *findings)
{
    sf_report_rows(agent->report, "findings");
    for (size_t i = 0; i < findings->count; i++) {
        const struct sf_finding *finding = &findings->items[i];
        const char *kind = sf_finding_kind_name(finding->kind);
        struct json_t *row = sf_report_row(agent->report, "findings");

        sf_report_row_text(row, "kind", kind);
        sf_report_row_text(row, "path", finding->path);
        sf_report_row_text(row, "detail", finding->detail);
        sf_report_line(agent->report, "%-8s %s%s%s", kind, finding->path,
                       finding->detail[0] == '\0' ? "" : ": ", finding->detail);
    }
    sf_report_number(agent->report, "finding_count", findings->count);
}

static int check(struct sf_agent *agent, const struct sf_release *release, struct sf_error *err)
{
    sf_auto(findings) struct sf_findings findings = {0};
    char id[SF_RELEASE_ID_SIZE];
    int r = sf_check_tree(agent, release, &findings, err);

    sf_release_format(release, id);
    if (r < 0) {
        return r;
    }
    tell_findings(agent, &findings);
    if (findings.count > 0) {
        return sf_error_set(err, SF_E_INTEGRITY,
                            "release %s differs from what was signed in %zu places: `sf-agent "
                            "verify --repair %s` restores it from the repository",
                            id, findings.count, id);
    }
    sf_report_line(agent->report, "slurm %s verified", id);
    return 0;
}

static int repair(struct sf_agent *agent, const struct sf_release *release, struct sf_error *err)
{
    sf_auto(findings) struct sf_findings findings = {0};
    char id[SF_RELEASE_ID_SIZE];
    char detail[64];
    int r = sf_repair_run(agent, release, &findings, err);

    sf_release_format(release, id);
    if (r < 0) {
        return sf_error_prefix(err, "repairing %s: ", id);
    }
    tell_findings(agent, &findings);
    if (findings.count > 0) {
        sf_report_changed(agent->report);
        (void)snprintf(detail, sizeof detail, "%zu findings", findings.count);
        sf_record_event(agent, "repair", id, detail);
    }
    sf_report_line(agent->report, "slurm %s verified (%zu repaired)", id, findings.count);
    return 0;
}

static int verify(void *context, const void *options, char **operands, int count,
                  struct sf_error *err)
{
    struct sf_agent *agent = context;
    bool is_repair = agent->options->wants_repair && !agent->options->is_check;
    struct sf_release release;
    char id[SF_RELEASE_ID_SIZE];

    (void)options;
    int r = is_repair ? sf_agent_open_writing(agent, err) : sf_agent_open_reading(agent, err);

    if (r == 0) {
        r = sf_present_operand(agent, operands, count, &release, err);
    }
    if (r < 0) {
        return r;
    }
    sf_release_format(&release, id);
    sf_report_text(agent->report, "release", id);
    return is_repair ? repair(agent, &release, err) : check(agent, &release, err);
}

static const struct sf_option options[] = {
    {"repair", 0, SF_OPTION_FLAG, NULL, offsetof(struct sf_agent_options, wants_repair),
     "restore what differs from the repository"},
    {0},
};

const struct sf_command sf_cmd_verify = {
    .name = "verify",
    .aliases = "fsck audit",
    .operands = "[RELEASE]",
    .summary = "compare a release on the node with its manifest",
    .help = "Without RELEASE the active one. Changed, missing and extra files, modes, owners and "
            "link targets are findings; relocation is undone for the comparison. --repair fetches "
            "the artifact and replaces each file that differs by one rename; extra files are "
            "moved to .extra below the root.",
    .max_operands = 1,
    .options = options,
    .shared = sf_agent_changing_choosing,
    .options_size = sizeof(struct sf_agent_options),
    .run = verify,
};
