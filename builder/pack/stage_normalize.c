/* Takes directories out of the tree that hold nothing, as what was left out may have been all. */
#include "builder/pack/stage.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "builder/pack/build.h"
#include "common/base/error.h"
#include "common/base/path.h"
#include "common/base/strlist.h"
#include "common/host/dir.h"

static int list_directory(void *context, int dir_fd, const char *path, const struct stat *status,
                          struct sf_error *err)
{
    (void)dir_fd;
    return S_ISDIR(status->st_mode) ? sf_strlist_take(context, sf_path_join("view", path), err) : 0;
}

int sf_stage_normalize(struct sf_build *build, struct sf_error *err)
{
    sf_auto(strlist) struct sf_strlist directories = {0};
    int r = sf_dir_walk(build->tree_fd, "view", list_directory, &directories, err);

    /* Parents stand before what is in them, so from the end. */
    for (size_t i = directories.count; r == 0 && i > 0; i--) {
        if (unlinkat(build->tree_fd, directories.items[i - 1], AT_REMOVEDIR) < 0 &&
            errno != ENOTEMPTY && errno != EEXIST) {
            r = sf_error_errno(err, errno, "remove '%s'", directories.items[i - 1]);
        }
    }
    return r;
}
