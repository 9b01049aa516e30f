/* Each program comes as far as its own code, and those of Slurm say the release's version. */
#include "builder/trial/trial_step.h"

#include <fcntl.h>
#include <string.h>

#include "builder/trial/loader_output.h"
#include "builder/trial/trial.h"
#include "builder/trial/trial_command.h"
#include "builder/trial/trial_node.h"
#include "builder/trial/trial_run.h"
#include "common/base/error.h"
#include "common/base/str.h"
#include "common/base/strlist.h"
#include "common/content/elf_info.h"
#include "common/host/dir.h"

#define TIMEOUT_S 20

/* These have -V, and say it without a daemon; sreport, slurmstepd and sackd for example do not. */
static const char *const have_version[] = {
    "sacct",    "sacctmgr", "salloc", "sattach",   "sbatch",   "sbcast",  "scancel",
    "scontrol", "sdiag",    "sinfo",  "slurmctld", "slurmd",   "sprio",   "slurmrestd",
    "squeue",   "sshare",   "srun",   "sstat",     "strigger", "slurmdbd"};

static const char *const directories[] = {"bin", "sbin"};

static bool has_version(const char *name)
{
    for (size_t i = 0; i < sizeof have_version / sizeof *have_version; i++) {
        if (sf_str_is_equal(have_version[i], name)) {
            return true;
        }
    }
    return false;
}

static int check_answer(const struct sf_trial_run *run, const char *name, const char *text,
                        int status, struct sf_error *err)
{
    const char *version = run->trial->release->version;
    sf_autofree char *failure = sf_loader_failure(text, status);
    sf_autofree char *expected = sf_str_format("slurm %s", version);
    sf_autofree char *printable = sf_str_printable(text);

    if (expected == NULL || printable == NULL) {
        return sf_error_no_memory(err);
    }
    if (failure != NULL) {
        return sf_error_set(err, SF_E_UNHEALTHY, "%s does not start: %s", name, failure);
    }
    if (has_version(name) && (status != 0 || strstr(text, expected) == NULL)) {
        return sf_error_set(err, SF_E_UNHEALTHY,
                            "%s -V says '%s' with status %d instead of '%s' with 0", name,
                            printable, status, expected);
    }
    return 0;
}

static int is_program(int dir_fd, const char *name, bool *ret, struct sf_error *err)
{
    sf_auto(elf_info) struct sf_elf_info info = {0};
    sf_autoclose int fd = openat(dir_fd, name, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
    int r = fd < 0 ? 0 : sf_elf_info_read(fd, name, &info, err);

    *ret = r == 0 && info.is_executable;
    return r;
}

static int run_program(const struct sf_trial_run *run, const char *directory, const char *name,
                       struct sf_error *err)
{
    sf_auto(buffer) struct sf_buffer text = {.limit_bytes = SF_TRIAL_OUTPUT_MAX};
    sf_autofree char *path = sf_str_format("%s/view/%s/%s", run->tree, directory, name);
    const char *const argv[] = {path, "-V", NULL};
    const struct sf_trial_command command = {.argv = argv, .timeout_s = TIMEOUT_S, .output = &text};
    int status = 0;
    int r =
        path == NULL ? sf_error_no_memory(err) : sf_trial_command_run(run, &command, &status, err);

    if (r < 0) {
        return sf_error_recode(err, SF_E_UNHEALTHY);
    }
    return check_answer(run, name, sf_str_trim(text.data), status, err);
}

static int run_directory(const struct sf_trial_run *run, const char *directory, size_t *count,
                         struct sf_error *err)
{
    sf_auto(strlist) struct sf_strlist names = {0};
    sf_autofree char *path = sf_trial_view(run, directory);
    sf_autoclose int dir_fd = -1;
    int r = path == NULL ? sf_error_no_memory(err) : sf_dir_open_follow(path, &dir_fd, err);

    if (r == 0) {
        r = sf_dir_list(dir_fd, ".", &names, err);
    }
    for (size_t i = 0; r == 0 && i < names.count; i++) {
        bool is_one = false;

        r = is_program(dir_fd, names.items[i], &is_one, err);
        if (r == 0 && is_one) {
            r = run_program(run, directory, names.items[i], err);
            (*count)++;
        }
    }
    return r;
}

static int look(struct sf_trial_run *run, struct sf_error *err)
{
    size_t count = 0;
    int r = 0;

    for (size_t i = 0; r == 0 && i < sizeof directories / sizeof *directories; i++) {
        r = run_directory(run, directories[i], &count, err);
    }
    if (r == 0) {
        sf_trial_note(run, "%zu programs start", count);
    }
    return r;
}

int sf_step_programs(struct sf_trial_run *run, struct sf_error *err)
{
    return sf_trial_node_run(run, look, err);
}

int sf_step_default_root(struct sf_trial_run *run, struct sf_error *err)
{
    int r = sf_trial_node_make(run, err);

    if (r == 0) {
        r = sf_step_install(run, err);
    }
    if (r == 0) {
        r = sf_step_programs(run, err);
    }
    if (r == 0) {
        sf_trial_note(run, "below %s the programs start, too", run->slurm_root);
    }
    return r;
}
