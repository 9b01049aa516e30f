/* URLs as text, for messages and for what is allowed. */
#ifndef SF_CONTENT_URL_H
#define SF_CONTENT_URL_H

#include <stdbool.h>

bool sf_url_is_https(const char *url);
bool sf_url_is_file(const char *url);

/*
 * The URL with user and password, query and fragment (tokens stand there) replaced by "***", and
 * without control characters. NULL when out of memory. Owned by the caller.
 */
char *sf_url_redact(const char *url);

#endif
