/* `sf-agent history`: what was done on this node. */
#include <stddef.h>
#include <stdlib.h>

#include "agent/command_list.h"
#include "agent/context.h"
#include "agent/open.h"
#include "agent/options.h"
#include "common/base/clock.h"
#include "common/base/error.h"
#include "common/cli/report.h"
#include "common/cli/table.h"
#include "common/store/state.h"

#define DEFAULT_LINES 50

static int tell(struct sf_agent *agent, const struct sf_history_line *line, struct sf_table *table,
                struct sf_error *err)
{
    char time[SF_CLOCK_TEXT_SIZE];
    struct json_t *row = sf_report_row(agent->report, "history");

    sf_clock_format(line->time_s, time);
    sf_report_row_text(row, "time", time);
    sf_report_row_text(row, "operation", line->operation);
    sf_report_row_text(row, "from", line->from);
    sf_report_row_text(row, "to", line->to);
    sf_report_row_text(row, "result", line->result);
    sf_report_row_text(row, "detail", line->detail);

    const char *const cells[] = {time,     line->operation, line->from,
                                 line->to, line->result,    line->detail};

    return sf_table_add(table, cells, err);
}

static int history(void *context, const void *options, char **operands, int count,
                   struct sf_error *err)
{
    static const char *const headings[] = {"TIME",   "OPERATION", "FROM", "TO",
                                           "RESULT", "DETAIL",    NULL};
    struct sf_agent *agent = context;
    sf_auto(table) struct sf_table *table = NULL;
    sf_autofree struct sf_history_line *lines = NULL;
    size_t line_count = 0;

    (void)options;
    (void)operands;
    (void)count;
    sf_report_rows(agent->report, "history");
    int r = sf_agent_open_reading(agent, err);

    if (r == 0) {
        uint32_t wanted = agent->options->count;

        r = sf_state_history(agent->layout, wanted == 0 ? DEFAULT_LINES : wanted, &lines,
                             &line_count, err);
    }
    if (r == 0) {
        r = sf_table_new(headings, &table, err);
    }
    for (size_t i = 0; r == 0 && i < line_count; i++) {
        r = tell(agent, &lines[i], table, err);
    }
    return r < 0 ? r : sf_report_table(agent->report, table, err);
}

static const struct sf_option options[] = {
    {"lines", 'n', SF_OPTION_NUMBER, "N", offsetof(struct sf_agent_options, count),
     "show the newest N lines (50)"},
    {0},
};

const struct sf_command sf_cmd_history = {
    .name = "history",
    .aliases = "log",
    .operands = "",
    .summary = "show what was done on this node",
    .help = "One line for each install, upgrade, use, rollback, remove, gc and repair, oldest "
            "first, with its result.",
    .max_operands = 0,
    .options = options,
    .shared = sf_agent_reading,
    .options_size = sizeof(struct sf_agent_options),
    .run = history,
};
