/* slurmctld and slurmd start, also without a configuration, and run jobs. */
#include "builder/trial/trial_step.h"

#include <stdbool.h>
#include <string.h>
#include <unistd.h>

#include "builder/trial/trial.h"
#include "builder/trial/trial_cluster.h"
#include "builder/trial/trial_command.h"
#include "builder/trial/trial_daemon.h"
#include "builder/trial/trial_node.h"
#include "builder/trial/trial_run.h"
#include "common/base/clock.h"
#include "common/base/error.h"
#include "common/base/path.h"
#include "common/base/str.h"
#include "common/format/manifest.h"

#define JOB_S     60
#define IDLE_S    60
#define MAX_WORDS 4

/* Runs a program of the release; `words` ends with NULL. */
static int run_slurm(const struct sf_trial_run *run, const char *program, const char *const *words,
                     struct sf_buffer *output, struct sf_error *err)
{
    sf_autofree char *path = sf_trial_view(run, program);
    const char *argv[MAX_WORDS + 2] = {path};
    const struct sf_trial_command command = {.argv = argv, .timeout_s = JOB_S, .output = output};

    for (size_t i = 0; i < MAX_WORDS && words[i] != NULL; i++) {
        argv[i + 1] = words[i];
    }
    return path == NULL ? sf_error_no_memory(err) : sf_trial_command_check(run, &command, err);
}

static int wait_for_idle(const struct sf_trial_run *run, struct sf_error *err)
{
    static const char *const words[] = {"-h", "-o", "%t", NULL};
    const int64_t deadline_ms = sf_clock_monotonic_ms() + (int64_t)IDLE_S * 1000;

    for (;;) {
        sf_auto(buffer) struct sf_buffer text = {.limit_bytes = SF_TRIAL_OUTPUT_MAX};
        int r = run_slurm(run, "bin/sinfo", words, &text, err);

        if (r == 0 && sf_str_is_equal(sf_str_trim(text.data), "idle")) {
            return 0;
        }
        if (sf_trial_daemon_has_died()) {
            return sf_error_set(err, SF_E_UNHEALTHY, "a daemon ends at its start");
        }
        if (sf_clock_monotonic_ms() >= deadline_ms) {
            return r < 0 ? r
                         : sf_error_set(err, SF_E_UNHEALTHY,
                                        "the node is '%s' after %d s instead of idle",
                                        sf_str_trim(text.data), IDLE_S);
        }
        sf_trial_daemon_pause();
    }
}

/* The program that says the name of the host; small systems have only the second. */
static const char *hostname_program(void)
{
    return access("/usr/bin/hostname", X_OK) == 0 || access("/bin/hostname", X_OK) == 0 ? "hostname"
                                                                                        : "uname";
}

static int run_job(const struct sf_trial_run *run, const char *option, struct sf_error *err)
{
    sf_auto(buffer) struct sf_buffer text = {.limit_bytes = SF_TRIAL_OUTPUT_MAX};
    const char *program = hostname_program();
    const char *const words[] = {option, program, sf_str_is_equal(program, "uname") ? "-n" : NULL,
                                 NULL};
    int r = run_slurm(run, "bin/srun", words, &text, err);

    if (r == 0 && strstr(text.data, "sf-trial") == NULL) {
        r = sf_error_set(err, SF_E_UNHEALTHY, "the job says '%s' instead of the host's name",
                         sf_str_trim(text.data));
    }
    return r < 0 ? sf_error_prefix(err, "srun %s %s: ", option, program) : 0;
}

static bool has_pmix(const struct sf_manifest *manifest)
{
    for (size_t i = 0; i < manifest->file_count; i++) {
        if (sf_str_has_prefix(manifest->files[i].path, "view/lib/slurm/mpi_pmix")) {
            return true;
        }
    }
    return false;
}

static int run_jobs(const struct sf_trial_run *run, struct sf_error *err)
{
    int r = run_job(run, "-N1", err);

    if (r == 0 && sf_manifest_find(run->manifest, "view/lib/slurm/mpi_pmi2.so") != NULL) {
        r = run_job(run, "--mpi=pmi2", err);
    }
    if (r == 0 && has_pmix(run->manifest)) {
        r = run_job(run, "--mpi=pmix", err);
    }
    return r;
}

static int ask(const struct sf_trial_run *run, struct sf_error *err)
{
    static const char *const ping[] = {"ping", NULL};
    static const char *const nodes[] = {"-Nel", NULL};
    static const char *const node[] = {"show", "node", NULL};
    int r = run_slurm(run, "bin/scontrol", ping, NULL, err);

    if (r == 0) {
        r = run_slurm(run, "bin/sinfo", nodes, NULL, err);
    }
    return r < 0 ? r : run_slurm(run, "bin/scontrol", node, NULL, err);
}

/* In the foreground, as its unit has it; on the way into the background slurmd loses what serves
 * auth/slurm to clients, before 24.05. */
static int start_daemon(const struct sf_trial_run *run, const char *program,
                        const char *const *words, pid_t *ret_pid, struct sf_error *err)
{
    sf_autofree char *path = sf_trial_view(run, program);
    const char *argv[MAX_WORDS + 3] = {path, "-D"};

    for (size_t i = 0; i < MAX_WORDS && words[i] != NULL; i++) {
        argv[i + 2] = words[i];
    }
    return path == NULL ? sf_error_no_memory(err)
                        : sf_trial_daemon_start(argv, run->trial->log_fd, ret_pid, err);
}

/* Not while it ends a job: what is told to it then, it may wait for in vain. */
static int stop_slurmd(const struct sf_trial_run *run, pid_t pid, struct sf_error *err)
{
    int r = wait_for_idle(run, err);

    return r < 0 ? r : sf_trial_daemon_stop("slurmd", pid, err);
}

/* slurmd with a configuration of its own, then with what slurmctld gives it. */
static int try_slurmd(const struct sf_trial_run *run, struct sf_error *err)
{
    static const char *const plain[] = {"-N", "localhost", NULL};
    static const char *const configless[] = {"-N", "localhost", "--conf-server", "localhost", NULL};
    pid_t pid = 0;
    int r = start_daemon(run, "sbin/slurmd", plain, &pid, err);

    if (r == 0) {
        r = wait_for_idle(run, err);
    }
    if (r == 0) {
        r = ask(run, err);
    }
    if (r == 0) {
        r = run_jobs(run, err);
    }
    if (r == 0) {
        r = stop_slurmd(run, pid, err);
    }
    if (r < 0) {
        return r;
    }

    r = start_daemon(run, "sbin/slurmd", configless, &pid, err);
    if (r == 0) {
        r = sf_trial_daemon_wait_port(SF_TRIAL_SLURMD_PORT, err);
    }
    if (r == 0) {
        r = run_job(run, "-N1", err);
    }
    if (r == 0) {
        r = stop_slurmd(run, pid, err);
    }
    return r < 0 ? sf_error_prefix(err, "configless: ") : 0;
}

static int try_daemons(const struct sf_trial_run *run, struct sf_error *err)
{
    static const char *const none[] = {NULL};
    pid_t pid = 0;
    int r = sf_trial_daemon_address(err);

    if (r == 0) {
        r = start_daemon(run, "sbin/slurmctld", none, &pid, err);
    }
    if (r == 0) {
        r = sf_trial_daemon_wait_port(SF_TRIAL_SLURMCTLD_PORT, err);
    }
    if (r == 0) {
        r = try_slurmd(run, err);
    }
    return r < 0 ? r : sf_trial_daemon_stop("slurmctld", pid, err);
}

static int look(struct sf_trial_run *run, struct sf_error *err)
{
    static const char *const logs[] = {SF_TRIAL_LOGS "/slurmctld.log", SF_TRIAL_LOGS "/slurmd.log"};
    int r = try_daemons(run, err);
    bool is_said = r == 0;

    for (size_t i = 0; i < sizeof logs / sizeof *logs; i++) {
        sf_autofree char *fatal = is_said ? NULL : sf_trial_daemon_fatal(logs[i]);

        sf_trial_log_file(run, logs[i]);
        if (fatal != NULL) {
            (void)sf_error_prefix(err, "%s says '%s': ", sf_path_base(logs[i]), fatal);
            is_said = true;
        }
    }
    if (r < 0) {
        return sf_error_recode(err, SF_E_UNHEALTHY);
    }
    sf_trial_note(run, "slurmctld and slurmd run jobs%s",
                  has_pmix(run->manifest) ? ", with pmix, too" : "");
    return 0;
}

int sf_step_daemons(struct sf_trial_run *run, struct sf_error *err)
{
    return sf_trial_node_run(run, look, err);
}
