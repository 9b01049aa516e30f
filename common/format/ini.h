/*
 * INI text as inih reads it, strictly: UTF-8, no control characters, no line that would be cut or
 * silently joined to the one before, every problem named with file and line. What sections and keys
 * mean is the caller's.
 */
#ifndef SF_FORMAT_INI_H
#define SF_FORMAT_INI_H

struct sf_error;

#define SF_INI_MAX_BYTES (1UL << 20)

/* Called for each "key = value" in order; `section` is "" before the first [section]. A negative
 * return ends the reading; file and line are put in front of its message. */
typedef int (*sf_ini_handler)(void *context, const char *section, const char *key,
                              const char *value, struct sf_error *err);

/*
 * Reads all of `text`; `name` is the file's, for messages. A key that stands twice in a section is
 * passed twice. Errors: CONFIG ("file:line: what"), NO_MEMORY, those of `handler`.
 */
int sf_ini_read(const char *name, const char *text, sf_ini_handler handler, void *context,
                struct sf_error *err);

#endif
