/* The repository index as JSON text. */
#include "common/base/clock.h"
#include "common/format/json.h"
#include "common/format/json_release.h"
#include "common/format/repo_index.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

static json_t *write_time(int64_t time_s)
{
    char text[SF_CLOCK_TEXT_SIZE];

    sf_clock_format(time_s, text);
    return json_string(text);
}

static json_t *write_artifact(const struct sf_index_artifact *artifact)
{
    sf_auto(json) json_t *entry =
        sf_json_release_write(&artifact->release, artifact->glibc, artifact->cpu_level);
    json_t *manifest = json_pack("{s:I, s:s}", "size", (json_int_t)artifact->manifest_size_bytes,
                                 "sha256", artifact->manifest_sha256);
    int failed = json_object_set_new(entry, "manifest", manifest);

    failed |= json_object_set_new(entry, "path", json_string(artifact->path));
    failed |= json_object_set_new(entry, "size", json_integer((json_int_t)artifact->size_bytes));
    failed |= json_object_set_new(entry, "sha256", json_string(artifact->sha256));
    failed |= json_object_set_new(entry, "yanked", json_boolean(artifact->is_yanked));
    failed |= json_object_set_new(entry, "security", json_boolean(artifact->is_security));
    return failed != 0 ? NULL : sf_steal(&entry);
}

static int compare_artifacts(const void *a, const void *b)
{
    const struct sf_release *release_a = &(*(const struct sf_index_artifact *const *)a)->release;
    const struct sf_release *release_b = &(*(const struct sf_index_artifact *const *)b)->release;
    char id_a[SF_RELEASE_ID_SIZE];
    char id_b[SF_RELEASE_ID_SIZE];
    int order = strcmp(release_a->toolchain, release_b->toolchain);

    if (order == 0) {
        order = sf_release_compare(release_a, release_b);
    }
    if (order != 0) {
        return order;
    }
    sf_release_format(release_a, id_a);
    sf_release_format(release_b, id_b);
    return strcmp(id_a, id_b);
}

static json_t *write_artifacts(const struct sf_repo_index *index)
{
    sf_auto(json) json_t *array = json_array();
    sf_autofree const struct sf_index_artifact **sorted =
        calloc(index->artifact_count + 1, sizeof *sorted);

    if (sorted == NULL) {
        return NULL;
    }
    for (size_t i = 0; i < index->artifact_count; i++) {
        sorted[i] = &index->artifacts[i];
    }
    qsort(sorted, index->artifact_count, sizeof *sorted, compare_artifacts);
    for (size_t i = 0; i < index->artifact_count; i++) {
        if (json_array_append_new(array, write_artifact(sorted[i])) < 0) {
            return NULL;
        }
    }
    return sf_steal(&array);
}

static json_t *write_series(const struct sf_repo_index *index)
{
    sf_auto(json) json_t *table = json_object();

    for (size_t i = 0; i < index->series_count; i++) {
        if (json_object_set_new(table, index->series[i].series,
                                json_string(index->series[i].version)) < 0) {
            return NULL;
        }
    }
    return sf_steal(&table);
}

static json_t *write_rollout(const struct sf_rollout *rollout)
{
    sf_auto(json) json_t *object = json_pack("{s:I, s:b}", "percent", (json_int_t)rollout->percent,
                                             "halted", (int)rollout->is_halted);

    if (rollout->not_before_s != 0 &&
        json_object_set_new(object, "not_before", write_time(rollout->not_before_s)) < 0) {
        return NULL;
    }
    return sf_steal(&object);
}

static int add_removed(json_t *document, const struct sf_repo_index *index)
{
    sf_auto(json) json_t *paths = json_array();

    for (size_t i = 0; i < index->removed.count; i++) {
        if (json_array_append_new(paths, json_string(index->removed.items[i])) < 0) {
            return -1;
        }
    }
    return index->removed.count == 0 ? 0
                                     : json_object_set_new(document, "removed", sf_steal(&paths));
}

char *sf_repo_index_dump(const struct sf_repo_index *index)
{
    sf_auto(json) json_t *document = json_object();
    int failed = json_object_set_new(document, "format", json_integer(SF_INDEX_FORMAT));

    failed |= json_object_set_new(document, "repository", json_string(index->repository));
    failed |= json_object_set_new(document, "serial", json_integer((json_int_t)index->serial));
    failed |= json_object_set_new(document, "created", write_time(index->created_s));
    failed |= json_object_set_new(document, "expires", write_time(index->expires_s));
    failed |= json_object_set_new(document, "series", write_series(index));
    failed |= json_object_set_new(document, "rollout", write_rollout(&index->rollout));
    failed |= json_object_set_new(document, "artifacts", write_artifacts(index));
    failed |= add_removed(document, index);
    return failed != 0 ? NULL : sf_json_dump_pretty(document);
}
