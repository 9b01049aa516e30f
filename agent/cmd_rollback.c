/* `sf-agent rollback`: back to the release that was active before. */
#include <stddef.h>

#include "agent/command_list.h"
#include "agent/context.h"
#include "agent/install.h"
#include "agent/open.h"
#include "agent/options.h"
#include "agent/present.h"
#include "common/base/error.h"
#include "common/base/str.h"
#include "common/store/hold.h"
#include "common/store/layout.h"
#include "common/store/tree.h"

static int target(const struct sf_agent *agent, struct sf_release *ret, struct sf_error *err)
{
    char previous[SF_RELEASE_ID_SIZE] = "";
    int r = sf_tree_previous(agent->layout, previous, err);

    if (r < 0) {
        return r;
    }
    if (previous[0] == '\0') {
        return sf_error_set(err, SF_E_NOT_FOUND,
                            "there is no release to roll back to: `sf-agent list` shows what is "
                            "on the node, `sf-agent use RELEASE` switches to it");
    }
    return sf_release_parse(previous, ret, err);
}

static int rollback(void *context, const void *options, char **operands, int count,
                    struct sf_error *err)
{
    struct sf_agent *agent = context;
    char left[SF_RELEASE_ID_SIZE] = "";
    char now[SF_RELEASE_ID_SIZE];
    struct sf_release release = {0};

    (void)options;
    int r = sf_agent_open_writing(agent, err);

    if (r == 0) {
        r = count > 0 ? sf_present_find(agent, operands[0], &release, err)
                      : target(agent, &release, err);
    }
    if (r == 0) {
        r = sf_tree_active(agent->layout, left, err);
    }
    if (r == 0) {
        r = sf_install_run(agent, agent->command, &release, NULL, err);
    }
    sf_release_format(&release, now);
    if (r < 0 || agent->options->is_check || left[0] == '\0' || sf_str_is_equal(left, now)) {
        return r;
    }
    /* Whoever rolls back has a reason: the timer must not bring the release back (threat 87). */
    return sf_hold_set(agent->layout, left, err);
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
            "the hold off.",
    .max_operands = 1,
    .options = options,
    .shared = sf_agent_changing,
    .options_size = sizeof(struct sf_agent_options),
    .run = rollback,
};
