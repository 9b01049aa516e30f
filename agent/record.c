/* Lines of the history. */
#include "agent/record.h"

#include <stdio.h>

#include "agent/context.h"
#include "common/base/error.h"
#include "common/base/log.h"
#include "common/format/journal_entry.h"
#include "common/store/state.h"

static void record(const struct sf_agent *agent, const struct sf_history_line *line)
{
    struct sf_error err;

    if (sf_state_record(agent->layout, line, &err) < 0) {
        sf_log(SF_LOG_WARNING, "%s, continuing without a line in the history", err.message);
    }
}

void sf_record_outcome(const struct sf_agent *agent, const struct sf_journal_entry *entry,
                       const struct sf_error *failure)
{
    struct sf_history_line line = {.time_s = agent->now_s};

    (void)snprintf(line.operation, sizeof line.operation, "%s", entry->operation);
    (void)snprintf(line.from, sizeof line.from, "%s", entry->from);
    (void)snprintf(line.to, sizeof line.to, "%s", entry->to);
    (void)snprintf(line.result, sizeof line.result, "%s",
                   failure == NULL ? "ok" : sf_code_name(failure->code));
    (void)snprintf(line.detail, sizeof line.detail, "%.*s", (int)sizeof line.detail - 1,
                   failure == NULL ? "" : failure->message);
    record(agent, &line);
}

void sf_record_event(const struct sf_agent *agent, const char *operation, const char *id,
                     const char *detail)
{
    struct sf_history_line line = {.time_s = agent->now_s, .result = "ok"};

    (void)snprintf(line.operation, sizeof line.operation, "%s", operation);
    (void)snprintf(line.to, sizeof line.to, "%s", id);
    (void)snprintf(line.detail, sizeof line.detail, "%s", detail);
    record(agent, &line);
}
