/* INI text, read by inih line by line, of which each is looked at first. */
#include "common/format/ini.h"

#include <ini.h>
#include <stdbool.h>
#include <string.h>

#include "common/base/error.h"
#include "common/base/str.h"

#define BYTE_ORDER_MARK "\xef\xbb\xbf"
/* inih cuts a longer name without a word. */
#define MAX_SECTION_BYTES 49

/*
 * What reading and handling share. inih's handler is not told the line (INI_HANDLER_LINENO is off
 * in distributions), but it is called before the next line is read: the line is known here.
 */
struct reading {
    const char *name;
    const char *rest;
    int line;
    bool has_failed;
    sf_ini_handler handler;
    void *context;
    struct sf_error *err;
};

static void fail(struct reading *reading)
{
    reading->has_failed = true;
    (void)sf_error_prefix(reading->err, "%s:%d: ", reading->name, reading->line);
}

/* What inih would take silently and differently from how it reads in a section's line. */
static const char *problem_of_section(const char *line, size_t length)
{
    const char *bracket = memchr(line, ']', length);

    if (bracket == NULL) {
        return NULL;
    }
    if (bracket - line - 1 > MAX_SECTION_BYTES) {
        return "the section's name is longer than 49 bytes";
    }
    const char *behind = bracket + 1;

    behind += strspn(behind, " \t");
    if (behind < line + length && *behind != ';' && *behind != '#') {
        return "there is text behind the section's name";
    }
    return NULL;
}

static const char *problem_of(const char *line, size_t length)
{
    if (!sf_str_is_utf8(line, length)) {
        return "the line is not UTF-8";
    }
    for (size_t i = 0; i < length; i++) {
        if (((unsigned char)line[i] < 0x20 && line[i] != '\t') || line[i] == 0x7f) {
            return "the line holds a control character";
        }
    }
    return length > 0 && line[0] == '[' ? problem_of_section(line, length) : NULL;
}

/*
 * Hands inih the next line, without the blanks in front: an indented line would otherwise continue
 * the value above it. A line that does not fit inih's buffer is refused, it would be cut in two.
 */
static char *read_line(char *buffer, int size, void *stream)
{
    struct reading *reading = stream;
    const char *line = reading->rest;

    if (reading->has_failed || *line == '\0') {
        return NULL;
    }
    reading->line++;
    size_t whole = strcspn(line, "\n");

    reading->rest = line + whole + (line[whole] == '\n' ? 1 : 0);
    if (reading->line == 1 && sf_str_has_prefix(line, BYTE_ORDER_MARK)) {
        line += strlen(BYTE_ORDER_MARK);
        whole -= strlen(BYTE_ORDER_MARK);
    }
    size_t blanks = strspn(line, " \t\r");
    size_t length = whole - (blanks < whole ? blanks : whole);

    line += whole - length;
    while (length > 0 && line[length - 1] == '\r') {
        length--;
    }
    const char *problem = problem_of(line, length);

    if (problem == NULL && length + 2 > (size_t)size) {
        problem = "the line is longer than 198 bytes";
    }
    if (problem != NULL) {
        (void)sf_error_set(reading->err, SF_E_CONFIG, "%s", problem);
        fail(reading);
        return NULL;
    }
    memcpy(buffer, line, length);
    memcpy(buffer + length, "\n", 2);
    return buffer;
}

/* inih's handler: 1 is success. */
static int handle(void *user, const char *section, const char *key, const char *value)
{
    struct reading *reading = user;

    if (reading->has_failed) {
        return 0;
    }
    if (reading->handler(reading->context, section, key, value, reading->err) < 0) {
        fail(reading);
        return 0;
    }
    return 1;
}

int sf_ini_read(const char *name, const char *text, sf_ini_handler handler, void *context,
                struct sf_error *err)
{
    struct reading reading = {
        .name = name, .rest = text, .handler = handler, .context = context, .err = err};

    if (strlen(text) > SF_INI_MAX_BYTES) {
        return sf_error_set(err, SF_E_CONFIG, "%s: larger than %lu bytes", name, SF_INI_MAX_BYTES);
    }
    int line = ini_parse_stream(read_line, &reading, handle, &reading);

    if (line > 0 && (!reading.has_failed || line < reading.line)) {
        return sf_error_set(err, SF_E_CONFIG,
                            "%s:%d: neither 'key = value' nor a [section] nor a comment", name,
                            line);
    }
    if (line < 0) {
        return sf_error_no_memory(err);
    }
    return reading.has_failed ? -(int)err->code : 0;
}
