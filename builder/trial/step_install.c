/* The artifact as a node gets it: an index signed for the occasion, and sf-agent. */
#include "builder/trial/trial_step.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "builder/pack/copy_file.h"
#include "builder/repository/index_scan.h"
#include "builder/repository/index_series.h"
#include "builder/repository/publish.h"
#include "builder/trial/trial.h"
#include "builder/trial/trial_command.h"
#include "builder/trial/trial_key.h"
#include "builder/trial/trial_node.h"
#include "builder/trial/trial_run.h"
#include "common/base/clock.h"
#include "common/base/error.h"
#include "common/base/path.h"
#include "common/base/str.h"
#include "common/content/sign.h"
#include "common/format/manifest.h"
#include "common/format/repo_index.h"
#include "common/host/atomic_file.h"
#include "common/host/dir.h"

#define REPOSITORY        "repository"
#define KEY_FILE          "trial.asc"
#define AGENT             "sf-agent"
#define GNUPG             SF_TRIAL_WORK "/gnupg"
#define MAX_KEY_BYTES     65536
#define INDEX_LIFE_S      86400
#define INSTALL_TIMEOUT_S 1800 /* of gigabytes, on a slow disk */

/* The same file where that can be, else a copy. */
static int link_or_copy(const struct sf_trial_run *run, int repository_fd, const char *path,
                        struct sf_error *err)
{
    sf_autoclose int from_fd = -1;
    sf_autoclose int fd = -1;
    int r = sf_dir_open_follow(run->trial->repository, &from_fd, err);

    if (r == 0) {
        r = sf_dir_open_file(from_fd, path, O_RDONLY, 0, &fd, err);
    }
    if (r < 0 || linkat(from_fd, path, repository_fd, path, 0) == 0) {
        return r;
    }
    return sf_copy_file(fd, repository_fd, path, 0644, err);
}

static int fill_repository(const struct sf_trial_run *run, int work_fd, struct sf_error *err)
{
    sf_autofree char *path = sf_release_artifact_path(run->trial->release);
    sf_autofree char *manifest = sf_str_format("%s%s", path, SF_PUBLISH_MANIFEST_SUFFIX);
    sf_autofree char *parent = path == NULL ? NULL : sf_path_parent(path);
    sf_autoclose int repository_fd = -1;

    if (path == NULL || manifest == NULL || parent == NULL) {
        return sf_error_no_memory(err);
    }

    int r = sf_dir_make(work_fd, REPOSITORY, err);

    if (r == 0) {
        r = sf_dir_open(work_fd, REPOSITORY, &repository_fd, err);
    }
    if (r == 0) {
        r = sf_dir_make(repository_fd, parent, err);
    }
    if (r == 0) {
        r = link_or_copy(run, repository_fd, path, err);
    }
    return r < 0 ? r : link_or_copy(run, repository_fd, manifest, err);
}

static int copy_agent(const struct sf_trial_run *run, int work_fd, struct sf_error *err)
{
    sf_autoclose int fd = open(run->trial->agent, O_RDONLY | O_CLOEXEC);

    return fd < 0 ? sf_error_errno(err, errno, "open '%s'", run->trial->agent)
                  : sf_copy_file(fd, work_fd, AGENT, 0755, err);
}

static int write_index(const char *fingerprint, int repository_fd, struct sf_error *err)
{
    sf_auto(buffer) struct sf_buffer message = {.limit_bytes = SF_INDEX_MAX_BYTES};
    sf_auto(repo_index) struct sf_repo_index *index = calloc(1, sizeof *index);
    sf_autofree char *text = NULL;

    if (index == NULL || (index->repository = strdup("trial")) == NULL) {
        return sf_error_no_memory(err);
    }
    index->serial = 1;
    index->created_s = sf_clock_now_s();
    index->expires_s = index->created_s + INDEX_LIFE_S;
    index->rollout.percent = 100;

    int r = sf_index_scan(repository_fd, index, err);

    if (r == 0) {
        r = sf_index_set_series(index, err);
    }
    if (r == 0 && (text = sf_repo_index_dump(index)) == NULL) {
        r = sf_error_no_memory(err);
    }
    if (r == 0) {
        r = sf_sign_clear(fingerprint, text, strlen(text), &message, err);
    }
    return r < 0 ? r
                 : sf_atomic_file_write(repository_fd, SF_INDEX_NAME, message.data, message.size,
                                        0644, err);
}

/* In the sandbox, so that the gpg-agent that gpg starts ends with it. */
static int sign_index(struct sf_trial_run *run, struct sf_error *err)
{
    sf_auto(buffer) struct sf_buffer public_key = {.limit_bytes = MAX_KEY_BYTES};
    char fingerprint[SF_TRIAL_KEY_FINGERPRINT];
    sf_autoclose int work_fd = -1;
    sf_autoclose int repository_fd = -1;
    int r = sf_dir_open_follow(SF_TRIAL_WORK, &work_fd, err);

    (void)run;
    if (r == 0 && (mkdir(GNUPG, 0700) < 0 || setenv("GNUPGHOME", GNUPG, 1) < 0)) {
        r = sf_error_errno(err, errno, "make a GnuPG home for the test");
    }
    if (r == 0) {
        r = sf_trial_key_make(GNUPG, fingerprint, &public_key, err);
    }
    if (r == 0) {
        r = sf_atomic_file_write(work_fd, KEY_FILE, public_key.data, public_key.size, 0644, err);
    }
    if (r == 0) {
        r = sf_dir_open(work_fd, REPOSITORY, &repository_fd, err);
    }
    return r < 0 ? r : write_index(fingerprint, repository_fd, err);
}

int sf_step_index(struct sf_trial_run *run, struct sf_error *err)
{
    sf_autoclose int work_fd = -1;
    int r = sf_dir_open_follow(run->trial->work, &work_fd, err);

    if (r == 0) {
        r = fill_repository(run, work_fd, err);
    }
    if (r == 0) {
        r = copy_agent(run, work_fd, err);
    }
    if (r == 0) {
        r = sf_trial_node_make(run, err);
    }
    if (r == 0) {
        r = sf_trial_node_install(run, sign_index, err);
    }
    if (r == 0) {
        sf_trial_note(run, "listed and signed by a key made for this");
    }
    return r;
}

static int configure_agent(const struct sf_trial_run *run, struct sf_error *err)
{
    sf_auto(buffer) struct sf_buffer key = {.limit_bytes = MAX_KEY_BYTES};
    sf_auto(buffer) struct sf_buffer text = {.limit_bytes = MAX_KEY_BYTES};
    const struct sf_release *release = run->trial->release;
    sf_autoclose int work_fd = -1;
    sf_autoclose int etc_fd = -1;
    sf_autoclose int keys_fd = -1;
    int r = sf_dir_open_follow(SF_TRIAL_WORK, &work_fd, err);

    if (r == 0) {
        r = sf_dir_read_file(work_fd, KEY_FILE, &key, err);
    }
    if (r == 0) {
        r = sf_dir_open_follow(SF_TRIAL_ROOT "/etc/sf-agent", &etc_fd, err);
    }
    if (r == 0) {
        r = sf_dir_open(etc_fd, "keys.d", &keys_fd, err);
    }
    if (r == 0) {
        r = sf_atomic_file_write(keys_fd, KEY_FILE, key.data, key.size, 0644, err);
    }
    if (r == 0) {
        r = sf_buffer_format(&text, err,
                             "[agent]\nroot = %s\ntoolchain = %s\nvariant = %s\n"
                             "[repository]\nurl = file://" SF_TRIAL_WORK "/" REPOSITORY "\n",
                             run->slurm_root, release->toolchain, release->variant);
    }
    return r < 0 ? r
                 : sf_atomic_file_write(etc_fd, "sf-agent.conf", text.data, text.size, 0644, err);
}

static int run_agent(struct sf_trial_run *run, struct sf_error *err)
{
    const char *const install[] = {SF_TRIAL_WORK "/" AGENT, "install", run->id, "--root",
                                   SF_TRIAL_ROOT,           NULL};
    const char *const verify[] = {SF_TRIAL_WORK "/" AGENT, "verify", "--root", SF_TRIAL_ROOT, NULL};
    const struct sf_trial_command commands[] = {
        {.argv = install, .timeout_s = INSTALL_TIMEOUT_S},
        {.argv = verify, .timeout_s = INSTALL_TIMEOUT_S},
    };
    int r = configure_agent(run, err);

    for (size_t i = 0; r == 0 && i < sizeof commands / sizeof *commands; i++) {
        r = sf_trial_command_check(run, &commands[i], err);
    }
    return r;
}

int sf_step_install(struct sf_trial_run *run, struct sf_error *err)
{
    int r = sf_trial_node_install(run, run_agent, err);

    if (r == 0) {
        sf_trial_note(run, "below %s", run->slurm_root);
    }
    return r;
}
