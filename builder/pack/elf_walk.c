/* The ELF files of a tree: list first, then visit, so that a visit may change the tree. */
#include "builder/pack/elf_walk.h"

#include <fcntl.h>
#include <sys/stat.h>

#include "common/base/error.h"
#include "common/base/path.h"
#include "common/base/strlist.h"
#include "common/content/elf_info.h"
#include "common/host/dir.h"

static int list_file(void *context, int dir_fd, const char *path, const struct stat *status,
                     struct sf_error *err)
{
    (void)dir_fd;
    return S_ISREG(status->st_mode) ? sf_strlist_take(context, sf_path_join("view", path), err) : 0;
}

static int read_at(int dir_fd, const char *path, struct sf_elf_info *ret, struct sf_error *err)
{
    sf_autoclose int fd = -1;
    int r = sf_dir_open_file(dir_fd, path, O_RDONLY, 0, &fd, err);

    if (r < 0) {
        return r;
    }
    return sf_elf_info_read(fd, path, ret, err);
}

int sf_elf_walk(int tree_fd, sf_elf_visit visit, void *context, struct sf_error *err)
{
    sf_auto(strlist) struct sf_strlist paths = {0};
    int r = sf_dir_walk(tree_fd, "view", list_file, &paths, err);

    sf_strlist_sort(&paths);
    for (size_t i = 0; r == 0 && i < paths.count; i++) {
        sf_auto(elf_info) struct sf_elf_info info = {0};

        r = read_at(tree_fd, paths.items[i], &info, err);
        if (r == 0 && info.is_elf) {
            r = visit(context, paths.items[i], &info, err);
        }
    }
    return r;
}
