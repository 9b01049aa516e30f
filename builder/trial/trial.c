/*
 * The test of an artifact: its steps, one after the other, until one fails.
 *
 * What slurm-factory tests of a tarball, and where that is here:
 *
 *   the file is there under the exact name of version, toolchain and architecture   index
 *   each program has a time limit                                                    all
 *   a root of the toolchain's distribution; theirs with compilers, ours without      all
 *   unpacked as root in another place than the default                               install
 *   SLURM_INSTALL_PREFIX, MODULEPATH, `module load slurm` without a version          modules
 *   bin/scontrol is there, sinfo -V ends with 0                                      modules
 *   auth/slurm with 1024 random bytes; our slurm.conf has no PluginDir               daemons
 *   slurmctld and slurmd start; scontrol ping, sinfo -Nel, scontrol show node,
 *   srun -N1 hostname                                                                daemons
 *   the signature is verified before anything is unpacked                            install
 *   munge, jwt and jansson are in the tree                                           contents
 *   tested before it is signed                                                       its caller
 *
 * And beyond: no LD_LIBRARY_PATH anywhere; every ELF file's libraries, architecture and glibc;
 * every plugin; no placeholder or path of the build; configless; --mpi=pmi2 and --mpi=pmix.
 */
#include "builder/trial/trial.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "builder/repository/publish.h"
#include "builder/trial/trial_node.h"
#include "builder/trial/trial_run.h"
#include "builder/trial/trial_step.h"
#include "common/base/buffer.h"
#include "common/base/error.h"
#include "common/base/str.h"
#include "common/format/manifest.h"
#include "common/format/prefix.h"
#include "common/host/dir.h"
#include "common/host/glibc.h"
#include "common/host/toolchain.h"

static const struct {
    const char *name;
    int (*run)(struct sf_trial_run *run, struct sf_error *err);
    const char *slurm_root;
} steps[] = {
    {"index", sf_step_index, SF_TRIAL_OTHER_ROOT},
    {"install", sf_step_install, SF_TRIAL_OTHER_ROOT},
    {"contents", sf_step_contents, SF_TRIAL_OTHER_ROOT},
    {"closure", sf_step_closure, SF_TRIAL_OTHER_ROOT},
    {"plugins", sf_step_plugins, SF_TRIAL_OTHER_ROOT},
    {"paths", sf_step_paths, SF_TRIAL_OTHER_ROOT},
    {"programs", sf_step_programs, SF_TRIAL_OTHER_ROOT},
    {"modules", sf_step_modules, SF_TRIAL_OTHER_ROOT},
    {"daemons", sf_step_daemons, SF_TRIAL_OTHER_ROOT},
    {"default-root", sf_step_default_root, SF_PREFIX_DEFAULT_ROOT},
};

static int read_manifest(const struct sf_trial *trial, struct sf_manifest **ret,
                         struct sf_error *err)
{
    sf_auto(buffer) struct sf_buffer text = {.limit_bytes = SF_MANIFEST_MAX_BYTES};
    sf_autofree char *artifact = sf_release_artifact_path(trial->release);
    sf_autofree char *path =
        artifact == NULL ? NULL : sf_str_format("%s%s", artifact, SF_PUBLISH_MANIFEST_SUFFIX);
    sf_autoclose int repository_fd = -1;
    int r = path == NULL ? sf_error_no_memory(err)
                         : sf_dir_open_follow(trial->repository, &repository_fd, err);

    if (r == 0) {
        r = sf_dir_read_file(repository_fd, path, &text, err);
    }
    return r < 0 ? r : sf_manifest_parse(text.data, text.size, ret, err);
}

/* The glibc of the toolchain; of one that is only the site's, the root's. */
static int read_glibc(const struct sf_trial *trial, char ret[static 16], struct sf_error *err)
{
    const struct sf_toolchain *known =
        sf_toolchain_find(trial->release->toolchain, /* site= */ NULL, 0);
    sf_autoclose int root_fd = -1;

    if (known != NULL) {
        (void)snprintf(ret, 16, "%s", known->glibc);
        return 0;
    }

    int r = sf_dir_open_follow(trial->root, &root_fd, err);

    return r < 0 ? r : sf_glibc_version(root_fd, trial->release->arch, ret, err);
}

/* Nothing of a test before this one, and nothing of this one afterwards. */
static int empty_work(const char *work, struct sf_error *err)
{
    sf_auto(strlist) struct sf_strlist names = {0};
    sf_autoclose int work_fd = -1;
    int r = mkdir(work, 0700) < 0 && errno != EEXIST
                ? sf_error_errno(err, errno, "make the directory '%s'", work)
                : sf_dir_open_follow(work, &work_fd, err);

    if (r == 0) {
        r = sf_dir_list(work_fd, ".", &names, err);
    }
    for (size_t i = 0; r == 0 && i < names.count; i++) {
        r = sf_dir_remove(work_fd, names.items[i], err);
    }
    return r;
}

static int run_step(struct sf_trial_run *run, size_t index, struct sf_error *err)
{
    sf_autofree char *tree = sf_str_format("%s/releases/%s", steps[index].slurm_root, run->id);

    if (tree == NULL) {
        return sf_error_no_memory(err);
    }
    run->slurm_root = steps[index].slurm_root;
    run->node = sf_str_is_equal(run->slurm_root, SF_PREFIX_DEFAULT_ROOT) ? "default" : "node";
    run->tree = tree;
    run->note[0] = '\0';

    int r = steps[index].run(run, err);

    run->tree = NULL;
    return r;
}

static int run_steps(struct sf_trial_run *run, sf_trial_report report, void *context,
                     struct sf_error *err)
{
    int r = 0;

    for (size_t i = 0; r == 0 && i < sizeof steps / sizeof *steps; i++) {
        r = run_step(run, i, err);
        report(context, steps[i].name, run->note, r < 0 ? err->message : NULL);
        if (r < 0) {
            (void)sf_error_prefix(err, "%s: ", steps[i].name);
        }
    }
    return r;
}

/* Says in the first line of the report what was hidden. */
static int report_compilers(const struct sf_trial *trial, sf_trial_report report, void *context,
                            struct sf_error *err)
{
    sf_auto(strlist) struct sf_strlist hidden = {0};
    char note[SF_TRIAL_NOTE_SIZE];
    int r = sf_trial_node_compilers(trial->root, &hidden, err);

    if (r == 0) {
        (void)snprintf(note, sizeof note,
                       hidden.count == 0 ? "%s has no compilers" : "compilers of %s are hidden",
                       trial->root);
        report(context, "root", note, NULL);
    }
    return r;
}

/* A user's own namespace has one user and no groups to set, which slurmd does before all else. */
int sf_trial_check_user(struct sf_error *err)
{
    return geteuid() == 0
               ? 0
               : sf_error_set(err, SF_E_PERMISSION,
                              "Slurm's daemons can only be tried by root: run this as root, or in "
                              "a container with --privileged");
}

int sf_trial_run(const struct sf_trial *trial, sf_trial_report report, void *context,
                 struct sf_error *err)
{
    sf_auto(manifest) struct sf_manifest *manifest = NULL;
    struct sf_trial_run run = {.trial = trial};
    struct sf_error ignored;
    int r = sf_trial_check_user(err);

    sf_release_format(trial->release, run.id);
    if (r == 0) {
        r = read_manifest(trial, &manifest, err);
        run.manifest = manifest;
    }
    if (r == 0) {
        r = read_glibc(trial, run.glibc, err);
    }
    if (r == 0) {
        r = empty_work(trial->work, err);
    }
    if (r == 0) {
        r = report_compilers(trial, report, context, err);
    }
    if (r < 0) {
        return sf_error_prefix(err, "testing %s: ", run.id);
    }

    /* Shared with the sandboxes: what else they change in memory is lost. */
    run.note =
        mmap(NULL, SF_TRIAL_NOTE_SIZE, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (run.note == MAP_FAILED) {
        return sf_error_no_memory(err);
    }
    r = run_steps(&run, report, context, err);
    (void)munmap(run.note, SF_TRIAL_NOTE_SIZE);
    (void)empty_work(trial->work, &ignored);
    return r < 0 ? sf_error_prefix(err, "testing %s: ", run.id) : 0;
}
