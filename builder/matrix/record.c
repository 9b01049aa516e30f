/* The result of a build, found at the end of its log. */
#include "builder/matrix/record.h"

#include <jansson.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/base/error.h"
#include "common/format/json.h"

#define LOG_TAIL_BYTES 65536

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
    record->has_changed = json_is_true(json_object_get(object, "changed"));
    record->size_bytes = (uint64_t)json_integer_value(json_object_get(object, "size"));
}
