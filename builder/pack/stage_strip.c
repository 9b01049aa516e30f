/* Removes symbols and debug information: two thirds of a Slurm, and the names of build paths. What
 * a debugger needs goes to files of its own. */
#include "builder/pack/stage.h"

#include <fcntl.h>
#include <string.h>

#include "builder/pack/build.h"
#include "builder/pack/elf_debug.h"
#include "builder/pack/elf_walk.h"
#include "common/base/error.h"
#include "common/base/path.h"
#include "common/base/str.h"
#include "common/content/elf_info.h"
#include "common/host/cpu.h"
#include "common/host/dir.h"
#include "common/host/process.h"

const char *sf_strip_program(const char *arch)
{
    if (strcmp(arch, sf_cpu_arch()) == 0) {
        return "strip";
    }
    return strcmp(arch, "arm64") == 0 ? "aarch64-linux-gnu-strip" : "x86_64-linux-gnu-strip";
}

/* Writes the debug information of `file` to `path` below work/debug, which debuggers find by the
 * file's build id. */
static int split(const struct sf_build *build, const char *file, const char *path,
                 struct sf_error *err)
{
    sf_autofree char *below = sf_path_join(SF_BUILD_DEBUG, path);
    sf_autofree char *directory = below == NULL ? NULL : sf_path_parent(below);
    sf_autofree char *to = sf_str_format("%s/../%s/%s", build->tree_path, SF_BUILD_DEBUG, path);
    const char *argv[] = {
        sf_strip_program(build->release.arch), "--only-keep-debug", "-o", to, file, NULL};
    struct sf_process_options process = {.argv = argv};

    if (below == NULL || directory == NULL || to == NULL) {
        return sf_error_no_memory(err);
    }
    /* Copies of a file have its id. */
    if (sf_dir_has(build->work_fd, below)) {
        return 0;
    }

    int r = sf_dir_make(build->work_fd, directory, err);

    return r < 0 ? r : sf_process_check(&process, err);
}

static int split_file(struct sf_build *build, const char *path, const char *file,
                      struct sf_error *err)
{
    struct sf_elf_debug debug;
    sf_autoclose int fd = -1;
    int r = sf_dir_open_file(build->tree_fd, path, O_RDONLY, 0, &fd, err);

    if (r == 0) {
        r = sf_elf_debug_read(fd, path, &debug, err);
    }
    if (r < 0 || !debug.has_debug) {
        return r;
    }

    sf_autofree char *to = sf_elf_debug_path(&debug);

    /* Without a build id nobody could find it. */
    if (to == NULL) {
        return 0;
    }
    build->has_debug = true;
    return split(build, file, to, err);
}

static int strip_file(void *context, const char *path, const struct sf_elf_info *info,
                      struct sf_error *err)
{
    struct sf_build *build = context;
    sf_autofree char *file = sf_path_join(build->tree_path, path);
    /* Plugins find the daemon's functions in its dynamic symbols, which stay either way. */
    const char *argv[] = {sf_strip_program(build->release.arch),
                          info->is_executable ? "--strip-all" : "--strip-unneeded",
                          "--enable-deterministic-archives", file, NULL};
    struct sf_process_options process = {.argv = argv};
    int r = file == NULL ? sf_error_no_memory(err) : 0;

    if (r == 0 && !build->drops_debug) {
        r = split_file(build, path, file, err);
    }
    return r < 0 ? r : sf_process_check(&process, err);
}

int sf_stage_strip(struct sf_build *build, struct sf_error *err)
{
    return sf_elf_walk(build->tree_fd, strip_file, build, err);
}
