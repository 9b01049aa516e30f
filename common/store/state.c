/* What the agent remembers: the last accepted index, the journal, the history. */
#include "common/store/state.h"

#include <errno.h>
#include <fcntl.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/base/buffer.h"
#include "common/base/cleanup.h"
#include "common/base/clock.h"
#include "common/base/error.h"
#include "common/base/str.h"
#include "common/format/json.h"
#include "common/host/atomic_file.h"
#include "common/host/dir.h"
#include "common/store/layout.h"

/* Two JSON texts in one file, so that one rename replaces both: a line with the origin, then the
 * index as it was signed. */
#define INDEX_FILE "index.json"
#define INDEX_MAX  (SF_INDEX_MAX_BYTES + 8192)

#define JOURNAL_FILE "journal.json"
#define JOURNAL_MAX  4096

#define HISTORY_FILE   "history.jsonl"
#define HISTORY_ROTATE (1L << 20)
#define HISTORY_MAX    (4UL << 20)

/* JSON takes UTF-8 only. A validator that is something else is forgotten, which costs one download.
 */
static const char *as_json_text(const char *text)
{
    return sf_str_is_utf8(text, strlen(text)) ? text : "";
}

static char *dump_origin(const struct sf_index_origin *origin)
{
    char accepted[SF_CLOCK_TEXT_SIZE];

    sf_clock_format(origin->accepted_s, accepted);
    sf_auto(json) struct json_t *value =
        json_pack("{s:s, s:s, s:s, s:s, s:s, s:s, s:s}", "url", as_json_text(origin->url), "etag",
                  as_json_text(origin->etag), "last_modified", as_json_text(origin->last_modified),
                  "keys_digest", origin->keys_digest, "signer", origin->signer, "sha256",
                  origin->sha256, "accepted", accepted);

    return value == NULL ? NULL : sf_json_dump(value);
}

static int parse_origin(const char *text, size_t size, struct sf_index_origin *ret,
                        struct sf_error *err)
{
    sf_auto(json) struct json_t *value = NULL;
    struct sf_index_origin origin = {0};
    int r = sf_json_parse(text, size, &value, err);

    if (r < 0) {
        return r;
    }
    const struct {
        const char *key;
        char *place;
        size_t size;
    } rows[] = {{"url", origin.url, sizeof origin.url},
                {"etag", origin.etag, sizeof origin.etag},
                {"last_modified", origin.last_modified, sizeof origin.last_modified},
                {"keys_digest", origin.keys_digest, sizeof origin.keys_digest},
                {"signer", origin.signer, sizeof origin.signer},
                {"sha256", origin.sha256, sizeof origin.sha256}};

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        r = sf_json_text(value, rows[i].key, rows[i].place, rows[i].size, err);
        if (r < 0) {
            return r;
        }
    }
    r = sf_json_time(value, "accepted", &origin.accepted_s, err);
    if (r < 0) {
        return r;
    }
    *ret = origin;
    return 0;
}

int sf_state_save_index(const struct sf_layout *layout, const char *text, size_t size,
                        const struct sf_index_origin *origin, struct sf_error *err)
{
    sf_auto(buffer) struct sf_buffer file = {.limit_bytes = INDEX_MAX};
    sf_autofree char *first = dump_origin(origin);

    if (first == NULL) {
        return sf_error_no_memory(err);
    }
    int r = sf_buffer_format(&file, err, "%s\n", first);

    if (r < 0) {
        return r;
    }
    r = sf_buffer_append(&file, text, size, err);
    if (r < 0) {
        return r;
    }
    return sf_atomic_file_write(layout->state_fd, INDEX_FILE, file.data, file.size, 0644, err);
}

static int refuse_damaged_index(struct sf_error *err)
{
    (void)sf_error_prefix(err, "/var/lib/sf-agent/" INDEX_FILE " is damaged, 'sf-agent refresh' "
                               "makes it anew: ");
    return sf_error_recode(err, SF_E_FORMAT);
}

/* Reads the file; `*ret_index` is where its second part begins. */
static int read_index_file(const struct sf_layout *layout, struct sf_buffer *file,
                           struct sf_index_origin *ret_origin, const char **ret_index,
                           struct sf_error *err)
{
    int r = layout->state_fd < 0 ? -SF_E_NOT_FOUND
                                 : sf_dir_read_file(layout->state_fd, INDEX_FILE, file, err);

    if (r == -SF_E_NOT_FOUND) {
        return sf_error_set(err, SF_E_NOT_FOUND,
                            "no repository index was accepted yet, 'sf-agent refresh' gets it");
    }
    if (r == -SF_E_FORMAT) {
        return refuse_damaged_index(err);
    }
    if (r < 0) {
        return r;
    }
    const char *newline = file->size == 0 ? NULL : memchr(file->data, '\n', file->size);

    if (newline == NULL) {
        (void)sf_error_set(err, SF_E_FORMAT, "it is cut off");
        return refuse_damaged_index(err);
    }
    r = parse_origin(file->data, (size_t)(newline - file->data), ret_origin, err);
    if (r == -SF_E_FORMAT) {
        return refuse_damaged_index(err);
    }
    if (r < 0) {
        return r;
    }
    *ret_index = newline + 1;
    return 0;
}

int sf_state_load_index(const struct sf_layout *layout, struct sf_repo_index **ret,
                        struct sf_index_origin *ret_origin, struct sf_error *err)
{
    sf_auto(buffer) struct sf_buffer file = {.limit_bytes = INDEX_MAX};
    struct sf_index_origin origin = {0};
    const char *text = NULL;
    int r = read_index_file(layout, &file, &origin, &text, err);

    if (r < 0) {
        return r;
    }
    r = sf_repo_index_parse(text, file.size - (size_t)(text - file.data), ret, err);
    if (r == -SF_E_FORMAT) {
        return refuse_damaged_index(err);
    }
    if (r < 0) {
        return r;
    }
    *ret_origin = origin;
    return 0;
}

int sf_state_touch_index(const struct sf_layout *layout, const struct sf_index_origin *origin,
                         struct sf_error *err)
{
    sf_auto(buffer) struct sf_buffer file = {.limit_bytes = INDEX_MAX};
    struct sf_index_origin old = {0};
    const char *text = NULL;
    int r = read_index_file(layout, &file, &old, &text, err);

    if (r < 0) {
        return r;
    }
    return sf_state_save_index(layout, text, file.size - (size_t)(text - file.data), origin, err);
}

int sf_state_begin(const struct sf_layout *layout, const struct sf_journal_entry *entry,
                   struct sf_error *err)
{
    sf_autofree char *text = sf_journal_entry_dump(entry);

    if (text == NULL) {
        return sf_error_no_memory(err);
    }
    return sf_atomic_file_write(layout->state_fd, JOURNAL_FILE, text, strlen(text), 0644, err);
}

int sf_state_open_entry(const struct sf_layout *layout, struct sf_journal_entry *ret,
                        bool *ret_is_open, struct sf_error *err)
{
    sf_auto(buffer) struct sf_buffer text = {.limit_bytes = JOURNAL_MAX};

    int r = layout->state_fd < 0 ? -SF_E_NOT_FOUND
                                 : sf_dir_read_file(layout->state_fd, JOURNAL_FILE, &text, err);

    if (r == -SF_E_NOT_FOUND) {
        *ret_is_open = false;
        return 0;
    }
    if (r == 0) {
        r = sf_journal_entry_parse(text.data == NULL ? "" : text.data, text.size, ret, err);
    }
    if (r < 0) {
        return sf_error_prefix(err, "/var/lib/sf-agent/" JOURNAL_FILE
                                    " (a switch in progress; remove it once 'current' is right): ");
    }
    *ret_is_open = true;
    return 0;
}

int sf_state_end(const struct sf_layout *layout, struct sf_error *err)
{
    if (unlinkat(layout->state_fd, JOURNAL_FILE, 0) < 0 && errno != ENOENT) {
        return sf_error_errno(err, errno, "remove '/var/lib/sf-agent/" JOURNAL_FILE "'");
    }
    return sf_dir_sync(layout->state_fd, err);
}

/* The newest half, from the start of a line on, replaces a history that has grown large. */
static int rotate_history(const struct sf_layout *layout, struct sf_error *err)
{
    sf_auto(buffer) struct sf_buffer text = {.limit_bytes = HISTORY_MAX};
    int r = sf_dir_read_file(layout->state_fd, HISTORY_FILE, &text, err);

    if (r < 0) {
        return r;
    }
    const char *middle = text.data + text.size / 2;
    const char *newline = memchr(middle, '\n', text.size - text.size / 2);
    const char *start = newline == NULL ? text.data + text.size : newline + 1;

    return sf_atomic_file_write(layout->state_fd, HISTORY_FILE, start,
                                text.size - (size_t)(start - text.data), 0644, err);
}

int sf_state_record(const struct sf_layout *layout, const struct sf_history_line *line,
                    struct sf_error *err)
{
    sf_autofree char *text = sf_history_line_dump(line);
    struct stat status = {0};

    if (text == NULL) {
        return sf_error_no_memory(err);
    }
    if (fstatat(layout->state_fd, HISTORY_FILE, &status, AT_SYMLINK_NOFOLLOW) == 0 &&
        status.st_size > HISTORY_ROTATE) {
        int r = rotate_history(layout, err);

        if (r < 0) {
            return sf_error_prefix(err, "/var/lib/sf-agent/" HISTORY_FILE ": ");
        }
    }
    return sf_atomic_file_append(layout->state_fd, HISTORY_FILE, text, strlen(text), 0644, err);
}

static size_t count_lines(const struct sf_buffer *text)
{
    size_t count = 1;

    for (size_t i = 0; i < text->size; i++) {
        count += text->data[i] == '\n';
    }
    return count;
}

/* Parses each line into `lines`; one that cannot be read (torn by a crash) is left out. */
static size_t parse_history(const struct sf_buffer *text, struct sf_history_line *lines)
{
    const char *end = text->data + text->size;
    size_t count = 0;

    for (const char *start = text->data; start < end;) {
        const char *newline = memchr(start, '\n', (size_t)(end - start));
        const char *stop = newline == NULL ? end : newline;
        struct sf_error ignored;

        if (sf_history_line_parse(start, (size_t)(stop - start), &lines[count], &ignored) == 0) {
            count++;
        }
        start = stop + 1;
    }
    return count;
}

int sf_state_history(const struct sf_layout *layout, size_t max, struct sf_history_line **ret,
                     size_t *ret_count, struct sf_error *err)
{
    sf_auto(buffer) struct sf_buffer text = {.limit_bytes = HISTORY_MAX};
    int r = layout->state_fd < 0 ? -SF_E_NOT_FOUND
                                 : sf_dir_read_file(layout->state_fd, HISTORY_FILE, &text, err);

    if (r < 0 && r != -SF_E_NOT_FOUND) {
        return r;
    }
    struct sf_history_line *lines = calloc(count_lines(&text), sizeof *lines);

    if (lines == NULL) {
        return sf_error_no_memory(err);
    }
    size_t count = text.size == 0 ? 0 : parse_history(&text, lines);

    if (count > max) {
        memmove(lines, lines + (count - max), max * sizeof *lines);
        count = max;
    }
    *ret = lines;
    *ret_count = count;
    return 0;
}
