/*
 * The libraries that a pack took from the place, and their digests then: a file beside the stages'
 * records. The recipe names the packages that a build needs, not those that these bring along.
 */
#ifndef SF_BUILDER_MAKE_BUNDLED_H
#define SF_BUILDER_MAKE_BUNDLED_H

#include <stdbool.h>

struct sf_error;
struct sf_pack_components;

/* Writes the file below `dir_fd`; `root` is the place's. Errors: NOT_FOUND, NO_SPACE, IO. */
int sf_bundled_write(int dir_fd, const char *root, const struct sf_pack_components *components,
                     struct sf_error *err);

/* False when a library in the place is another one now, or gone; also without the file. */
bool sf_bundled_is_same(int dir_fd, const char *root);

#endif
