/* The switch in progress and a line of history, as JSON. */
#include "common/format/journal_entry.h"

#include "common/base/clock.h"
#include "common/base/error.h"
#include "common/base/str.h"
#include "common/format/json.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

/* A JSON string of at most `max` bytes whatever the text holds: messages quote names from outside,
 * and are cut where their buffers end. */
static json_t *write_text(const char *text, size_t max)
{
    sf_autofree char *printable = sf_str_printable(text);

    if (printable == NULL) {
        return NULL;
    }
    size_t length = strlen(printable);

    while (length > max || !sf_str_is_utf8(printable, length)) {
        printable[--length] = '\0';
    }
    return json_string(printable);
}

static char *dump_line(const json_t *object)
{
    sf_autofree char *text = sf_json_dump(object);

    return text == NULL ? NULL : sf_str_format("%s\n", text);
}

static json_t *write_time(int64_t time_s)
{
    char text[SF_CLOCK_TEXT_SIZE];

    sf_clock_format(time_s, text);
    return json_string(text);
}

char *sf_journal_entry_dump(const struct sf_journal_entry *entry)
{
    sf_auto(json) json_t *object =
        json_pack("{s:s, s:s, s:s, s:s, s:b, s:s}", "operation", entry->operation, "from",
                  entry->from, "to", entry->to, "previous", entry->previous, "may_restart",
                  (int)entry->may_restart, "services", entry->services);

    if (json_object_set_new(object, "started", write_time(entry->started_s)) < 0) {
        return NULL;
    }
    return dump_line(object);
}

/* A member that holds a release id, or "": ids become paths. */
static int read_id(const json_t *object, const char *key, char ret[static SF_RELEASE_ID_SIZE],
                   struct sf_error *err)
{
    struct sf_release ignored;
    int r = sf_json_text(object, key, ret, SF_RELEASE_ID_SIZE, err);

    if (r < 0 || ret[0] == '\0') {
        return r;
    }
    r = sf_release_parse(ret, &ignored, err);
    return r < 0 ? sf_error_prefix(err, "'%s': ", key) : 0;
}

static int read_journal(const json_t *object, struct sf_journal_entry *entry, struct sf_error *err)
{
    int r = sf_json_text(object, "operation", entry->operation, sizeof entry->operation, err);

    if (r == 0) {
        r = read_id(object, "from", entry->from, err);
    }
    if (r == 0) {
        r = read_id(object, "to", entry->to, err);
    }
    if (r == 0) {
        r = read_id(object, "previous", entry->previous, err);
    }
    if (r == 0) {
        r = sf_json_flag(object, "may_restart", &entry->may_restart, err);
    }
    if (r == 0) {
        r = sf_json_text(object, "services", entry->services, sizeof entry->services, err);
    }
    if (r == 0) {
        r = sf_json_time(object, "started", &entry->started_s, err);
    }
    if (r == 0 && (entry->operation[0] == '\0' || entry->to[0] == '\0')) {
        return sf_error_set(err, SF_E_FORMAT, "'operation' or 'to' is empty");
    }
    return r;
}

int sf_journal_entry_parse(const char *text, size_t size, struct sf_journal_entry *ret,
                           struct sf_error *err)
{
    sf_auto(json) json_t *object = NULL;
    struct sf_journal_entry entry = {0};
    int r = sf_json_parse(text, size, &object, err);

    if (r == 0) {
        r = read_journal(object, &entry, err);
    }
    if (r < 0) {
        return sf_error_prefix(err, "journal: ");
    }
    *ret = entry;
    return 0;
}

char *sf_history_line_dump(const struct sf_history_line *line)
{
    sf_auto(json) json_t *object = json_object();
    int failed = json_object_set_new(object, "time", write_time(line->time_s));

    failed |= json_object_set_new(object, "operation",
                                  write_text(line->operation, sizeof line->operation - 1));
    failed |= json_object_set_new(object, "from", write_text(line->from, sizeof line->from - 1));
    failed |= json_object_set_new(object, "to", write_text(line->to, sizeof line->to - 1));
    failed |=
        json_object_set_new(object, "result", write_text(line->result, sizeof line->result - 1));
    failed |=
        json_object_set_new(object, "detail", write_text(line->detail, sizeof line->detail - 1));
    return failed != 0 ? NULL : dump_line(object);
}

static int read_history(const json_t *object, struct sf_history_line *line, struct sf_error *err)
{
    int r = sf_json_time(object, "time", &line->time_s, err);

    if (r == 0) {
        r = sf_json_text(object, "operation", line->operation, sizeof line->operation, err);
    }
    if (r == 0) {
        r = sf_json_text(object, "from", line->from, sizeof line->from, err);
    }
    if (r == 0) {
        r = sf_json_text(object, "to", line->to, sizeof line->to, err);
    }
    if (r == 0) {
        r = sf_json_text(object, "result", line->result, sizeof line->result, err);
    }
    return r < 0 ? r : sf_json_text(object, "detail", line->detail, sizeof line->detail, err);
}

int sf_history_line_parse(const char *text, size_t size, struct sf_history_line *ret,
                          struct sf_error *err)
{
    sf_auto(json) json_t *object = NULL;
    struct sf_history_line line = {0};
    int r = sf_json_parse(text, size, &object, err);

    if (r == 0) {
        r = read_history(object, &line, err);
    }
    if (r < 0) {
        return sf_error_prefix(err, "history: ");
    }
    *ret = line;
    return 0;
}
