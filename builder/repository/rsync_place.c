/* Where rsync(1) is to write to, as the operator wrote it. */
#include "builder/repository/rsync_place.h"

#include <stddef.h>
#include <string.h>

#include "common/base/error.h"
#include "common/base/str.h"

#define DAEMON_SCHEME "rsync://"

struct span {
    const char *start;
    size_t length;
};

/* "user@host" of what begins with it. */
static struct span host_of(const char *text)
{
    const char *end = text + strcspn(text, "[:/");

    /* The colons of an address of IPv6 are in brackets. */
    if (*end == '[' && (end == text || end[-1] == '@')) {
        end += strcspn(end, "]");
    }
    end += strcspn(end, ":/");
    return (struct span){text, (size_t)(end - text)};
}

/* Neither a user nor a host that ssh would take for an option. */
static bool is_host(struct span host)
{
    const char *at = memrchr(host.start, '@', host.length);
    size_t user_length = at == NULL ? 0 : (size_t)(at - host.start) + 1;

    return host.length > user_length && user_length != 1 && host.start[0] != '-' &&
           host.start[user_length] != '-';
}

static int check(const char *where, struct span host, const char *path, struct sf_error *err)
{
    if (!is_host(host)) {
        return sf_error_set(err, SF_E_USAGE, "'%.200s' names no host", where);
    }
    if (path[0] == '\0') {
        return sf_error_set(err, SF_E_USAGE,
                            "'%.200s' names no directory: write host:/path or "
                            "rsync://host/module/path",
                            where);
    }
    if (strpbrk(path, "*?[") != NULL) {
        return sf_error_set(err, SF_E_USAGE,
                            "'%.200s' has a '*', '?' or '[', which rsync would expand: publish to "
                            "a path without",
                            where);
    }
    return 0;
}

int sf_rsync_place_read(const char *where, char **ret_place, bool *ret_is_daemon,
                        struct sf_error *err)
{
    bool has_scheme = sf_str_has_prefix(where, DAEMON_SCHEME);
    struct span host = host_of(where + (has_scheme ? sizeof DAEMON_SCHEME - 1 : 0));
    const char *path = host.start + host.length;
    bool is_daemon = has_scheme || sf_str_has_prefix(path, "::");

    if (has_scheme) {
        /* After the port. */
        path += strcspn(path, "/");
        path += strspn(path, "/");
    } else {
        path += strspn(path, ":");
    }

    int r = check(where, host, path, err);

    if (r < 0) {
        return r;
    }
    *ret_place = sf_str_format("%s%s", where, sf_str_has_suffix(where, "/") ? "" : "/");
    if (*ret_place == NULL) {
        return sf_error_no_memory(err);
    }
    *ret_is_daemon = is_daemon;
    return 0;
}
