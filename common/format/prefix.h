/*
 * The build prefix and the slot it leaves in files: the path where the default root puts a release,
 * padded to SF_PREFIX_SLOT bytes so that any other root that fits can be written over it without
 * moving a byte. Padding is "/." repeated, after one extra "/" when the parity asks for it: the
 * kernel and libc read the path as if the padding were not there.
 */
#ifndef SF_FORMAT_PREFIX_H
#define SF_FORMAT_PREFIX_H

#include <stddef.h>

struct sf_error;
struct sf_release;

#define SF_PREFIX_SLOT         127
#define SF_PREFIX_DEFAULT_ROOT "/opt/slurm"

/*
 * "<root>/releases/<id>/view", the clean prefix. Errors: NO_MEMORY; INCOMPATIBLE when it is longer
 * than the slot, naming the root, the length and the longest root that would fit.
 */
int sf_prefix_of_release(const char *root, const struct sf_release *release, char **ret_prefix,
                         struct sf_error *err);

/* Writes `prefix` (at most SF_PREFIX_SLOT bytes) padded to exactly SF_PREFIX_SLOT bytes and a NUL.
 */
void sf_prefix_pad(const char *prefix, char slot[static SF_PREFIX_SLOT + 1]);

#endif
