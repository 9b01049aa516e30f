/* What each series of an index means today: its newest release that is not withdrawn. */
#include "builder/repository/index_series.h"

#include <stdlib.h>
#include <string.h>

#include "common/base/error.h"
#include "common/format/repo_index.h"

static int compare_artifacts(const void *a, const void *b)
{
    const struct sf_index_artifact *const *left = a;
    const struct sf_index_artifact *const *right = b;

    return sf_release_compare(&(*left)->release, &(*right)->release);
}

/* `sorted` ascends by release, so the last of a series is what the series means. */
static void fill(struct sf_repo_index *index, const struct sf_index_artifact *const *sorted,
                 size_t count)
{
    for (size_t i = 0; i < count; i++) {
        char series[16];

        sf_release_series(sorted[i]->release.version, series);
        if (index->series_count == 0 ||
            strcmp(index->series[index->series_count - 1].series, series) != 0) {
            memcpy(index->series[index->series_count++].series, series, sizeof series);
        }
        sf_release_short(&sorted[i]->release, index->series[index->series_count - 1].version);
    }
}

int sf_index_set_series(struct sf_repo_index *index, struct sf_error *err)
{
    sf_autofree const struct sf_index_artifact **sorted =
        calloc(index->artifact_count + 1, sizeof *sorted);
    size_t count = 0;

    index->series = calloc(index->artifact_count + 1, sizeof *index->series);
    if (sorted == NULL || index->series == NULL) {
        return sf_error_no_memory(err);
    }
    for (size_t i = 0; i < index->artifact_count; i++) {
        if (!index->artifacts[i].is_yanked) {
            sorted[count++] = &index->artifacts[i];
        }
    }
    qsort(sorted, count, sizeof *sorted, compare_artifacts);
    fill(index, sorted, count);
    return 0;
}
