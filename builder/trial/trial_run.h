/* One test in progress: what its steps share. */
#ifndef SF_BUILDER_TRIAL_TRIAL_RUN_H
#define SF_BUILDER_TRIAL_TRIAL_RUN_H

#include "common/format/release.h"

#include <stddef.h>

struct sf_error;
struct sf_manifest;
struct sf_trial;

#define SF_TRIAL_NOTE_SIZE 160

/* The root of releases that most of the test is about: not the default one, so that what still
 * names the build prefix fails. */
#define SF_TRIAL_OTHER_ROOT "/srv/trial/slurm"

struct sf_trial_run {
    const struct sf_trial *trial;
    const struct sf_manifest *manifest;
    char id[SF_RELEASE_ID_SIZE];
    char glibc[16];         /* the toolchain's */
    const char *node;       /* name of the node's directory below the work directory */
    const char *slurm_root; /* root= on the node */
    char *tree;             /* the release on the node: "/srv/trial/slurm/releases/<id>" */
    char *note;             /* SF_TRIAL_NOTE_SIZE bytes that processes of the test share */
};

/* Says in a few words what a step has tried; a later note replaces it. */
void sf_trial_note(const struct sf_trial_run *run, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* "<tree>/view/<path>". NULL when out of memory. Owned by the caller. */
char *sf_trial_view(const struct sf_trial_run *run, const char *path);

#endif
