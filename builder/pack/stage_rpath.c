/* Gives every ELF file that needs one a search path that starts at its own place. */
#include "builder/pack/stage.h"

#include "builder/pack/build.h"
#include "builder/pack/elf_walk.h"
#include "builder/pack/rpath.h"
#include "common/base/error.h"
#include "common/base/path.h"
#include "common/base/str.h"
#include "common/content/elf_info.h"
#include "common/host/process.h"

/* Files that only need glibc stay byte for byte as they were. */
static bool is_wanted(const struct sf_elf_info *info)
{
    if (info->rpath != NULL || (info->is_executable && info->needed.count > 0)) {
        return true;
    }
    for (size_t i = 0; i < info->needed.count; i++) {
        if (!sf_elf_is_glibc(info->needed.items[i])) {
            return true;
        }
    }
    return false;
}

static int set_rpath(void *context, const char *path, const struct sf_elf_info *info,
                     struct sf_error *err)
{
    const struct sf_build *build = context;

    if (!is_wanted(info)) {
        return 0;
    }

    sf_autofree char *file = sf_path_join(build->tree_path, path);
    sf_autofree char *rpath = sf_rpath_of(path);
    /* DT_RPATH, as it is searched for what plugins need too, and before LD_LIBRARY_PATH. */
    const char *argv[] = {"patchelf", "--force-rpath", "--set-rpath", rpath, file, NULL};
    struct sf_process_options process = {.argv = argv};

    if (file == NULL || rpath == NULL) {
        return sf_error_no_memory(err);
    }
    if (!info->is_runpath && info->rpath != NULL && sf_str_is_equal(info->rpath, rpath)) {
        return 0;
    }

    int r = sf_process_check(&process, err);

    return r < 0 ? sf_error_prefix(err, "set the search path of '%s': ", path) : 0;
}

int sf_stage_rpath(struct sf_build *build, struct sf_error *err)
{
    return sf_elf_walk(build->tree_fd, set_rpath, build, err);
}
