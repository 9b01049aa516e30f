/* Strings: built by format, compared, made safe to print. */
#ifndef SF_BASE_STR_H
#define SF_BASE_STR_H

#include <stdbool.h>
#include <stddef.h>

/* A new string made as by printf; NULL when out of memory. Owned by the caller, free with free. */
char *sf_str_format(const char *format, ...) __attribute__((format(printf, 1, 2)));

bool sf_str_is_equal(const char *a, const char *b);
bool sf_str_has_prefix(const char *text, const char *prefix);
bool sf_str_has_suffix(const char *text, const char *suffix);

/*
 * A copy in which control characters and bytes that are not UTF-8 stand as \xNN, so that a name
 * from outside cannot move the cursor or forge a log line (threat 93). NULL when out of memory.
 * Owned by the caller, free with free.
 */
char *sf_str_printable(const char *text);

/* True for valid UTF-8 (RFC 3629: no overlong forms, no surrogates). */
bool sf_str_is_utf8(const char *text, size_t length);

/*
 * A copy of `text` in which each `from` is replaced by `to`; `from` must not be empty. The result
 * may hold NUL bytes if `text` does. NULL when out of memory. Owned by the caller, free with free.
 */
char *sf_str_replace(const char *text, size_t length, const char *from, const char *to,
                     size_t *ret_length);

/* Removes white space at both ends, in place; returns the start within `text`. */
char *sf_str_trim(char *text);

#endif
