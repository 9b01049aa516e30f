/* The result of a cell, kept as JSON, and found at the end of a build's log. */
#include "builder/matrix/record.h"

#include <jansson.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/base/buffer.h"
#include "common/base/error.h"
#include "common/base/path.h"
#include "common/base/str.h"
#include "common/format/json.h"
#include "common/host/atomic_file.h"
#include "common/host/dir.h"

#define FORMAT           1
#define RECORD_MAX_BYTES 65536
#define LOG_TAIL_BYTES   65536

static int parse(const struct sf_buffer *text, struct sf_matrix_record *record,
                 struct sf_error *err)
{
    sf_auto(json) json_t *object = NULL;
    uint64_t format = 0;
    int r = sf_json_parse(text->data == NULL ? "" : text->data, text->size, &object, err);

    if (r < 0 || sf_json_u64(object, "format", UINT32_MAX, &format, err) < 0 || format != FORMAT ||
        sf_json_sha256(object, "inputs", record->inputs, err) < 0 ||
        sf_json_flag(object, "good", &record->is_good, err) < 0 ||
        sf_json_text(object, "release", record->release, sizeof record->release, err) < 0 ||
        sf_json_u64(object, "size", INT64_MAX, &record->size_bytes, err) < 0 ||
        sf_json_u64(object, "seconds", INT64_MAX, &record->seconds, err) < 0 ||
        sf_json_text(object, "problem", record->problem, sizeof record->problem, err) < 0) {
        return -SF_E_FORMAT;
    }
    return 0;
}

bool sf_matrix_record_read(int dir_fd, const char *cell, struct sf_matrix_record *ret)
{
    sf_auto(buffer) struct sf_buffer text = {.limit_bytes = RECORD_MAX_BYTES};
    sf_autofree char *name = sf_str_format("%s.json", cell);
    struct sf_matrix_record record = {0};
    struct sf_error err;

    if (name == NULL || sf_dir_read_file(dir_fd, name, &text, &err) < 0 ||
        parse(&text, &record, &err) < 0) {
        return false;
    }
    *ret = record;
    return true;
}

int sf_matrix_record_write(int dir_fd, const char *cell, const struct sf_matrix_record *record,
                           struct sf_error *err)
{
    sf_autofree char *name = sf_str_format("%s.json", cell);
    sf_auto(json) json_t *object = json_pack(
        "{s:i, s:s, s:b, s:s, s:I, s:I, s:s}", "format", FORMAT, "inputs", record->inputs, "good",
        record->is_good, "release", record->release, "size", (json_int_t)record->size_bytes,
        "seconds", (json_int_t)record->seconds, "problem", record->problem);
    sf_autofree char *text = object == NULL ? NULL : sf_json_dump_pretty(object);

    if (name == NULL || text == NULL) {
        return sf_error_no_memory(err);
    }
    return sf_atomic_file_write(dir_fd, name, text, strlen(text), 0644, err);
}

/* The last line that is a JSON object; NULL when there is none. */
static json_t *last_object(char *text)
{
    json_t *found = NULL;
    char *rest = text;

    while (rest != NULL) {
        const char *line = strsep(&rest, "\n");
        struct sf_error err;
        json_t *object = NULL;

        if (line[0] == '{' && sf_json_parse(line, strlen(line), &object, &err) == 0) {
            sf_json_free(found);
            found = object;
        }
    }
    return found;
}

static void copy_text(const json_t *object, const char *key, char *to, size_t size)
{
    const char *text = json_string_value(json_object_get(object, key));

    if (text != NULL) {
        (void)snprintf(to, size, "%s", text);
    }
}

static uint64_t size_of_artifact(const json_t *object)
{
    const char *repository = json_string_value(json_object_get(object, "repository"));
    const char *path = json_string_value(json_object_get(object, "path"));
    sf_autofree char *file =
        repository == NULL || path == NULL ? NULL : sf_path_join(repository, path);
    struct stat status;

    return file != NULL && stat(file, &status) == 0 ? (uint64_t)status.st_size : 0;
}

void sf_matrix_record_read_log(int log_fd, struct sf_matrix_record *record)
{
    sf_autofree char *text = calloc(1, LOG_TAIL_BYTES + 1);
    struct stat status;

    if (text == NULL || fstat(log_fd, &status) < 0) {
        return;
    }

    off_t start = status.st_size > LOG_TAIL_BYTES ? status.st_size - LOG_TAIL_BYTES : 0;
    ssize_t size = pread(log_fd, text, LOG_TAIL_BYTES, start);

    text[size > 0 ? size : 0] = '\0';

    sf_auto(json) json_t *object = last_object(text);

    copy_text(object, "release", record->release, sizeof record->release);
    copy_text(object, "msg", record->problem, sizeof record->problem);
    record->size_bytes = size_of_artifact(object);
}
