/* Removes symbols and debug information: two thirds of a Slurm, and the names of build paths. */
#include "builder/pack/stage.h"

#include "builder/pack/build.h"
#include "builder/pack/elf_walk.h"
#include "common/base/error.h"
#include "common/base/log.h"
#include "common/base/path.h"
#include "common/content/elf_info.h"
#include "common/host/process.h"

static int strip_file(void *context, const char *path, const struct sf_elf_info *info,
                      struct sf_error *err)
{
    const struct sf_build *build = context;
    sf_autofree char *file = sf_path_join(build->tree_path, path);
    /* Plugins find the daemon's functions in its dynamic symbols, which stay either way. */
    const char *argv[] = {"strip", info->is_executable ? "--strip-all" : "--strip-unneeded",
                          "--enable-deterministic-archives", file, NULL};
    struct sf_process_options process = {.argv = argv};

    if (file == NULL) {
        return sf_error_no_memory(err);
    }
    return sf_process_check(&process, err);
}

int sf_stage_strip(struct sf_build *build, struct sf_error *err)
{
    const char *argv[] = {"strip", "--version", NULL};
    struct sf_process_options process = {.argv = argv};

    if (sf_process_check(&process, err) < 0) {
        sf_log(SF_LOG_WARNING, "%s, continuing without removing debug information", err->message);
        return 0;
    }
    return sf_elf_walk(build->tree_fd, strip_file, build, err);
}
