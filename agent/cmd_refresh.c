/* `sf-agent refresh`: fetches and verifies the repository's index. */
#include <stddef.h>

#include "agent/command_list.h"
#include "agent/context.h"
#include "agent/open.h"
#include "agent/options.h"
#include "agent/repository.h"
#include "common/base/clock.h"
#include "common/base/error.h"
#include "common/cli/report.h"
#include "common/content/fetch.h"

static int refresh(void *context, const void *options, char **operands, int count,
                   struct sf_error *err)
{
    struct sf_agent *agent = context;
    sf_auto(fetcher) struct sf_fetcher *fetcher = NULL;
    sf_auto(repo_index) struct sf_repo_index *index = NULL;
    struct sf_index_origin origin;
    char expires[SF_CLOCK_TEXT_SIZE];
    bool is_new = false;

    (void)options;
    (void)operands;
    (void)count;
    int r = sf_agent_open_writing(agent, err);

    if (r == 0) {
        r = sf_repository_fetcher(agent, &fetcher, err);
    }
    if (r == 0) {
        r = sf_repository_refresh(agent, fetcher, &index, &origin, &is_new, err);
    }
    if (r < 0) {
        return r;
    }
    sf_clock_format(index->expires_s, expires);
    sf_report_text(agent->report, "repository", index->repository);
    sf_report_number(agent->report, "serial", index->serial);
    sf_report_text(agent->report, "expires", expires);
    sf_report_number(agent->report, "artifacts", index->artifact_count);
    if (is_new) {
        sf_report_changed(agent->report);
    }
    sf_report_line(agent->report, "repository %s serial %llu (%s), %zu artifacts, expires %s",
                   index->repository, (unsigned long long)index->serial,
                   is_new ? "new" : "no change", index->artifact_count, expires);
    return 0;
}

static const struct sf_option options[] = {{0}};

const struct sf_command sf_cmd_refresh = {
    .name = "refresh",
    .aliases = "makecache",
    .operands = "",
    .summary = "fetch and verify the repository's index",
    .help = "A conditional request: an index that did not change costs no transfer.",
    .max_operands = 0,
    .options = options,
    .shared = sf_agent_changing_choosing,
    .options_size = sizeof(struct sf_agent_options),
    .run = refresh,
};
