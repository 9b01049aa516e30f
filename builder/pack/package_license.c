/* Reads the machine-readable form of Debian's copyright files. */
#include "builder/pack/package_license.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "common/base/cleanup.h"
#include "common/base/str.h"

#define LICENSE "License:"
#define FILES   "Files:"

/* The rest of the line that starts with a key, without white space. */
static char *value_at(const char *line, const char *key)
{
    size_t length = strlen(key);
    sf_autofree char *value = strndup(line + length, strcspn(line, "\n") - length);
    char *start = value == NULL ? NULL : sf_str_trim(value);

    return start == NULL || *start == '\0' ? NULL : strdup(start);
}

/* The next line that starts with the key, at `text` or behind it; NULL for none. */
static const char *find_key(const char *text, const char *key)
{
    size_t length = strlen(key);

    for (const char *line = text; *line != '\0';) {
        const char *end = line + strcspn(line, "\n");

        if (strncasecmp(line, key, length) == 0) {
            return line;
        }
        line = *end == '\0' ? end : end + 1;
    }
    return NULL;
}

/* The first paragraph of this form names it; other files may have lines that look like its. */
static bool is_machine_readable(const char *text)
{
    return strncasecmp(text, "Format:", strlen("Format:")) == 0 ||
           strncasecmp(text, "Format-Specification:", strlen("Format-Specification:")) == 0;
}

/* The paragraph of the files that no other paragraph names; NULL for none. */
static const char *find_all_files(const char *text)
{
    for (const char *line = find_key(text, FILES); line != NULL; line = find_key(line + 1, FILES)) {
        sf_autofree char *value = value_at(line, FILES);

        if (value != NULL && sf_str_is_equal(value, "*")) {
            return line;
        }
    }
    return NULL;
}

char *sf_package_license_name(const char *copyright)
{
    const char *text = copyright + strspn(copyright, " \t\r\n");
    const char *all = find_all_files(text);
    const char *some = find_key(text, FILES);
    const char *found = find_key(all == NULL ? text : all, LICENSE);

    /* Where no paragraph is about all files, only what stands before the first one is. */
    if (!is_machine_readable(text) || found == NULL ||
        (all == NULL && some != NULL && some < found)) {
        return NULL;
    }
    return value_at(found, LICENSE);
}

/* The indented lines behind the one at `line`. */
static const char *end_of_body(const char *line)
{
    const char *end = line + strcspn(line, "\n");

    while (end[0] == '\n' && (end[1] == ' ' || end[1] == '\t')) {
        end += 1 + strcspn(end + 1, "\n");
    }
    return end;
}

/* Without the indentation; a line that only has a '.' stands for an empty one. */
static char *read_body(const char *body, size_t length)
{
    char *text = malloc(length + 1);
    size_t used = 0;

    for (size_t i = 0; text != NULL && i < length;) {
        size_t end = i + strcspn(body + i, "\n");
        bool is_empty = end == i + 2 && body[i + 1] == '.';

        for (i++; i < end && !is_empty; i++) {
            text[used++] = body[i];
        }
        i = end + 1;
        if (i < length) {
            text[used++] = '\n';
        }
    }
    if (text != NULL) {
        text[used] = '\0';
    }
    return text;
}

char *sf_package_license_text(const char *copyright, const char *name)
{
    for (const char *line = find_key(copyright, LICENSE); line != NULL;
         line = find_key(line + 1, LICENSE)) {
        sf_autofree char *value = value_at(line, LICENSE);
        const char *body = line + strcspn(line, "\n");
        const char *end = end_of_body(line);

        if (value != NULL && sf_str_is_equal(value, name) && end > body) {
            return read_body(body + 1, (size_t)(end - body - 1));
        }
    }
    return NULL;
}
