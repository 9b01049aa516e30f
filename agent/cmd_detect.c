/* `sf-agent detect`: what the node is, and which toolchain follows from it. */
#include <stddef.h>

#include "agent/command_list.h"
#include "agent/context.h"
#include "agent/open.h"
#include "agent/options.h"
#include "common/base/error.h"
#include "common/cli/report.h"

static void tell(struct sf_report *report, const char *key, const char *label, const char *value)
{
    sf_report_text(report, key, value);
    sf_report_line(report, "%-13s %s", label, value);
}

static int detect(void *context, const void *options, char **operands, int count,
                  struct sf_error *err)
{
    struct sf_agent *agent = context;
    const struct sf_facts *facts = &agent->facts;

    (void)options;
    (void)operands;
    (void)count;
    int r = sf_agent_open_reading(agent, err);

    if (r < 0) {
        return r;
    }
    tell(agent->report, "os_id", "os", facts->os.id);
    tell(agent->report, "os_version", "os version", facts->os.version_id);
    tell(agent->report, "os_name", "os name", facts->os.pretty_name);
    tell(agent->report, "glibc", "glibc", facts->glibc);
    tell(agent->report, "arch", "architecture", facts->arch);
    tell(agent->report, "cpu_level", "cpu level", facts->cpu_level);
    tell(agent->report, "toolchain", "toolchain",
         facts->toolchain[0] == '\0' ? "none" : facts->toolchain);
    return sf_facts_require_toolchain(facts, err);
}

static const struct sf_option options[] = {
    {"toolchain", 0, SF_OPTION_TEXT, "NAME", offsetof(struct sf_agent_options, toolchain),
     "say what would be used with this one"},
    {0},
};

const struct sf_command sf_cmd_detect = {
    .name = "detect",
    .aliases = "facts",
    .operands = "",
    .summary = "show the node's distribution, glibc, CPU and toolchain",
    .help = "Read from os-release, the C library and the CPU itself. When no toolchain matches, "
            "the sentence says what was seen and which one would fit by glibc.",
    .max_operands = 0,
    .options = options,
    .shared = sf_agent_reading,
    .options_size = sizeof(struct sf_agent_options),
    .run = detect,
};
