/* Each ELF file gets its libraries from the release, as the dynamic linker of the root finds them.
 */
#include "builder/trial/trial_step.h"

#include <fnmatch.h>
#include <string.h>

#include "builder/pack/elf_walk.h"
#include "builder/trial/loader_output.h"
#include "builder/trial/trial.h"
#include "builder/trial/trial_command.h"
#include "builder/trial/trial_node.h"
#include "builder/trial/trial_run.h"
#include "common/base/error.h"
#include "common/base/str.h"
#include "common/base/strlist.h"
#include "common/content/closure.h"
#include "common/content/elf_info.h"
#include "common/format/manifest.h"
#include "common/host/dir.h"

/* What the tree is made of. */
struct survey {
    struct sf_strlist files;  /* ELF files that need libraries, "view/bin/sinfo" */
    struct sf_strlist needed; /* what any of them needs itself */
};

static const char *loader_of(const char *arch)
{
    return sf_str_is_equal(arch, "arm64") ? "/lib/ld-linux-aarch64.so.1"
                                          : "/lib64/ld-linux-x86-64.so.2";
}

static int visit(void *context, const char *path, const struct sf_elf_info *info,
                 struct sf_error *err)
{
    struct survey *survey = context;
    int r = info->needed.count == 0 ? 0 : sf_strlist_add(&survey->files, path, err);

    for (size_t i = 0; r == 0 && i < info->needed.count; i++) {
        if (!sf_strlist_has(&survey->needed, info->needed.items[i])) {
            r = sf_strlist_add(&survey->needed, info->needed.items[i], err);
        }
    }
    return r;
}

static bool may_be_outside(const struct sf_trial_run *run, const char *name)
{
    const struct sf_strlist *patterns = &run->manifest->host_libraries;

    for (size_t i = 0; i < patterns->count; i++) {
        if (fnmatch(patterns->items[i], name, 0) == 0) {
            return true;
        }
    }
    return sf_elf_is_glibc(name);
}

/* A library that only libraries of the host need may be theirs. */
static int check_library(const struct sf_trial_run *run, const struct survey *survey,
                         const char *name, const char *path, struct sf_error *err)
{
    size_t length = strlen(run->tree);

    if (*path == '\0') {
        return sf_error_set(err, SF_E_UNHEALTHY, "needs %s, which the dynamic linker does not find",
                            name);
    }
    if ((strncmp(path, run->tree, length) == 0 && path[length] == '/') ||
        may_be_outside(run, name) || !sf_strlist_has(&survey->needed, name)) {
        return 0;
    }
    return sf_error_set(err, SF_E_UNHEALTHY,
                        "gets %s from %s: it has to be in the release, for it is neither of glibc "
                        "nor a host library of the recipe",
                        name, path);
}

static int check_output(const struct sf_trial_run *run, const struct survey *survey,
                        const struct sf_loader_output *output, int status, struct sf_error *err)
{
    int r = 0;

    for (size_t i = 0; r == 0 && i < output->names.count; i++) {
        r = check_library(run, survey, output->names.items[i], output->paths.items[i], err);
    }
    if (r == 0 && (status != 0 || output->problem != NULL)) {
        r = sf_error_set(err, SF_E_UNHEALTHY, "%s",
                         output->problem == NULL ? "the dynamic linker gives up on it"
                                                 : output->problem);
    }
    return r;
}

static int check_file(const struct sf_trial_run *run, const struct survey *survey, const char *file,
                      struct sf_error *err)
{
    sf_auto(buffer) struct sf_buffer text = {.limit_bytes = SF_TRIAL_OUTPUT_MAX};
    sf_auto(loader_output) struct sf_loader_output output = {0};
    sf_autofree char *path = sf_str_format("%s/%s", run->tree, file);
    const char *const argv[] = {loader_of(run->trial->release->arch), path, NULL};
    /* As ldd(1): with --list the linker would not go on after a library that is missing. */
    const char *const environment[] = {"LD_TRACE_LOADED_OBJECTS=1", NULL};
    const struct sf_trial_command command = {
        .argv = argv, .environment = environment, .output = &text};
    int status = 0;
    int r =
        path == NULL ? sf_error_no_memory(err) : sf_trial_command_run(run, &command, &status, err);

    if (r == 0) {
        r = sf_loader_output_parse(text.data, &output, err);
    }
    return r < 0 ? r : check_output(run, survey, &output, status, err);
}

/* What the files say of themselves, against the toolchain rather than the root that is here. */
static int check_headers(const struct sf_trial_run *run, int tree_fd, char glibc[static 16],
                         struct sf_error *err)
{
    const struct sf_closure closure = {.tree_fd = tree_fd,
                                       .arch = run->trial->release->arch,
                                       .glibc = run->glibc,
                                       .host_libraries = &run->manifest->host_libraries};
    int r = sf_closure_check(&closure, glibc, err);

    return r == -(int)SF_E_INCOMPATIBLE ? sf_error_recode(err, SF_E_UNHEALTHY) : r;
}

static int look(struct sf_trial_run *run, struct sf_error *err)
{
    struct survey survey = {0};
    sf_autoclose int tree_fd = -1;
    char glibc[16] = "";
    int r = sf_dir_open_follow(run->tree, &tree_fd, err);

    if (r == 0) {
        r = check_headers(run, tree_fd, glibc, err);
    }
    if (r == 0) {
        r = sf_elf_walk(tree_fd, visit, &survey, err);
    }
    for (size_t i = 0; r == 0 && i < survey.files.count; i++) {
        if (check_file(run, &survey, survey.files.items[i], err) < 0) {
            r = sf_error_prefix(err, "%s: ", survey.files.items[i]);
        }
    }
    if (r == 0) {
        sf_trial_note(run, "%zu ELF files find their libraries, glibc %s is enough",
                      survey.files.count, glibc);
    }
    sf_strlist_done(&survey.files);
    sf_strlist_done(&survey.needed);
    return r;
}

int sf_step_closure(struct sf_trial_run *run, struct sf_error *err)
{
    return sf_trial_node_run(run, look, err);
}
