/* `sf-agent use`: makes a release active that is on the node. */
#include <stddef.h>

#include "agent/command_list.h"
#include "agent/context.h"
#include "agent/install.h"
#include "agent/open.h"
#include "agent/options.h"
#include "agent/present.h"
#include "common/base/error.h"

static int use(void *context, const void *options, char **operands, int count, struct sf_error *err)
{
    struct sf_agent *agent = context;
    struct sf_release release;

    (void)options;
    (void)count;
    int r = sf_agent_open_writing(agent, err);

    if (r == 0) {
        r = sf_present_find(agent, operands[0], &release, err);
    }
    return r < 0 ? r : sf_install_run(agent, agent->command, &release, NULL, err);
}

static const struct sf_option options[] = {
    {"no-start", 0, SF_OPTION_FLAG, NULL, offsetof(struct sf_agent_options, has_no_start),
     "restart no service"},
    {0},
};

const struct sf_command sf_cmd_use = {
    .name = "use",
    .aliases = "switch activate select",
    .operands = "RELEASE",
    .summary = "make a release active that is on the node",
    .help = "The tree is compared with its manifest first; a damaged one is refused. Nothing is "
            "fetched.",
    .min_operands = 1,
    .max_operands = 1,
    .options = options,
    .shared = sf_agent_changing,
    .options_size = sizeof(struct sf_agent_options),
    .run = use,
};
