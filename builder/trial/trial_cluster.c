/* The configuration of a cluster that is one node. */
#include "builder/trial/trial_cluster.h"

#include <errno.h>
#include <string.h>
#include <sys/random.h>

#include "common/base/buffer.h"
#include "common/base/error.h"
#include "common/format/manifest.h"
#include "common/format/version.h"
#include "common/host/atomic_file.h"
#include "common/host/dir.h"

#define KEY_BYTES  1024
#define TEXT_LIMIT 4096

static const char slurm_conf[] = "ClusterName=trial\n"
                                 "SlurmctldHost=localhost(127.0.0.1)\n"
                                 "SlurmctldParameters=enable_configless\n"
                                 "SlurmUser=root\n"
                                 "SlurmdUser=root\n"
                                 "AuthType=auth/%s\n"
                                 "CredType=cred/%s\n"
                                 "ProctrackType=proctrack/linuxproc\n"
                                 "TaskPlugin=task/none\n"
                                 "JobAcctGatherType=jobacct_gather/none\n"
                                 "ReturnToService=2\n"
                                 "StateSaveLocation=" SF_TRIAL_STATE "/ctld\n"
                                 "SlurmdSpoolDir=" SF_TRIAL_STATE "/d\n"
                                 "SlurmctldPidFile=/run/slurmctld.pid\n"
                                 "SlurmdPidFile=/run/slurmd.pid\n"
                                 "SlurmctldLogFile=" SF_TRIAL_LOGS "/slurmctld.log\n"
                                 "SlurmdLogFile=" SF_TRIAL_LOGS "/slurmd.log\n"
                                 "NodeName=localhost NodeAddr=127.0.0.1 CPUs=1 State=UNKNOWN\n"
                                 "PartitionName=trial Nodes=ALL Default=YES State=UP\n";

/* The daemon has to read one before it says its version; it is not started. */
static const char slurmdbd_conf[] = "AuthType=auth/%s\n"
                                    "DbdHost=localhost\n"
                                    "SlurmUser=root\n"
                                    "StorageType=accounting_storage/mysql\n";

/* slurmd loads one in any case, and the node has no cgroups that are its own. */
static const char cgroup_conf[] = "CgroupPlugin=%s\n";
static const char hosts[] = "127.0.0.1 localhost sf-trial\n";

static int write_text(int dir_fd, const char *name, const char *format, const char *word,
                      struct sf_error *err)
{
    sf_auto(buffer) struct sf_buffer text = {.limit_bytes = TEXT_LIMIT};
    const char *from = format;
    int r = 0;

    for (const char *mark; r == 0 && (mark = strstr(from, "%s")) != NULL; from = mark + 2) {
        r = sf_buffer_append(&text, from, (size_t)(mark - from), err);
        if (r == 0) {
            r = sf_buffer_append(&text, word, strlen(word), err);
        }
    }
    if (r == 0) {
        r = sf_buffer_append(&text, from, strlen(from), err);
    }
    return r < 0 ? r : sf_atomic_file_write(dir_fd, name, text.data, text.size, 0600, err);
}

static int write_key(int dir_fd, struct sf_error *err)
{
    unsigned char key[KEY_BYTES];

    for (size_t done = 0; done < sizeof key; done += 256) {
        if (getentropy(key + done, 256) < 0) {
            return sf_error_errno(err, errno, "make a key for auth/slurm");
        }
    }
    return sf_atomic_file_write(dir_fd, "slurm.key", key, sizeof key, 0600, err);
}

int sf_trial_cluster_write(const struct sf_manifest *manifest, int node_fd, struct sf_error *err)
{
    const char *kind =
        sf_manifest_find(manifest, "view/lib/slurm/auth_slurm.so") != NULL ? "slurm" : "none";
    /* "disabled" is new in 24.05; cgroup/v1 does nothing unless it is asked, as nothing does here.
     */
    const char *cgroup =
        sf_version_compare(manifest->release.version, "24.05") < 0 ? "cgroup/v1" : "disabled";
    sf_autoclose int slurm_fd = -1;
    sf_autoclose int etc_fd = -1;
    int r = sf_dir_open(node_fd, "etc", &etc_fd, err);

    if (r == 0) {
        r = sf_atomic_file_write(etc_fd, "hosts", hosts, strlen(hosts), 0644, err);
    }
    if (r == 0) {
        r = sf_dir_open(etc_fd, "slurm", &slurm_fd, err);
    }
    if (r == 0) {
        r = write_text(slurm_fd, "slurm.conf", slurm_conf, kind, err);
    }
    if (r == 0) {
        r = write_text(slurm_fd, "slurmdbd.conf", slurmdbd_conf, kind, err);
    }
    if (r == 0) {
        r = write_text(slurm_fd, "cgroup.conf", cgroup_conf, cgroup, err);
    }
    return r < 0 ? r : write_key(slurm_fd, err);
}
