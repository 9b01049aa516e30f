/*
 * Profiles in the files of the AWS tools. Not read by inih: a session token is longer than the
 * lines that inih has room for, and what it does not read is other programs' business here.
 */
#include "builder/repository/s3_profile.h"

#include <ctype.h>
#include <stdbool.h>
#include <stddef.h>
#include <string.h>

#include "common/base/error.h"

/* A part of a text, without a NUL of its own. */
struct span {
    const char *start;
    size_t length;
};

static struct span trim(const char *start, size_t length)
{
    while (length > 0 && isspace((unsigned char)start[0])) {
        start++;
        length--;
    }
    while (length > 0 && isspace((unsigned char)start[length - 1])) {
        length--;
    }
    return (struct span){start, length};
}

static bool is_text(struct span span, const char *text)
{
    return span.length == strlen(text) && memcmp(span.start, text, span.length) == 0;
}

static bool is_section(struct span line, const char *section)
{
    const char *end = memchr(line.start, ']', line.length);

    return end != NULL && is_text(trim(line.start + 1, (size_t)(end - line.start) - 1), section);
}

int sf_s3_profile_value(const char *text, const char *section, const char *key, char **ret,
                        struct sf_error *err)
{
    struct span found = {.start = NULL};
    bool is_inside = false;

    for (const char *line = text; *line != '\0';) {
        size_t length = strcspn(line, "\n");
        struct span whole = trim(line, length);
        const char *equals = memchr(line, '=', length);

        if (*line == '[') {
            is_inside = is_section(whole, section);
        } else if (is_inside && equals != NULL && whole.start == line &&
                   is_text(trim(line, (size_t)(equals - line)), key)) {
            found = trim(equals + 1, (size_t)(line + length - equals) - 1);
        }
        line += length + (line[length] == '\n' ? 1 : 0);
    }
    *ret = found.length == 0 ? NULL : strndup(found.start, found.length);
    return found.length > 0 && *ret == NULL ? sf_error_no_memory(err) : 0;
}
