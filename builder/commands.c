/* The table of sf-builder's commands. */
#include "builder/commands.h"

#include "common/base/log.h"

const struct sf_option sf_builder_common_table[] = {
    {"json", 0, SF_OPTION_FLAG, NULL, offsetof(struct sf_builder_options, is_json),
     "print one JSON object"},
    {"verbose", 'v', SF_OPTION_FLAG, NULL, offsetof(struct sf_builder_options, is_verbose),
     "say on standard error what is being done"},
    {0},
};

const struct sf_option *const sf_builder_shared_options[] = {sf_builder_common_table, NULL};

static const struct sf_command *const commands[] = {
    &sf_command_prefix, &sf_command_pack, &sf_command_index, &sf_command_verify, NULL,
};

static int prepare(void *context, const struct sf_command *command, const void *options,
                   struct sf_error *err)
{
    const struct sf_builder_options *shared = options;

    (void)context;
    (void)command;
    (void)err;
    sf_log_init("sf-builder", shared->is_verbose ? SF_LOG_DEBUG : SF_LOG_NOTICE);
    return 0;
}

const struct sf_program sf_builder_program = {
    .name = "sf-builder",
    .summary = "make, publish and check Slurm releases for sf-agent",
    .commands = commands,
    .prepare = prepare,
};
