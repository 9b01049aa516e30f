/* Tells of an index: which it is, how long it is good for, what each series means. */
#include "builder/repository/index_report.h"

#include <inttypes.h>

#include "common/base/clock.h"
#include "common/cli/report.h"
#include "common/format/repo_index.h"

void sf_index_report(struct sf_report *report, const char *verdict,
                     const struct sf_repo_index *index)
{
    char expires[SF_CLOCK_TEXT_SIZE];

    sf_clock_format(index->expires_s, expires);
    sf_report_line(report, "%s %s: serial %" PRIu64 ", %zu artifacts, expires %s", verdict,
                   index->repository, index->serial, index->artifact_count, expires);
    sf_report_text(report, "repository", index->repository);
    sf_report_number(report, "serial", index->serial);
    sf_report_number(report, "artifacts", index->artifact_count);
    sf_report_text(report, "expires", expires);
    sf_report_rows(report, "series");
    for (size_t i = 0; i < index->series_count; i++) {
        struct json_t *row = sf_report_row(report, "series");

        sf_report_line(report, "  %s is %s", index->series[i].series, index->series[i].version);
        sf_report_row_text(row, "series", index->series[i].series);
        sf_report_row_text(row, "version", index->series[i].version);
    }
}
