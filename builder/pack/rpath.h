/* Search paths for libraries, relative to the file that has them. */
#ifndef SF_BUILDER_PACK_RPATH_H
#define SF_BUILDER_PACK_RPATH_H

/*
 * The search path for the ELF file at `path` of a tree ("view/sbin/slurmd"):
 * "$ORIGIN/../lib:$ORIGIN/../lib/slurm"; for one in view/lib
 * "$ORIGIN:$ORIGIN/slurm", for one in view/lib/slurm "$ORIGIN:$ORIGIN/..". NULL when out of memory.
 * Owned by the caller.
 */
char *sf_rpath_of(const char *path);

#endif
