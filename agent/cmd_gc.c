/* `sf-agent gc`: removes releases beyond those to keep, and what downloads left behind. */
#include <stddef.h>
#include <stdlib.h>

#include "agent/command_list.h"
#include "agent/context.h"
#include "agent/drop.h"
#include "agent/open.h"
#include "agent/options.h"
#include "agent/present.h"
#include "common/base/cleanup.h"
#include "common/base/error.h"
#include "common/base/str.h"
#include "common/base/strlist.h"
#include "common/cli/report.h"
#include "common/format/config.h"
#include "common/host/dir.h"
#include "common/store/layout.h"
#include "common/store/retention.h"
#include "common/store/tree.h"

/* Removes one that may go, unless something still uses it: then it is told and kept. */
static int collect_one(struct sf_agent *agent, const struct sf_release *release, size_t *told,
                       struct sf_error *err)
{
    char id[SF_RELEASE_ID_SIZE];

    sf_release_format(release, id);
    (*told)++;
    int r = sf_present_check_unused(agent, id, /* may_take_previous= */ false, err);

    if (r == -(int)SF_E_IN_USE) {
        struct json_t *row = sf_report_row(agent->report, "kept");

        sf_report_row_text(row, "release", id);
        sf_report_row_text(row, "reason", err->message);
        sf_report_line(agent->report, "kept %s: %s", id, err->message);
        return 0;
    }
    return r < 0 ? r : sf_drop_release(agent, "gc", id, err);
}

static int collect_trees(struct sf_agent *agent, uint32_t keep, size_t *told, struct sf_error *err)
{
    sf_autofree struct sf_release *releases = NULL;
    char active[SF_RELEASE_ID_SIZE] = "";
    char previous[SF_RELEASE_ID_SIZE] = "";
    size_t count = 0;
    int r = sf_tree_list(agent->layout, &releases, &count, err);

    if (r == 0) {
        r = sf_tree_active(agent->layout, active, err);
    }
    if (r == 0) {
        r = sf_tree_previous(agent->layout, previous, err);
    }
    if (r < 0) {
        return r;
    }
    sf_autofree bool *may_go = calloc(count + 1, sizeof *may_go);

    if (may_go == NULL) {
        return sf_error_no_memory(err);
    }
    sf_retention_choose(releases, count, active, previous, keep, may_go);
    for (size_t i = 0; r == 0 && i < count; i++) {
        r = may_go[i] ? collect_one(agent, &releases[i], told, err) : 0;
    }
    return r;
}

static int collect_partials(struct sf_agent *agent, size_t *told, struct sf_error *err)
{
    sf_auto(strlist) struct sf_strlist names = {0};
    int r =
        agent->layout->cache_fd < 0 ? 0 : sf_dir_list(agent->layout->cache_fd, ".", &names, err);

    for (size_t i = 0; r == 0 && i < names.count; i++) {
        if (!sf_str_has_suffix(names.items[i], ".partial")) {
            continue;
        }
        (*told)++;
        sf_report_changed(agent->report);
        sf_report_line(agent->report, "%s unfinished download %s",
                       agent->options->is_check ? "would remove" : "removed", names.items[i]);
        if (!agent->options->is_check) {
            r = sf_dir_remove(agent->layout->cache_fd, names.items[i], err);
        }
    }
    return r;
}

static int gc(void *context, const void *options, char **operands, int count, struct sf_error *err)
{
    struct sf_agent *agent = context;
    size_t told = 0;

    (void)options;
    (void)operands;
    (void)count;
    int r = sf_agent_open_writing(agent, err);

    if (r < 0) {
        return r;
    }
    sf_report_rows(agent->report, "removed");
    sf_report_rows(agent->report, "kept");
    uint32_t keep = agent->options->keep == 0 ? agent->config->keep : agent->options->keep;

    r = collect_trees(agent, keep, &told, err);
    if (r == 0) {
        r = collect_partials(agent, &told, err);
    }
    if (r == 0 && told == 0) {
        sf_report_line(agent->report, "nothing to remove");
    }
    return r;
}

static const struct sf_option options[] = {
    {"keep", 0, SF_OPTION_NUMBER, "N", offsetof(struct sf_agent_options, keep),
     "leave the newest N releases (keep= of the configuration)"},
    {0},
};

const struct sf_command sf_cmd_gc = {
    .name = "gc",
    .aliases = "prune autoremove cleanup clean",
    .operands = "",
    .summary = "remove old releases and unfinished downloads",
    .help = "The active release, the rollback target and whatever a process still uses always "
            "stay; a release that is kept for that reason is named.",
    .max_operands = 0,
    .options = options,
    .shared = sf_agent_changing,
    .options_size = sizeof(struct sf_agent_options),
    .run = gc,
};
