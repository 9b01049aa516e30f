/*
 * The steps of a test, in the order in which they run. Each returns UNHEALTHY with a sentence that
 * names the file and what is wrong with it, and leaves a note of what it has tried.
 */
#ifndef SF_BUILDER_TRIAL_TRIAL_STEP_H
#define SF_BUILDER_TRIAL_TRIAL_STEP_H

struct sf_error;
struct sf_trial_run;

/* Signs an index of the artifact with a key made for it, and makes the node. */
int sf_step_index(struct sf_trial_run *run, struct sf_error *err);

/* Lets sf-agent install and verify the release, in a root that is not the default. */
int sf_step_install(struct sf_trial_run *run, struct sf_error *err);

/* Plugins, files and components that were promised are on the node. */
int sf_step_contents(struct sf_trial_run *run, struct sf_error *err);

/* Each ELF file is of the architecture, needs no later glibc than the toolchain's, and gets its
 * libraries from the release, as the dynamic linker of the root finds them. */
int sf_step_closure(struct sf_trial_run *run, struct sf_error *err);

/* Each plugin can be loaded, with all its symbols bound, by a program of the release. */
int sf_step_plugins(struct sf_trial_run *run, struct sf_error *err);

/* No file names a directory of the build or, in another root, the build prefix. */
int sf_step_paths(struct sf_trial_run *run, struct sf_error *err);

/* Each program comes as far as its own code, and those of Slurm say the release's version. */
int sf_step_programs(struct sf_trial_run *run, struct sf_error *err);

/* `module load slurm` gives PATH the release. */
int sf_step_modules(struct sf_trial_run *run, struct sf_error *err);

/* slurmctld and slurmd start, also without a configuration, and run jobs. */
int sf_step_daemons(struct sf_trial_run *run, struct sf_error *err);

/* The same node anew, with the default root: install, and the programs once more. */
int sf_step_default_root(struct sf_trial_run *run, struct sf_error *err);

#endif
