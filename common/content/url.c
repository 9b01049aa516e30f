/* URLs as text, for messages and for what is allowed. */
#include "common/content/url.h"

#include <string.h>
#include <strings.h>

#include "common/base/cleanup.h"
#include "common/base/str.h"

bool sf_url_is_https(const char *url)
{
    return strncasecmp(url, "https://", 8) == 0;
}

bool sf_url_is_file(const char *url)
{
    return strncasecmp(url, "file:", 5) == 0;
}

char *sf_url_redact(const char *url)
{
    sf_autofree char *text = sf_str_printable(url);

    if (text == NULL) {
        return NULL;
    }
    const char *scheme_end = strstr(text, "://");
    const char *host = scheme_end == NULL ? text : scheme_end + 3;
    size_t authority = strcspn(host, "/?#");
    const char *at = memrchr(host, '@', authority);
    const char *path = at == NULL ? host : at + 1;
    size_t length = strcspn(path, "?#");

    return sf_str_format("%.*s%s%.*s%s", (int)(host - text), text, at == NULL ? "" : "***@",
                         (int)length, path, path[length] == '\0' ? "" : "?***");
}
