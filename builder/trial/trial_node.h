/*
 * A node that exists for one test: the trial's root, never written to, with directories of the work
 * directory in the places where sf-agent and Slurm write.
 */
#ifndef SF_BUILDER_TRIAL_TRIAL_NODE_H
#define SF_BUILDER_TRIAL_TRIAL_NODE_H

#include "builder/place/sandbox.h"
#include "common/base/strlist.h"

struct sf_error;
struct sf_trial_run;

/* In sf_trial_node_install(): the work directory, and the node's / in it, with no more of the
 * trial's root than libraries and what its /etc says. */
#define SF_TRIAL_WORK "/sf-trial"
#define SF_TRIAL_ROOT SF_TRIAL_WORK "/root"

/* A step, or a part of one, inside. */
typedef int (*sf_trial_body)(struct sf_trial_run *run, struct sf_error *err);

/* Makes the node's directories: empty ones, and a copy of the root's /etc without secrets, in which
 * a cluster of one node is configured. Errors: NOT_FOUND (no root), NO_SPACE, IO. */
int sf_trial_node_make(const struct sf_trial_run *run, struct sf_error *err);

/* Runs `body` in this machine's root, with SF_TRIAL_WORK and the node at SF_TRIAL_ROOT: for
 * sf-agent, which has its libraries from this machine. Errors: those of sf_sandbox_run(). */
int sf_trial_node_install(struct sf_trial_run *run, sf_trial_body body, struct sf_error *err);

/* Runs `body` on the node, without compilers and headers and with no network but its own loopback.
 * Errors: those of sf_sandbox_run(). */
int sf_trial_node_run(struct sf_trial_run *run, sf_trial_body body, struct sf_error *err);

/* What of compilers, linkers and headers the root directory has: absolute paths as seen from inside
 * it. Errors: IO. */
int sf_trial_node_compilers(const char *root, struct sf_strlist *ret_paths, struct sf_error *err);

#endif
