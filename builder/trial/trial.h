/*
 * The test of an artifact before anybody signs it: sf-agent installs it into a clean root under
 * another root directory than the default, and Slurm is run there.
 */
#ifndef SF_BUILDER_TRIAL_TRIAL_H
#define SF_BUILDER_TRIAL_TRIAL_H

#include "common/base/strlist.h"

#include <stddef.h>

struct sf_error;
struct sf_release;

struct sf_trial {
    const struct sf_release *release;
    const char *repository; /* directory that holds the artifact and its manifest */
    const char *root;       /* a root of the toolchain; "/" or the build root when there is none
                             * without compilers: those are hidden then */
    const char *agent;      /* path of sf-agent, see sf_trial_find_agent() */
    const char *work;       /* a directory for the test, absolute; made, or emptied, and empty
                             * afterwards */
    int log_fd;             /* what the programs print */
    const struct sf_strlist *plugins;     /* that must be in lib/slurm; may be NULL */
    const struct sf_strlist *files;       /* that must be in the prefix; may be NULL */
    const struct sf_strlist *components;  /* sonames that must be in the tree; may be NULL */
    const struct sf_strlist *build_paths; /* directories of the build, which no file may name; may
                                           * be NULL */
};

/* One step of it, as it ends. `note` says what was tried ("81 plugins load"); `problem` is NULL
 * when it passed. */
typedef void (*sf_trial_report)(void *context, const char *step, const char *note,
                                const char *problem);

/*
 * All steps up to the first that fails. Errors: PERMISSION (not root), UNHEALTHY with a sentence
 * that names the file (plugin, library, program) and what is wrong with it, INCOMPATIBLE, those of
 * sf_sandbox_run().
 */
int sf_trial_run(const struct sf_trial *trial, sf_trial_report report, void *context,
                 struct sf_error *err);

/*
 * The sf-agent to test with: `wanted` if that is not NULL, else the one beside this program, in
 * ../sbin, or in /usr/sbin. Owned by the caller. Errors: NOT_FOUND, naming --agent.
 */
int sf_trial_find_agent(const char *wanted, char **ret_path, struct sf_error *err);

/* Whether this user can run a test at all. Errors: PERMISSION, with the way out. */
int sf_trial_check_user(struct sf_error *err);

#endif
