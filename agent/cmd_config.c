/* `sf-agent config`: the configuration in force. */
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "agent/command_list.h"
#include "agent/context.h"
#include "agent/options.h"
#include "common/base/cleanup.h"
#include "common/base/error.h"
#include "common/base/str.h"
#include "common/cli/report.h"
#include "common/format/config.h"

static int tell(struct sf_agent *agent, const struct sf_config_key *key, struct sf_error *err)
{
    sf_autofree char *value = agent->options->wants_defaults
                                  ? strdup(key->fallback)
                                  : sf_config_value(agent->config, key->section, key->key);

    if (value == NULL) {
        return sf_error_no_memory(err);
    }
    struct json_t *row = sf_report_row(agent->report, "settings");

    sf_report_row_text(row, "section", key->section);
    sf_report_row_text(row, "key", key->key);
    sf_report_row_text(row, "value", value);
    sf_report_line(agent->report, "%s.%s = %s", key->section, key->key, value);
    return 0;
}

static void tell_toolchain(struct sf_agent *agent, const struct sf_config_toolchain *toolchain)
{
    struct json_t *row = sf_report_row(agent->report, "toolchains");

    sf_report_row_text(row, "name", toolchain->name);
    sf_report_row_text(row, "id", toolchain->os_id);
    sf_report_row_text(row, "version_id", toolchain->version_id);
    sf_report_row_text(row, "glibc", toolchain->glibc);
    sf_report_line(agent->report, "toolchain %s = %s %s, glibc %s", toolchain->name,
                   toolchain->os_id, toolchain->version_id, toolchain->glibc);
}

static int config(void *context, const void *options, char **operands, int count,
                  struct sf_error *err)
{
    struct sf_agent *agent = context;
    size_t key_count = 0;
    const struct sf_config_key *keys = sf_config_keys(&key_count);
    int r = 0;

    sf_report_rows(agent->report, "settings");
    sf_report_rows(agent->report, "toolchains");
    (void)options;
    (void)operands;
    (void)count;
    for (size_t i = 0; r == 0 && i < key_count; i++) {
        if (!sf_str_is_equal(keys[i].section, "toolchain")) {
            r = tell(agent, &keys[i], err);
        }
    }
    for (size_t i = 0; r == 0 && i < agent->config->toolchain_count; i++) {
        tell_toolchain(agent, &agent->config->toolchains[i]);
    }
    return r;
}

static const struct sf_option options[] = {
    {"defaults", 0, SF_OPTION_FLAG, NULL, offsetof(struct sf_agent_options, wants_defaults),
     "show what holds when nothing is set"},
    {0},
};

const struct sf_command sf_cmd_config = {
    .name = "config",
    .aliases = "settings",
    .operands = "",
    .summary = "show the configuration in force",
    .help = "After sf-agent.conf and conf.d; a proxy's password is not shown.",
    .max_operands = 0,
    .options = options,
    .shared = sf_agent_reading,
    .options_size = sizeof(struct sf_agent_options),
    .run = config,
};
