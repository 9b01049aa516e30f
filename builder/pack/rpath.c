/* Search paths for libraries, relative to the file that has them. */
#include "builder/pack/rpath.h"

#include <stdlib.h>
#include <string.h>

#include "common/base/cleanup.h"
#include "common/base/path.h"
#include "common/base/str.h"

/* From the file's directory up to view/: "/.." for each directory between. */
static char *way_up(const char *path)
{
    char *up = calloc(strlen(path) + 1, 3);
    size_t length = 0;
    const char *slash = strchr(path, '/');

    while (up != NULL && slash != NULL && (slash = strchr(slash + 1, '/')) != NULL) {
        memcpy(up + length, "/..", 3);
        length += 3;
    }
    return up;
}

char *sf_rpath_of(const char *path)
{
    sf_autofree char *directory = sf_path_parent(path);
    sf_autofree char *up = way_up(path);

    if (directory == NULL || up == NULL) {
        return NULL;
    }
    if (sf_str_is_equal(directory, "view/lib")) {
        /* libpmi is loaded by programs of others, and needs what is among the plugins. */
        return strdup("$ORIGIN:$ORIGIN/slurm");
    }
    if (sf_str_is_equal(directory, "view/lib/slurm")) {
        return strdup("$ORIGIN:$ORIGIN/..");
    }
    return sf_str_format("$ORIGIN%s/lib:$ORIGIN%s/lib/slurm", up, up);
}
