/* `sf-agent status`: what is active here, what would be gone back to, and how fresh the index is.
 */
#include <stddef.h>
#include <stdlib.h>

#include "agent/check_tree.h"
#include "agent/command_list.h"
#include "agent/context.h"
#include "agent/open.h"
#include "agent/options.h"
#include "agent/repository.h"
#include "common/base/cleanup.h"
#include "common/base/clock.h"
#include "common/base/error.h"
#include "common/base/str.h"
#include "common/base/strlist.h"
#include "common/cli/report.h"
#include "common/format/config.h"
#include "common/format/manifest.h"
#include "common/host/dir.h"
#include "common/host/service_manager.h"
#include "common/store/layout.h"
#include "common/store/state.h"
#include "common/store/tree.h"

static void tell(struct sf_report *report, const char *key, const char *label, const char *value)
{
    sf_report_text(report, key, value);
    sf_report_line(report, "%-12s %s", label, value);
}

static int tell_trees(struct sf_agent *agent, const char *active, struct sf_error *err)
{
    char previous[SF_RELEASE_ID_SIZE] = "";
    sf_autofree struct sf_release *releases = NULL;
    size_t count = 0;
    int r = sf_tree_previous(agent->layout, previous, err);

    if (r == 0) {
        r = sf_tree_list(agent->layout, &releases, &count, err);
    }
    if (r < 0) {
        return r;
    }
    tell(agent->report, "active", "active", active[0] == '\0' ? "none" : active);
    tell(agent->report, "rollback", "rollback to", previous[0] == '\0' ? "none" : previous);
    sf_report_number(agent->report, "present", count);
    sf_report_line(agent->report, "%-12s %zu release%s in %s", "present", count,
                   count == 1 ? "" : "s", agent->layout->root);
    return 0;
}

static void tell_services(struct sf_agent *agent, const struct sf_manifest *manifest)
{
    if (agent->layout->is_image || !sf_service_manager_is_running()) {
        return;
    }
    for (size_t i = 0; i < manifest->units.count; i++) {
        struct sf_error ignored;
        bool is_active = false;

        if (sf_service_manager_is_active(manifest->units.items[i], &is_active, &ignored) < 0) {
            continue;
        }
        struct json_t *row = sf_report_row(agent->report, "services");

        sf_report_row_text(row, "unit", manifest->units.items[i]);
        sf_report_row_flag(row, "active", is_active);
        sf_report_line(agent->report, "%-12s %s %s", "service", manifest->units.items[i],
                       is_active ? "running" : "not running");
    }
}

/* A node that has not heard of its repository for long is seen here (threat 96). */
static void tell_index(struct sf_agent *agent)
{
    sf_auto(repo_index) struct sf_repo_index *index = NULL;
    struct sf_index_origin origin;
    struct sf_error reason;
    char accepted[SF_CLOCK_TEXT_SIZE];
    char expires[SF_CLOCK_TEXT_SIZE];

    if (sf_state_load_index(agent->layout, &index, &origin, &reason) < 0) {
        tell(agent->report, "repository", "repository", "none accepted yet");
        return;
    }
    sf_clock_format(origin.accepted_s, accepted);
    sf_clock_format(index->expires_s, expires);
    bool is_expired = index->expires_s <= agent->now_s;

    sf_report_text(agent->report, "repository", index->repository);
    sf_report_number(agent->report, "serial", index->serial);
    sf_report_text(agent->report, "index_accepted", accepted);
    sf_report_text(agent->report, "index_expires", expires);
    sf_report_flag(agent->report, "index_expired", is_expired);
    sf_report_line(agent->report, "%-12s %s serial %llu, accepted %s, expires %s%s", "repository",
                   index->repository, (unsigned long long)index->serial, accepted, expires,
                   is_expired ? " (EXPIRED)" : "");
}

static int tell_unfinished(struct sf_agent *agent, struct sf_error *err)
{
    struct sf_journal_entry entry;
    bool is_open = false;
    int r =
        agent->layout->state_fd < 0 ? 0 : sf_state_open_entry(agent->layout, &entry, &is_open, err);

    if (r == 0 && is_open) {
        tell(agent->report, "unfinished", "unfinished", entry.to);
    }
    return r;
}

static int status(void *context, const void *options, char **operands, int count,
                  struct sf_error *err)
{
    struct sf_agent *agent = context;
    sf_auto(manifest) struct sf_manifest *manifest = NULL;
    char active[SF_RELEASE_ID_SIZE] = "";

    (void)options;
    (void)operands;
    (void)count;
    int r = sf_agent_open_reading(agent, err);

    if (r == 0) {
        r = sf_tree_active(agent->layout, active, err);
    }
    if (r == 0) {
        r = tell_trees(agent, active, err);
    }
    if (r == 0) {
        r = tell_unfinished(agent, err);
    }
    if (r < 0) {
        return r;
    }
    tell(agent->report, "toolchain", "toolchain",
         agent->facts.toolchain[0] == '\0' ? "none" : agent->facts.toolchain);
    tell_index(agent);
    if (active[0] != '\0') {
        r = sf_check_tree_manifest(agent, active, &manifest, err);
        if (r < 0) {
            return r;
        }
        tell_services(agent, manifest);
    }
    return 0;
}

static const struct sf_option options[] = {{0}};

const struct sf_command sf_cmd_status = {
    .name = "status",
    .aliases = "",
    .operands = "",
    .summary = "show what is active here and what rollback would go back to",
    .help = "Also an unfinished switch, the services of the active release, and the age of the "
            "index. Reads only what is on the node.",
    .max_operands = 0,
    .options = options,
    .shared = sf_agent_reading,
    .options_size = sizeof(struct sf_agent_options),
    .run = status,
};
