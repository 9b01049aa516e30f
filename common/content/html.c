/* Telling a web page from data. */
#include "common/content/html.h"

#include <string.h>
#include <strings.h>

bool sf_html_is_likely(const void *unverified, size_t size)
{
    static const char *const starts[] = {"<!doctype", "<html", "<?xml", "<head", "<body"};
    static const char byte_order_mark[] = "\xEF\xBB\xBF";
    const char *text = unverified;

    if (size >= 3 && memcmp(text, byte_order_mark, 3) == 0) {
        text += 3;
        size -= 3;
    }
    while (size > 0 && memchr(" \t\r\n", *text, 4) != NULL) {
        text++;
        size--;
    }
    for (size_t i = 0; i < sizeof starts / sizeof *starts; i++) {
        size_t length = strlen(starts[i]);

        if (size >= length && strncasecmp(text, starts[i], length) == 0) {
            return true;
        }
    }
    return false;
}
