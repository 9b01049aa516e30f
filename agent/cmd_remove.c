/* `sf-agent remove`: takes releases off the node. */
#include <stddef.h>

#include "agent/command_list.h"
#include "agent/context.h"
#include "agent/drop.h"
#include "agent/open.h"
#include "agent/options.h"
#include "agent/present.h"
#include "common/base/error.h"
#include "common/cli/report.h"
#include "common/format/release.h"

static int remove_release(void *context, const void *options, char **operands, int count,
                          struct sf_error *err)
{
    struct sf_agent *agent = context;
    struct sf_release release;
    char id[SF_RELEASE_ID_SIZE];
    int r = sf_agent_open_writing(agent, err);

    (void)options;
    sf_report_rows(agent->report, "removed");
    for (int i = 0; r == 0 && i < count; i++) {
        r = sf_present_find(agent, operands[i], &release, err);
        if (r == 0) {
            sf_release_format(&release, id);
            r = sf_present_check_unused(agent, id, agent->options->may_take_previous, err);
        }
        if (r == 0) {
            r = sf_drop_release(agent, "remove", id, err);
        }
    }
    return r;
}

static const struct sf_option options[] = {
    {"and-rollback", 0, SF_OPTION_FLAG, NULL, offsetof(struct sf_agent_options, may_take_previous),
     "even the release that rollback would go back to"},
    {0},
};

const struct sf_command sf_cmd_remove = {
    .name = "remove",
    .aliases = "uninstall erase rm purge",
    .operands = "RELEASE...",
    .summary = "remove releases from the node",
    .help = "Never the active one, never one whose files a process still executes or maps, and "
            "the rollback target only with --and-rollback.",
    .min_operands = 1,
    .max_operands = -1,
    .options = options,
    .shared = sf_agent_changing,
    .options_size = sizeof(struct sf_agent_options),
    .run = remove_release,
};
