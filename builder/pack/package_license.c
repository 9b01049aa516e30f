/* Reads the machine-readable form of Debian's copyright files. */
#include "builder/pack/package_license.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "common/base/cleanup.h"
#include "common/base/str.h"

#define KEY "License:"

/* The rest of the line that starts with a key, without white space. */
static char *value_at(const char *text, size_t key_length)
{
    sf_autofree char *value = strndup(text + key_length, strcspn(text, "\n") - key_length);
    char *start = value == NULL ? NULL : sf_str_trim(value);

    return start == NULL || *start == '\0' ? NULL : strdup(start);
}

/* The next line that starts with the key, at `text` or behind it; NULL for none. */
static const char *find_key(const char *text)
{
    const char *found = NULL;

    if (sf_str_has_prefix(text, KEY)) {
        return text;
    }
    found = strstr(text, "\n" KEY);
    return found == NULL ? NULL : found + 1;
}

char *sf_package_license_name(const char *copyright)
{
    const char *all_files = strstr(copyright, "\nFiles: *\n");
    const char *found = all_files == NULL ? NULL : find_key(all_files + 1);

    if (found == NULL) {
        found = find_key(copyright);
    }
    return found == NULL ? NULL : value_at(found, strlen(KEY));
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

char *sf_package_license_text(const char *copyright, const char *name)
{
    for (const char *line = find_key(copyright); line != NULL; line = find_key(line + 1)) {
        sf_autofree char *value = value_at(line, strlen(KEY));
        const char *body = line + strcspn(line, "\n");
        const char *end = end_of_body(line);

        if (value != NULL && sf_str_is_equal(value, name) && end > body) {
            return strndup(body + 1, (size_t)(end - body - 1));
        }
    }
    return NULL;
}
