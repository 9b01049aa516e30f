/* Paths as text: nothing here looks at a file system. */
#include "common/base/path.h"

#include "common/base/str.h"

#include <string.h>

#define PATH_MAX_BYTES 3000
#define PATH_MAX_DEPTH 64
#define NAME_MAX_BYTES 255

static bool has_control(const char *text)
{
    for (; *text != '\0'; text++) {
        if ((unsigned char)*text < 0x20 || *text == 0x7f) {
            return true;
        }
    }
    return false;
}

static bool is_safe_name(const char *name, size_t length)
{
    if (length == 0 || length > NAME_MAX_BYTES) {
        return false;
    }
    return !(name[0] == '.' && (length == 1 || (length == 2 && name[1] == '.')));
}

/* Each component is a name, and there are not too many; `path` does not start with '/'. */
static bool has_safe_components(const char *path)
{
    size_t depth = 0;

    for (;;) {
        size_t length = strcspn(path, "/");

        if (!is_safe_name(path, length) || ++depth > PATH_MAX_DEPTH) {
            return false;
        }
        if (path[length] == '\0') {
            return true;
        }
        path += length + 1;
    }
}

bool sf_path_is_safe_relative(const char *path)
{
    size_t length = strlen(path);

    return length <= PATH_MAX_BYTES && !has_control(path) && sf_str_is_utf8(path, length) &&
           has_safe_components(path);
}

bool sf_path_is_clean_absolute(const char *path)
{
    if (path[0] != '/' || has_control(path) || strlen(path) > PATH_MAX_BYTES) {
        return false;
    }
    return path[1] == '\0' || has_safe_components(path + 1);
}

bool sf_path_link_is_inside(const char *link, const char *target)
{
    long depth = 0;
    bool has_name = false;

    if (target[0] == '\0' || target[0] == '/' || has_control(target) ||
        strlen(target) > PATH_MAX_BYTES) {
        return false;
    }
    for (const char *slash = link; (slash = strchr(slash, '/')) != NULL; slash++) {
        depth++;
    }
    for (;;) {
        size_t length = strcspn(target, "/");

        if (length == 2 && target[0] == '.' && target[1] == '.') {
            depth--;
            /* The name before it may be a link itself: then ".." leads elsewhere than it reads. */
            if (has_name) {
                return false;
            }
        } else if (length > 0 && !(length == 1 && target[0] == '.')) {
            depth++;
            has_name = true;
        }
        if (depth < 0) {
            return false;
        }
        if (target[length] == '\0') {
            return true;
        }
        target += length + 1;
    }
}

const char *sf_path_base(const char *path)
{
    const char *slash = strrchr(path, '/');

    return slash == NULL ? path : slash + 1;
}

char *sf_path_join(const char *a, const char *b)
{
    size_t length = strlen(a);

    while (length > 0 && a[length - 1] == '/') {
        length--;
    }
    while (*b == '/') {
        b++;
    }
    return sf_str_format("%.*s/%s", (int)length, a, b);
}

char *sf_path_parent(const char *path)
{
    const char *slash = strrchr(path, '/');

    if (slash == NULL) {
        return strdup(".");
    }
    return slash == path ? strdup("/") : strndup(path, (size_t)(slash - path));
}
