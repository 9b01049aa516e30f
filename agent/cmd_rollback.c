/* `sf-agent rollback`: back to the release that was active before. */
#include <stddef.h>

#include "agent/command_list.h"
#include "agent/context.h"
#include "agent/install.h"
#include "agent/open.h"
#include "agent/options.h"
#include "agent/present.h"
#include "common/base/error.h"
#include "common/cli/report.h"
#include "common/store/hold.h"
#include "common/store/layout.h"
#include "common/store/tree.h"

/* Told once more (by Ansible, or after a crash), it does not go forth again. */
static int stay(struct sf_agent *agent, const char *active, const char *previous)
{
    sf_report_text(agent->report, "release", active);
    sf_report_text(agent->report, "reason", "rolled back already");
    sf_report_line(agent->report,
                   "slurm %s active (rolled back already, `sf-agent use %s` goes forth again)",
                   active, previous);
    return 0;
}

static int roll_back_to_previous(struct sf_agent *agent, struct sf_error *err)
{
    char active[SF_RELEASE_ID_SIZE] = "";
    char previous[SF_RELEASE_ID_SIZE] = "";
    struct sf_release release;
    int r = sf_tree_active(agent->layout, active, err);

    if (r == 0) {
        r = sf_tree_previous(agent->layout, previous, err);
    }
    if (r < 0) {
        return r;
    }
    if (previous[0] == '\0') {
        return sf_error_set(err, SF_E_NOT_FOUND,
                            "there is no release to roll back to: `sf-agent list` shows what is "
                            "on the node, `sf-agent use RELEASE` switches to it");
    }
    if (active[0] != '\0' && sf_hold_is_set(agent->layout, previous)) {
        return stay(agent, active, previous);
    }
    r = sf_release_parse(previous, &release, err);
    return r < 0 ? r : sf_install_run(agent, agent->command, &release, NULL, err);
}

static int rollback(void *context, const void *options, char **operands, int count,
                    struct sf_error *err)
{
    struct sf_agent *agent = context;
    struct sf_release release;

    (void)options;
    int r = sf_agent_open_writing(agent, err);

    if (r < 0) {
        return r;
    }
    if (count == 0) {
        return roll_back_to_previous(agent, err);
    }
    r = sf_present_find(agent, operands[0], &release, err);
    return r < 0 ? r : sf_install_run(agent, agent->command, &release, NULL, err);
}

static const struct sf_option options[] = {
    {"no-start", 0, SF_OPTION_FLAG, NULL, offsetof(struct sf_agent_options, has_no_start),
     "restart no service"},
    {0},
};

const struct sf_command sf_cmd_rollback = {
    .name = "rollback",
    .aliases = "undo downgrade",
    .operands = "[RELEASE]",
    .summary = "go back to the release that was active before",
    .help = "One rename, as the way forth. The release that is left is put on hold: `sf-agent "
            "upgrade` does not choose it again, `sf-agent install` or `sf-agent use` of it takes "
            "the hold off. Told once more, it stays where it is.",
    .max_operands = 1,
    .options = options,
    .shared = sf_agent_changing,
    .options_size = sizeof(struct sf_agent_options),
    .run = rollback,
};
