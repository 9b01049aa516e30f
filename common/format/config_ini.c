/* A configuration file's text, read by inih and applied key by key. */
#include "common/base/error.h"
#include "common/base/str.h"
#include "common/format/config.h"
#include "common/format/config_key.h"

#include <ini.h>
#include <stdlib.h>
#include <string.h>

#define MAX_TOOLCHAINS    64
#define TOOLCHAIN_SECTION "toolchain "
#define BYTE_ORDER_MARK   "\xef\xbb\xbf"

/*
 * What reading and handling share. inih's handler is not told the line (INI_HANDLER_LINENO is off
 * in distributions), but it is called before the next line is read: the line is known here.
 */
struct reading {
    struct sf_config *config;
    const char *name;
    const char *rest;
    int line;
    bool has_failed;
    struct sf_strlist seen; /* "section key" of this file */
    struct sf_error *err;
};

static void fail(struct reading *reading)
{
    reading->has_failed = true;
    (void)sf_error_prefix(reading->err, "%s:%d: ", reading->name, reading->line);
}

/* What inih would take silently and differently from how it reads: control characters, and text
 * behind a section's bracket. */
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
    const char *bracket = length > 0 && line[0] == '[' ? memchr(line, ']', length) : NULL;

    if (bracket != NULL) {
        const char *behind = bracket + 1;

        behind += strspn(behind, " \t");
        if (behind < line + length && *behind != ';' && *behind != '#') {
            return "there is text behind the section's name";
        }
    }
    return NULL;
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

/* The toolchain of that name, added when it is new. */
static int get_toolchain(struct sf_config *config, const char *name,
                         struct sf_config_toolchain **ret, struct sf_error *err)
{
    size_t length = strlen(name);

    if (length == 0 || length >= sizeof config->toolchains->name ||
        strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789") != length) {
        return sf_error_set(err, SF_E_CONFIG,
                            "'%s' is not a toolchain's name (at most 31 lower-case letters and "
                            "digits)",
                            name);
    }
    for (size_t i = 0; i < config->toolchain_count; i++) {
        if (sf_str_is_equal(config->toolchains[i].name, name)) {
            *ret = &config->toolchains[i];
            return 0;
        }
    }
    if (config->toolchain_count == MAX_TOOLCHAINS) {
        return sf_error_set(err, SF_E_CONFIG, "more than %d toolchains", MAX_TOOLCHAINS);
    }
    struct sf_config_toolchain *grown =
        reallocarray(config->toolchains, config->toolchain_count + 1, sizeof *grown);

    if (grown == NULL) {
        return sf_error_no_memory(err);
    }
    config->toolchains = grown;
    grown += config->toolchain_count++;
    *grown = (struct sf_config_toolchain){0};
    memcpy(grown->name, name, length + 1);
    *ret = grown;
    return 0;
}

/* Names a key or section that is not in the table. */
static int unknown(const char *section, const char *table_section, const char *key,
                   struct sf_error *err)
{
    size_t count = 0;
    const struct sf_config_key *keys = sf_config_keys(&count);

    if (section[0] == '\0') {
        return sf_error_set(err, SF_E_CONFIG, "'%s' stands before any [section]", key);
    }
    for (size_t i = 0; i < count; i++) {
        if (sf_str_is_equal(keys[i].section, table_section) &&
            !sf_str_is_equal(section, "toolchain")) {
            return sf_error_set(err, SF_E_CONFIG, "unknown key '%s' in [%s]", key, section);
        }
    }
    return sf_error_set(err, SF_E_CONFIG,
                        "unknown section [%s]; there are [agent], [repository] and "
                        "[toolchain NAME]",
                        section);
}

/* Remembers that the key was given; `*ret_is_more` when it was before and may be again. */
static int note_seen(struct reading *reading, const char *section, const char *key, size_t index,
                     bool *ret_is_more)
{
    sf_autofree char *place = sf_str_format("%s %s", section, key);

    if (place == NULL) {
        return sf_error_no_memory(reading->err);
    }
    bool is_seen = sf_strlist_has(&reading->seen, place);

    if (is_seen && !sf_config_key_is_repeatable(index)) {
        return sf_error_set(reading->err, SF_E_CONFIG, "'%s' is given twice in [%s]", key, section);
    }
    *ret_is_more = is_seen;
    return is_seen ? 0 : sf_strlist_take(&reading->seen, sf_steal(&place), reading->err);
}

static int apply_key(struct reading *reading, const char *section, const char *key,
                     const char *value)
{
    bool is_toolchain = sf_str_has_prefix(section, TOOLCHAIN_SECTION);
    const char *table_section = is_toolchain ? "toolchain" : section;
    void *object = reading->config;
    struct sf_config_toolchain *toolchain = NULL;
    size_t index = 0;
    bool is_more = false;

    if (sf_str_is_equal(section, "toolchain") || !sf_config_key_find(table_section, key, &index)) {
        return unknown(section, table_section, key, reading->err);
    }
    if (is_toolchain) {
        int r = get_toolchain(reading->config, section + strlen(TOOLCHAIN_SECTION), &toolchain,
                              reading->err);

        if (r < 0) {
            return r;
        }
        object = toolchain;
    }
    int r = note_seen(reading, section, key, index, &is_more);

    if (r < 0) {
        return r;
    }
    r = sf_config_key_set(object, index, value, is_more, reading->err);
    return r < 0 ? sf_error_prefix(reading->err, "'%s': ", key) : 0;
}

/* inih's handler: 1 is success. */
static int handle(void *user, const char *section, const char *key, const char *value)
{
    struct reading *reading = user;

    if (reading->has_failed) {
        return 0;
    }
    if (apply_key(reading, section, key, value) < 0) {
        fail(reading);
        return 0;
    }
    return 1;
}

int sf_config_apply(struct sf_config *config, const char *name, const char *text,
                    struct sf_error *err)
{
    struct reading reading = {.config = config, .name = name, .rest = text, .err = err};

    if (strlen(text) > SF_CONFIG_MAX_BYTES) {
        return sf_error_set(err, SF_E_CONFIG, "%s: larger than %lu bytes", name,
                            SF_CONFIG_MAX_BYTES);
    }
    int line = ini_parse_stream(read_line, &reading, handle, &reading);

    sf_strlist_done(&reading.seen);
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
