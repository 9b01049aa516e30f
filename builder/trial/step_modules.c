/* `module load slurm`, without a version, gives PATH the release. */
#include "builder/trial/trial_step.h"

#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "builder/trial/module_output.h"
#include "builder/trial/trial.h"
#include "builder/trial/trial_command.h"
#include "builder/trial/trial_node.h"
#include "builder/trial/trial_run.h"
#include "common/base/error.h"
#include "common/base/str.h"
#include "common/base/strlist.h"
#include "common/host/dir.h"

#define MAX_MODULEFILE 65536

/* What a login shell's `module` runs, where distributions have it. */
static const struct {
    const char *name;
    const char *path;
} systems[] = {
    {"Lmod", "/usr/share/lmod/lmod/libexec/lmod"},
    {"Environment Modules", "/usr/lib/x86_64-linux-gnu/modulecmd.tcl"},
    {"Environment Modules", "/usr/lib/aarch64-linux-gnu/modulecmd.tcl"},
    {"Environment Modules", "/usr/share/Modules/libexec/modulecmd.tcl"},
    {"Environment Modules", "/usr/share/modules/libexec/modulecmd.tcl"},
};

/* What a module system says, on one line: its errors are drawn over several. */
static int refused(const char *text, struct sf_error *err)
{
    sf_auto(strlist) struct sf_strlist words = {0};
    int r = sf_strlist_add_words(&words, text, err);
    sf_autofree char *line = r < 0 ? NULL : sf_strlist_join(&words, " ");

    return line == NULL ? sf_error_no_memory(err)
                        : sf_error_set(err, SF_E_UNHEALTHY, "module load slurm: %s", line);
}

/* The PATH that `system` gives to a shell that loads the module. */
static int load(const struct sf_trial_run *run, const char *system, char **ret_path,
                struct sf_error *err)
{
    sf_auto(buffer) struct sf_buffer text = {.limit_bytes = SF_TRIAL_OUTPUT_MAX};
    sf_autofree char *modulepath = sf_str_format("MODULEPATH=%s/modules", run->slurm_root);
    const char *const argv[] = {system, "bash", "load", "slurm", NULL};
    const char *const environment[] = {modulepath, "HOME=/tmp", NULL};
    const struct sf_trial_command command = {
        .argv = argv, .environment = environment, .output = &text};
    int status = 0;
    int r = modulepath == NULL ? sf_error_no_memory(err)
                               : sf_trial_command_run(run, &command, &status, err);

    if (r < 0) {
        return r;
    }
    *ret_path = status == 0 ? sf_module_output_value(text.data, "PATH") : NULL;
    return *ret_path == NULL ? refused(text.data, err) : 0;
}

static int check_path(const struct sf_trial_run *run, const char *path, struct sf_error *err)
{
    sf_autofree char *expected = sf_str_format("%s/view/bin:", run->tree);

    if (expected == NULL) {
        return sf_error_no_memory(err);
    }
    return strstr(path, expected) != NULL
               ? 0
               : sf_error_set(err, SF_E_UNHEALTHY,
                              "module load slurm gives the PATH '%s', without '%s/view/bin'", path,
                              run->tree);
}

/* By it the modulefile sees that there is a Slurm. */
static int check_scontrol(const struct sf_trial_run *run, struct sf_error *err)
{
    sf_autofree char *scontrol = sf_trial_view(run, "bin/scontrol");

    if (scontrol == NULL) {
        return sf_error_no_memory(err);
    }
    return access(scontrol, X_OK) == 0
               ? 0
               : sf_error_set(err, SF_E_UNHEALTHY,
                              "bin/scontrol is missing, so that no modulefile loads");
}

/* sinfo, found by that PATH alone. */
static int run_sinfo(const struct sf_trial_run *run, const char *path, struct sf_error *err)
{
    sf_auto(buffer) struct sf_buffer text = {.limit_bytes = SF_TRIAL_OUTPUT_MAX};
    sf_autofree char *setting = sf_str_format("PATH=%s", path);
    const char *const argv[] = {"env", setting, "sinfo", "-V", NULL};
    const struct sf_trial_command command = {.argv = argv, .output = &text};
    int r = setting == NULL ? sf_error_no_memory(err) : sf_trial_command_check(run, &command, err);

    if (r == 0 && strstr(text.data, run->trial->release->version) == NULL) {
        r = sf_error_set(err, SF_E_UNHEALTHY, "sinfo -V says '%s' after module load slurm",
                         sf_str_trim(text.data));
    }
    return r;
}

static int load_with(const struct sf_trial_run *run, const char *system, struct sf_error *err)
{
    sf_autofree char *path = NULL;
    int r = load(run, system, &path, err);

    if (r == 0) {
        r = check_path(run, path, err);
    }
    return r < 0 ? r : run_sinfo(run, path, err);
}

/* Without a module system there is only the text to look at. */
static int read_modulefiles(const struct sf_trial_run *run, struct sf_error *err)
{
    static const char *const names[] = {"meta/modules/slurm.lua", "meta/modules/slurm.tcl"};
    sf_autofree char *prefix = sf_str_format("%s/view", run->tree);
    sf_autoclose int tree_fd = -1;
    int r = prefix == NULL ? sf_error_no_memory(err) : sf_dir_open_follow(run->tree, &tree_fd, err);

    for (size_t i = 0; r == 0 && i < sizeof names / sizeof *names; i++) {
        sf_auto(buffer) struct sf_buffer text = {.limit_bytes = MAX_MODULEFILE};

        r = sf_dir_read_file(tree_fd, names[i], &text, err);
        if (r == 0 && (text.size == 0 || strstr(text.data, prefix) == NULL)) {
            r = sf_error_set(err, SF_E_UNHEALTHY, "%s does not name '%s'", names[i], prefix);
        }
    }
    return r;
}

static int look(struct sf_trial_run *run, struct sf_error *err)
{
    const char *found = NULL;
    int r = check_scontrol(run, err);

    for (size_t i = 0; r == 0 && i < sizeof systems / sizeof *systems; i++) {
        if (access(systems[i].path, F_OK) == 0) {
            found = systems[i].name;
            r = load_with(run, systems[i].path, err);
        }
    }
    if (r == 0 && found == NULL) {
        r = read_modulefiles(run, err);
    }
    if (r < 0) {
        return found == NULL ? r : sf_error_prefix(err, "%s: ", found);
    }
    if (found == NULL) {
        sf_trial_note(run, "no module system in the root, the modulefiles were only read");
    } else {
        sf_trial_note(run, "%s loads slurm", found);
    }
    return 0;
}

int sf_step_modules(struct sf_trial_run *run, struct sf_error *err)
{
    return sf_trial_node_run(run, look, err);
}
