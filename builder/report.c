/* What the commands print on success: lines for people, or one JSON object. */
#include "builder/report.h"

#include <jansson.h>
#include <stdio.h>

#include "builder/build.h"
#include "common/base/clock.h"
#include "common/base/error.h"
#include "common/base/number.h"
#include "common/base/strlist.h"
#include "common/format/json.h"
#include "common/format/repo_index.h"

#define SCHEMA 1

/* Prints the object and releases it; NULL is what jansson hands out without memory. */
static int print_object(json_t *object, struct sf_error *err)
{
    sf_autofree char *text = object == NULL ? NULL : sf_json_dump(object);

    json_decref(object);
    if (text == NULL) {
        return sf_error_no_memory(err);
    }
    (void)puts(text);
    return 0;
}

int sf_report_prefix(bool is_json, const char *id, const char *slot, struct sf_error *err)
{
    if (is_json) {
        return print_object(
            json_pack("{s:i,s:s,s:s}", "schema", SCHEMA, "release", id, "prefix", slot), err);
    }
    (void)puts(slot);
    return 0;
}

int sf_report_pack(bool is_json, const struct sf_build *build, struct sf_error *err)
{
    char size[16];

    if (is_json) {
        return print_object(json_pack("{s:i,s:s,s:s,s:I,s:s,s:s,s:I,s:I}", "schema", SCHEMA,
                                      "release", build->id, "path", build->artifact_path, "size",
                                      (json_int_t)build->artifact_size_bytes, "sha256",
                                      build->artifact_sha256, "glibc", build->glibc, "files",
                                      (json_int_t)build->manifest->file_count, "components",
                                      (json_int_t)build->manifest->component_count),
                            err);
    }
    sf_number_format_bytes(build->artifact_size_bytes, size);
    printf("packed %s: %zu files, %zu components, glibc %s, %s\n%s/%s\n", build->id,
           build->manifest->file_count, build->manifest->component_count,
           build->glibc[0] == '\0' ? "any" : build->glibc, size, build->repository,
           build->artifact_path);
    return 0;
}

static json_t *index_object(const struct sf_repo_index *index)
{
    char expires[SF_CLOCK_TEXT_SIZE];
    json_t *series = json_object();

    sf_clock_format(index->expires_s, expires);
    for (size_t i = 0; i < index->series_count; i++) {
        (void)json_object_set_new(series, index->series[i].series,
                                  json_string(index->series[i].version));
    }
    return json_pack("{s:i,s:s,s:I,s:s,s:I,s:o}", "schema", SCHEMA, "repository", index->repository,
                     "serial", (json_int_t)index->serial, "expires", expires, "artifacts",
                     (json_int_t)index->artifact_count, "series", series);
}

static void print_index(const char *verb, const struct sf_repo_index *index)
{
    char expires[SF_CLOCK_TEXT_SIZE];

    sf_clock_format(index->expires_s, expires);
    printf("%s %s: serial %llu, %zu artifacts, expires %s\n", verb, index->repository,
           (unsigned long long)index->serial, index->artifact_count, expires);
}

int sf_report_index(bool is_json, const struct sf_repo_index *index, struct sf_error *err)
{
    if (is_json) {
        return print_object(index_object(index), err);
    }
    print_index("indexed", index);
    for (size_t i = 0; i < index->series_count; i++) {
        printf("  %s is %s\n", index->series[i].series, index->series[i].version);
    }
    return 0;
}

int sf_report_verify(bool is_json, const struct sf_report_verify *verify, struct sf_error *err)
{
    if (is_json) {
        json_t *object = index_object(verify->index);
        json_t *problems = json_array();

        for (size_t i = 0; i < verify->problems->count; i++) {
            (void)json_array_append_new(problems, json_string(verify->problems->items[i]));
        }
        (void)json_object_set_new(object, "problems", problems);
        (void)json_object_set_new(object, "signer", json_string(verify->signer));
        (void)json_object_set_new(object, "full", json_boolean(verify->is_full));
        return print_object(object, err);
    }
    print_index(verify->problems->count == 0 ? "good" : "damaged", verify->index);
    printf("signed by %s; %s\n", verify->signer,
           verify->is_full ? "every byte of the artifacts read" : "manifests read");
    for (size_t i = 0; i < verify->problems->count; i++) {
        printf("  %s\n", verify->problems->items[i]);
    }
    return 0;
}
