/* The configuration of a cluster that is one node. */
#ifndef SF_BUILDER_TRIAL_TRIAL_CLUSTER_H
#define SF_BUILDER_TRIAL_TRIAL_CLUSTER_H

struct sf_error;
struct sf_manifest;

#define SF_TRIAL_SLURMCTLD_PORT 6817
#define SF_TRIAL_SLURMD_PORT    6818
#define SF_TRIAL_STATE          "/var/spool/slurm"
#define SF_TRIAL_LOGS           "/var/log/slurm"

/*
 * Writes slurm.conf, cgroup.conf, slurmdbd.conf and a random slurm.key to etc/slurm below
 * `node_fd`, and a hosts file. There is no PluginDir and no path of the release in them. A release
 * without auth/slurm gets auth/none. Errors: NO_SPACE, IO.
 */
int sf_trial_cluster_write(const struct sf_manifest *manifest, int node_fd, struct sf_error *err);

#endif
