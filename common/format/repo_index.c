/* The repository index: parsing and validation. */
#include "common/format/repo_index.h"

#include "common/base/error.h"
#include "common/base/path.h"
#include "common/base/str.h"
#include "common/format/json.h"
#include "common/format/json_release.h"
#include "common/format/manifest.h"
#include "common/format/version.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#define MAX_SERIAL     ((1ULL << 53) - 1) /* exact in every JSON reader; room to grow stays */
#define MAX_ARTIFACT   (1ULL << 40)
#define MAX_SERIES     1000
#define MAX_REPOSITORY 100

/* What stands in a URL as it is, so that a path cannot become a query or a fragment. */
static bool is_url_safe(const char *path)
{
    return path[strspn(path, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
                             "._-+~/")] == '\0';
}

static int check_path(const char *path, struct sf_error *err)
{
    if (!sf_path_is_safe_relative(path) || !is_url_safe(path)) {
        return sf_error_set(err, SF_E_FORMAT,
                            "path '%.200s' is not a safe relative one of letters, digits and ._-+~",
                            path);
    }
    return 0;
}

static int read_path(const json_t *entry, struct sf_index_artifact *artifact, struct sf_error *err)
{
    const char *path = NULL;
    int r = sf_json_string(entry, "path", &path, err);

    if (r == 0) {
        r = check_path(path, err);
    }
    if (r < 0) {
        return r;
    }
    artifact->path = strdup(path);
    return artifact->path == NULL ? sf_error_no_memory(err) : 0;
}

static int read_digests(const json_t *entry, struct sf_index_artifact *artifact,
                        struct sf_error *err)
{
    const json_t *manifest = NULL;
    int r = sf_json_u64(entry, "size", MAX_ARTIFACT, &artifact->size_bytes, err);

    if (r == 0) {
        r = sf_json_sha256(entry, "sha256", artifact->sha256, err);
    }
    if (r == 0) {
        r = sf_json_object(entry, "manifest", &manifest, err);
    }
    if (r == 0) {
        r = sf_json_u64(manifest, "size", SF_MANIFEST_MAX_BYTES, &artifact->manifest_size_bytes,
                        err);
    }
    return r < 0 ? r : sf_json_sha256(manifest, "sha256", artifact->manifest_sha256, err);
}

static int read_artifact(const json_t *entry, struct sf_index_artifact *artifact,
                         struct sf_error *err)
{
    struct sf_release_needs needs;
    int r = sf_json_release_read(entry, &artifact->release, &needs, err);

    if (r < 0) {
        return r;
    }
    memcpy(artifact->glibc, needs.glibc, sizeof artifact->glibc);
    memcpy(artifact->cpu_level, needs.cpu_level, sizeof artifact->cpu_level);
    r = read_path(entry, artifact, err);
    if (r == 0) {
        r = read_digests(entry, artifact, err);
    }
    if (r == 0) {
        r = sf_json_flag(entry, "yanked", &artifact->is_yanked, err);
    }
    return r < 0 ? r : sf_json_flag(entry, "security", &artifact->is_security, err);
}

static int read_artifacts(const json_t *document, struct sf_repo_index *index, struct sf_error *err)
{
    const json_t *entries = NULL;
    int r = sf_json_array(document, "artifacts", SF_INDEX_MAX_ARTIFACTS, &entries, err);

    if (r < 0) {
        return r;
    }
    size_t count = json_array_size(entries);

    index->artifacts = calloc(count + 1, sizeof *index->artifacts);
    if (index->artifacts == NULL) {
        return sf_error_no_memory(err);
    }
    for (size_t i = 0; i < count; i++) {
        r = read_artifact(json_array_get(entries, i), &index->artifacts[index->artifact_count++],
                          err);
        if (r < 0) {
            return sf_error_prefix(err, "artifact %zu: ", i);
        }
    }
    return 0;
}

/* Absent when nothing was ever taken out. */
static int read_removed(const json_t *document, struct sf_repo_index *index, struct sf_error *err)
{
    const json_t *paths = NULL;
    int r = 0;

    if (json_object_get(document, "removed") == NULL) {
        return 0;
    }

    r = sf_json_array(document, "removed", SF_INDEX_MAX_ARTIFACTS, &paths, err);
    for (size_t i = 0; r == 0 && i < json_array_size(paths); i++) {
        const char *path = json_string_value(json_array_get(paths, i));

        r = check_path(path == NULL ? "" : path, err);
        if (r == 0) {
            r = sf_strlist_add(&index->removed, path, err);
        }
    }
    return r < 0 ? sf_error_prefix(err, "'removed': ") : 0;
}

/* Two entries for one release, or one file for two, would leave to chance which one counts. */
static int check_unique(const struct sf_repo_index *index, struct sf_error *err)
{
    sf_auto(strlist) struct sf_strlist names = {0};
    char id[SF_RELEASE_ID_SIZE];

    for (size_t i = 0; i < index->artifact_count; i++) {
        sf_release_format(&index->artifacts[i].release, id);
        sf_autofree char *path = sf_str_format("path %s", index->artifacts[i].path);
        int r = sf_strlist_add(&names, id, err);

        if (r == 0) {
            r = sf_strlist_take(&names, sf_steal(&path), err);
        }
        if (r < 0) {
            return r;
        }
    }
    sf_strlist_sort(&names);
    for (size_t i = 1; i < names.count; i++) {
        if (sf_str_is_equal(names.items[i - 1], names.items[i])) {
            return sf_error_set(err, SF_E_FORMAT, "'%.200s' is listed twice", names.items[i]);
        }
    }
    return 0;
}

static int read_one_series(const char *name, const json_t *value, struct sf_series *ret,
                           struct sf_error *err)
{
    const char *text = json_string_value(value);
    struct sf_wanted wanted;

    if (!sf_version_is_series(name)) {
        return sf_error_set(err, SF_E_FORMAT, "'%.40s' is not a series such as 25.11", name);
    }
    if (text == NULL || sf_wanted_parse(text, &wanted, err) < 0 || wanted.kind != SF_WANTED_BUILD) {
        return sf_error_set(err, SF_E_FORMAT,
                            "series %s is not a version and build such as 25.11.6-1", name);
    }
    sf_release_series(wanted.release.version, ret->series);
    if (!sf_str_is_equal(ret->series, name)) {
        return sf_error_set(err, SF_E_FORMAT, "series %s stands for %s of another series", name,
                            text);
    }
    sf_release_short(&wanted.release, ret->version);
    return 0;
}

static int read_series(const json_t *document, struct sf_repo_index *index, struct sf_error *err)
{
    const json_t *table = NULL;
    int r = sf_json_object(document, "series", &table, err);

    if (r < 0) {
        return r;
    }
    if (json_object_size(table) > MAX_SERIES) {
        return sf_error_set(err, SF_E_FORMAT, "more than %d series", MAX_SERIES);
    }
    index->series = calloc(json_object_size(table) + 1, sizeof *index->series);
    if (index->series == NULL) {
        return sf_error_no_memory(err);
    }
    const char *name = NULL;
    json_t *value = NULL;
    json_t *entries = json_object_get(document, "series");

    json_object_foreach(entries, name, value)
    {
        r = read_one_series(name, value, &index->series[index->series_count++], err);
        if (r < 0) {
            return r;
        }
    }
    return 0;
}

static int read_rollout(const json_t *document, struct sf_rollout *rollout, struct sf_error *err)
{
    const json_t *object = NULL;
    uint64_t percent = 0;
    int r = sf_json_object(document, "rollout", &object, err);

    if (r == 0) {
        r = sf_json_u64(object, "percent", 100, &percent, err);
    }
    if (r == 0 && json_object_get(object, "not_before") != NULL) {
        r = sf_json_time(object, "not_before", &rollout->not_before_s, err);
    }
    if (r == 0) {
        r = sf_json_flag(object, "halted", &rollout->is_halted, err);
    }
    if (r < 0) {
        return sf_error_prefix(err, "'rollout': ");
    }
    rollout->percent = (uint32_t)percent;
    return 0;
}

static int read_repository(const json_t *document, struct sf_repo_index *index,
                           struct sf_error *err)
{
    const char *name = NULL;
    int r = sf_json_string(document, "repository", &name, err);

    if (r < 0) {
        return r;
    }
    if (strlen(name) > MAX_REPOSITORY || strchr(name, '/') != NULL ||
        !sf_path_is_safe_relative(name)) {
        return sf_error_set(err, SF_E_FORMAT, "'repository' is '%.100s', not a plain name", name);
    }
    index->repository = strdup(name);
    return index->repository == NULL ? sf_error_no_memory(err) : 0;
}

static int read_header(const json_t *document, struct sf_repo_index *index, struct sf_error *err)
{
    uint64_t format = 0;
    int r = sf_json_u64(document, "format", UINT32_MAX, &format, err);

    if (r < 0) {
        return r;
    }
    if (format > SF_INDEX_FORMAT) {
        return sf_error_set(err, SF_E_INCOMPATIBLE,
                            "it has format %llu, this program reads up to %d: update it",
                            (unsigned long long)format, SF_INDEX_FORMAT);
    }
    if (format == 0) {
        return sf_error_set(err, SF_E_FORMAT, "there is no format 0");
    }
    r = read_repository(document, index, err);
    if (r == 0) {
        r = sf_json_u64(document, "serial", MAX_SERIAL, &index->serial, err);
    }
    if (r == 0) {
        r = sf_json_time(document, "created", &index->created_s, err);
    }
    if (r == 0) {
        r = sf_json_time(document, "expires", &index->expires_s, err);
    }
    if (r == 0 && index->expires_s <= index->created_s) {
        return sf_error_set(err, SF_E_FORMAT, "it expires before it was created");
    }
    return r;
}

static int read_document(const json_t *document, struct sf_repo_index *index, struct sf_error *err)
{
    int r = read_header(document, index, err);

    if (r == 0) {
        r = read_series(document, index, err);
    }
    if (r == 0) {
        r = read_rollout(document, &index->rollout, err);
    }
    if (r == 0) {
        r = read_artifacts(document, index, err);
    }
    if (r == 0) {
        r = read_removed(document, index, err);
    }
    return r < 0 ? r : check_unique(index, err);
}

int sf_repo_index_parse(const char *text, size_t size, struct sf_repo_index **ret,
                        struct sf_error *err)
{
    sf_auto(repo_index) struct sf_repo_index *index = calloc(1, sizeof *index);
    sf_auto(json) json_t *document = NULL;

    if (index == NULL) {
        return sf_error_no_memory(err);
    }
    if (size > SF_INDEX_MAX_BYTES) {
        return sf_error_set(err, SF_E_FORMAT, "repository index: larger than %lu bytes",
                            SF_INDEX_MAX_BYTES);
    }
    int r = sf_json_parse(text, size, &document, err);

    if (r == 0) {
        r = read_document(document, index, err);
    }
    if (r < 0) {
        return sf_error_prefix(err, "repository index: ");
    }
    *ret = sf_steal(&index);
    return 0;
}

const char *sf_repo_index_series(const struct sf_repo_index *index, const char *series)
{
    for (size_t i = 0; i < index->series_count; i++) {
        if (sf_str_is_equal(index->series[i].series, series)) {
            return index->series[i].version;
        }
    }
    return NULL;
}

void sf_repo_index_free(struct sf_repo_index *index)
{
    if (index == NULL) {
        return;
    }
    for (size_t i = 0; i < index->artifact_count; i++) {
        free(index->artifacts[i].path);
    }
    free(index->artifacts);
    sf_strlist_done(&index->removed);
    free(index->series);
    free(index->repository);
    free(index);
}
