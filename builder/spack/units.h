/* Units for the daemons of a Slurm that came without: Spack's package installs none. */
#ifndef SF_BUILDER_SPACK_UNITS_H
#define SF_BUILDER_SPACK_UNITS_H

struct sf_error;

/*
 * Writes lib/systemd/system/NAME.service below `tree_fd` for each daemon that is in sbin there,
 * with `prefix` in front of its program; one that is there already stays. They say what those of
 * Slurm's own source say. Errors: IO, NO_SPACE, NO_MEMORY.
 */
int sf_spack_units_write(int tree_fd, const char *prefix, struct sf_error *err);

#endif
