/* Takes releases out of an index, by name or by age. */
#include "builder/repository/index_retention.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "builder/repository/index_entries.h"
#include "common/base/error.h"
#include "common/base/strlist.h"
#include "common/format/repo_index.h"

static int take_out(struct sf_repo_index *index, size_t position, struct sf_error *err)
{
    const char *path = index->artifacts[position].path;
    int r = sf_strlist_has(&index->removed, path) ? 0 : sf_strlist_add(&index->removed, path, err);

    if (r == 0) {
        sf_index_entries_remove(index, position);
    }
    return r;
}

int sf_index_expire(struct sf_repo_index *index, const struct sf_strlist *names,
                    struct sf_error *err)
{
    for (size_t i = index->artifact_count; i > 0; i--) {
        char text[SF_RELEASE_ID_SIZE];

        sf_release_short(&index->artifacts[i - 1].release, text);
        if (sf_strlist_has(names, text)) {
            int r = take_out(index, i - 1, err);

            if (r < 0) {
                return r;
            }
        }
    }
    return 0;
}

/* What is counted together: a series for one toolchain, architecture and variant. */
static int compare_groups(const struct sf_release *a, const struct sf_release *b)
{
    char series_a[16];
    char series_b[16];
    int order = strcmp(a->toolchain, b->toolchain);

    if (order == 0) {
        order = strcmp(a->arch, b->arch);
    }
    if (order == 0) {
        order = strcmp(a->variant, b->variant);
    }
    if (order != 0) {
        return order;
    }
    sf_release_series(a->version, series_a);
    sf_release_series(b->version, series_b);
    return strcmp(series_a, series_b);
}

/* Within a group the newest is first. */
static int compare_artifacts(const void *a, const void *b)
{
    const struct sf_index_artifact *const *left = a;
    const struct sf_index_artifact *const *right = b;
    int order = compare_groups(&(*left)->release, &(*right)->release);

    return order != 0 ? order : sf_release_compare(&(*right)->release, &(*left)->release);
}

static int mark_old(const struct sf_repo_index *index, uint32_t keep, bool *is_old,
                    struct sf_error *err)
{
    sf_autofree const struct sf_index_artifact **sorted =
        calloc(index->artifact_count + 1, sizeof *sorted);
    uint32_t newer = 0;

    if (sorted == NULL) {
        return sf_error_no_memory(err);
    }
    for (size_t i = 0; i < index->artifact_count; i++) {
        sorted[i] = &index->artifacts[i];
    }
    qsort(sorted, index->artifact_count, sizeof *sorted, compare_artifacts);
    for (size_t i = 0; i < index->artifact_count; i++) {
        if (i > 0 && compare_groups(&sorted[i - 1]->release, &sorted[i]->release) != 0) {
            newer = 0;
        }
        is_old[sorted[i] - index->artifacts] = newer >= keep;
        newer += sorted[i]->is_yanked ? 0 : 1;
    }
    return 0;
}

int sf_index_keep_last(struct sf_repo_index *index, uint32_t keep, struct sf_error *err)
{
    sf_autofree bool *is_old = calloc(index->artifact_count + 1, sizeof *is_old);
    int r = is_old == NULL ? sf_error_no_memory(err) : mark_old(index, keep, is_old, err);

    for (size_t i = index->artifact_count; r == 0 && i > 0; i--) {
        if (is_old[i - 1]) {
            r = take_out(index, i - 1, err);
        }
    }
    return r;
}
