/* `sf-agent upgrade`: the newest release of the active series, as the timer runs it. */
#include <stddef.h>
#include <stdio.h>
#include <unistd.h>

#include "agent/command_list.h"
#include "agent/context.h"
#include "agent/install.h"
#include "agent/open.h"
#include "agent/options.h"
#include "agent/repository.h"
#include "agent/rollout.h"
#include "agent/select.h"
#include "common/base/error.h"
#include "common/base/str.h"
#include "common/cli/report.h"
#include "common/content/fetch.h"
#include "common/format/config.h"
#include "common/store/hold.h"
#include "common/store/layout.h"
#include "common/store/tree.h"

static int active_release(const struct sf_agent *agent, struct sf_release *ret,
                          struct sf_error *err)
{
    char active[SF_RELEASE_ID_SIZE] = "";
    int r = sf_tree_active(agent->layout, active, err);

    if (r < 0) {
        return r;
    }
    if (active[0] == '\0') {
        return sf_error_set(err, SF_E_NOT_FOUND,
                            "no release is active, so there is nothing to upgrade: `sf-agent "
                            "install SERIES` installs the first one");
    }
    return sf_release_parse(active, ret, err);
}

static int stay(struct sf_agent *agent, const struct sf_release *active, const char *why)
{
    char id[SF_RELEASE_ID_SIZE];

    sf_release_format(active, id);
    sf_report_text(agent->report, "release", id);
    sf_report_text(agent->report, "reason", why);
    sf_report_line(agent->report, "slurm %s active (%s)", id, why);
    return 0;
}

static int upgrade_to(struct sf_agent *agent, struct sf_fetcher *fetcher,
                      const struct sf_repo_index *index, const struct sf_index_origin *origin,
                      const struct sf_release *active, struct sf_error *err)
{
    const struct sf_index_artifact *entry = NULL;
    struct sf_wanted wanted = {.kind = SF_WANTED_SERIES};
    char hostname[256] = "";
    char id[SF_RELEASE_ID_SIZE];
    char reason[160];

    sf_release_series(active->version, wanted.release.version);
    int r = sf_select_artifact(index, &wanted, &agent->facts, active->variant, &entry, err);

    if (r == -(int)SF_E_NOT_FOUND) {
        return stay(agent, active, "the repository has nothing of its series");
    }
    if (r < 0) {
        return r;
    }
    sf_release_format(&entry->release, id);
    if (sf_release_compare(&entry->release, active) <= 0) {
        return stay(agent, active, "no change");
    }
    if (sf_hold_is_set(agent->layout, id)) {
        return stay(agent, active, "the newer release is on hold here");
    }
    (void)gethostname(hostname, sizeof hostname - 1);
    if (!sf_rollout_allows(index, hostname, agent->now_s, reason, sizeof reason)) {
        return stay(agent, active, reason);
    }
    return sf_install_entry(agent, agent->command, fetcher, entry, origin, err);
}

static int upgrade(void *context, const void *options, char **operands, int count,
                   struct sf_error *err)
{
    struct sf_agent *agent = context;
    sf_auto(fetcher) struct sf_fetcher *fetcher = NULL;
    sf_auto(repo_index) struct sf_repo_index *index = NULL;
    struct sf_index_origin origin;
    struct sf_release active;
    bool is_new = false;

    (void)options;
    (void)operands;
    (void)count;
    int r = sf_agent_open_writing(agent, err);

    if (r == 0) {
        r = sf_facts_require_toolchain(&agent->facts, err);
    }
    if (r == 0) {
        r = active_release(agent, &active, err);
    }
    if (r == 0) {
        r = sf_repository_fetcher(agent, &fetcher, err);
    }
    if (r == 0) {
        r = sf_repository_refresh(agent, fetcher, &index, &origin, &is_new, err);
    }
    return r < 0 ? r : upgrade_to(agent, fetcher, index, &origin, &active, err);
}

static const struct sf_option options[] = {
    {"download-only", 'd', SF_OPTION_FLAG, NULL,
     offsetof(struct sf_agent_options, is_download_only),
     "put the release on the node, but leave the active one active"},
    {"no-start", 0, SF_OPTION_FLAG, NULL, offsetof(struct sf_agent_options, has_no_start),
     "restart no service"},
    {0},
};

const struct sf_command sf_cmd_upgrade = {
    .name = "upgrade",
    .aliases = "update up dist-upgrade",
    .operands = "",
    .summary = "install the newest release of the active series",
    .help = "Never goes to another series, never to a release that was rolled back from on this "
            "node, and follows the repository's rollout (percent of nodes, not before, halted). "
            "sf-agent-upgrade.timer runs it.",
    .max_operands = 0,
    .options = options,
    .shared = sf_agent_changing_choosing,
    .options_size = sizeof(struct sf_agent_options),
    .run = upgrade,
};
