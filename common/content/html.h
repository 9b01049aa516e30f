/* Telling a web page from data: proxies and captive portals answer 200 with one. */
#ifndef SF_CONTENT_HTML_H
#define SF_CONTENT_HTML_H

#include <stdbool.h>
#include <stddef.h>

/* What a message says of such an answer. */
#define SF_HTML_SENTENCE "an HTML page instead of data: a proxy or captive portal?"

/* True when the bytes start like an HTML or XML page. Only ever used to phrase a refusal or to
 * refuse sooner, never to accept. */
bool sf_html_is_likely(const void *unverified, size_t size);

#endif
