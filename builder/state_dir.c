/* The directory in which builds are kept between runs. */
#include "builder/state_dir.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/base/cleanup.h"
#include "common/base/error.h"
#include "common/base/path.h"
#include "common/host/dir.h"

#define NAME "sf-builder"

int sf_absolute_path(const char *path, char **ret, struct sf_error *err)
{
    sf_autofree char *here = path[0] == '/' ? NULL : getcwd(NULL, 0);

    if (path[0] != '/' && here == NULL) {
        return sf_error_errno(err, errno, "find the current directory");
    }
    *ret = here == NULL ? strdup(path) : sf_path_join(here, path);
    return *ret == NULL ? sf_error_no_memory(err) : 0;
}

int sf_state_dir(const char *option, char **ret, struct sf_error *err)
{
    const char *cache = getenv("XDG_CACHE_HOME");
    const char *home = getenv("HOME");
    sf_autofree char *path = NULL;

    if (option != NULL) {
        return sf_absolute_path(option, ret, err);
    }
    /* A relative one is to be ignored, says the specification. */
    if (cache != NULL && cache[0] == '/') {
        path = sf_path_join(cache, NAME);
    } else if (home != NULL && home[0] == '/') {
        path = sf_path_join(home, ".cache/" NAME);
    } else {
        return sf_error_set(err, SF_E_USAGE,
                            "neither XDG_CACHE_HOME nor HOME is set: say with --state where builds "
                            "are to be kept");
    }
    *ret = sf_steal(&path);
    return *ret == NULL ? sf_error_no_memory(err) : 0;
}

int sf_state_dir_open(const char *state, const char *name, int *ret_fd, struct sf_error *err)
{
    sf_autofree char *path = sf_path_join(state, name);
    sf_autoclose int top_fd = -1;
    int r = path == NULL ? sf_error_no_memory(err) : sf_dir_open_follow("/", &top_fd, err);

    return r < 0 ? r : sf_dir_make_in_root(top_fd, path, 0755, ret_fd, err);
}
