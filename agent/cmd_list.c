/* `sf-agent list`: the releases on the node, or those the repository has for it. */
#include <stddef.h>
#include <stdlib.h>

#include "agent/command_list.h"
#include "agent/context.h"
#include "agent/open.h"
#include "agent/options.h"
#include "agent/repository.h"
#include "agent/select.h"
#include "common/base/cleanup.h"
#include "common/base/error.h"
#include "common/base/number.h"
#include "common/base/str.h"
#include "common/cli/report.h"
#include "common/cli/table.h"
#include "common/content/fetch.h"
#include "common/format/config.h"
#include "common/store/hold.h"
#include "common/store/layout.h"
#include "common/store/tree.h"

/* What an installed release is to this node, in one word. */
static const char *state_of(const struct sf_agent *agent, const char *id, const char *active,
                            const char *previous)
{
    if (sf_str_is_equal(id, active)) {
        return "active";
    }
    if (sf_hold_is_set(agent->layout, id)) {
        return "held";
    }
    return sf_str_is_equal(id, previous) ? "rollback" : "present";
}

static int list_present(struct sf_agent *agent, struct sf_error *err)
{
    static const char *const headings[] = {"RELEASE", "STATE", NULL};
    sf_autofree struct sf_release *releases = NULL;
    sf_auto(table) struct sf_table *table = NULL;
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
    if (r == 0) {
        r = sf_table_new(headings, &table, err);
    }
    for (size_t i = 0; r == 0 && i < count; i++) {
        char id[SF_RELEASE_ID_SIZE];
        struct json_t *row = sf_report_row(agent->report, "releases");

        sf_release_format(&releases[i], id);
        const char *const cells[] = {id, state_of(agent, id, active, previous)};

        sf_report_row_text(row, "release", id);
        sf_report_row_text(row, "state", cells[1]);
        r = sf_table_add(table, cells, err);
    }
    return r < 0 ? r : sf_report_table(agent->report, table, err);
}

static int add_available(struct sf_agent *agent, const struct sf_index_artifact *artifact,
                         struct sf_table *table, struct sf_error *err)
{
    char id[SF_RELEASE_ID_SIZE];
    char size[16];
    struct json_t *row = sf_report_row(agent->report, "releases");

    sf_release_format(&artifact->release, id);
    sf_number_format_bytes(artifact->size_bytes, size);
    const char *state = artifact->is_yanked                     ? "yanked"
                        : sf_tree_is_present(agent->layout, id) ? "present"
                                                                : "available";
    const char *const cells[] = {id, size, state, artifact->is_security ? "security" : ""};

    sf_report_row_text(row, "release", id);
    sf_report_row_number(row, "size_bytes", artifact->size_bytes);
    sf_report_row_text(row, "state", state);
    sf_report_row_flag(row, "security", artifact->is_security);
    return sf_table_add(table, cells, err);
}

/* The stored index, or a fresh one when a repository was named. */
static int load_index(struct sf_agent *agent, struct sf_repo_index **ret, struct sf_error *err)
{
    sf_auto(fetcher) struct sf_fetcher *fetcher = NULL;
    struct sf_index_origin origin;
    bool is_new = false;

    if (agent->options->repository == NULL) {
        return sf_repository_stored(agent, ret, &origin, err);
    }
    int r = sf_repository_fetcher(agent, &fetcher, err);

    return r < 0 ? r : sf_repository_refresh(agent, fetcher, ret, &origin, &is_new, err);
}

static int list_available(struct sf_agent *agent, struct sf_error *err)
{
    static const char *const headings[] = {"RELEASE", "SIZE", "STATE", "NOTE", NULL};
    sf_auto(repo_index) struct sf_repo_index *index = NULL;
    sf_auto(table) struct sf_table *table = NULL;
    int r = sf_facts_require_toolchain(&agent->facts, err);

    if (r == 0) {
        r = load_index(agent, &index, err);
    }
    if (r == 0) {
        r = sf_table_new(headings, &table, err);
    }
    for (size_t i = 0; r == 0 && i < index->artifact_count; i++) {
        if (sf_select_is_for_node(&index->artifacts[i], &agent->facts, agent->config->variant)) {
            r = add_available(agent, &index->artifacts[i], table, err);
        }
    }
    return r < 0 ? r : sf_report_table(agent->report, table, err);
}

static int list(void *context, const void *options, char **operands, int count,
                struct sf_error *err)
{
    struct sf_agent *agent = context;

    (void)options;
    (void)operands;
    (void)count;
    int r = sf_agent_open_reading(agent, err);

    if (r < 0) {
        return r;
    }
    sf_report_rows(agent->report, "releases");
    return agent->options->wants_available ? list_available(agent, err) : list_present(agent, err);
}

static const struct sf_option options[] = {
    {"available", 'a', SF_OPTION_FLAG, NULL, offsetof(struct sf_agent_options, wants_available),
     "what the repository has for this node"},
    {0},
};

const struct sf_command sf_cmd_list = {
    .name = "list",
    .aliases = "ls",
    .operands = "",
    .summary = "list the releases on the node, or in the repository",
    .help = "--available reads the index that was last accepted; `sf-agent refresh` fetches a new "
            "one.",
    .max_operands = 0,
    .options = options,
    .shared = sf_agent_choosing,
    .options_size = sizeof(struct sf_agent_options),
    .run = list,
};
