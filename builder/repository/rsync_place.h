/* Where rsync(1) is to write to, as the operator wrote it. */
#ifndef SF_BUILDER_REPOSITORY_RSYNC_PLACE_H
#define SF_BUILDER_REPOSITORY_RSYNC_PLACE_H

#include <stdbool.h>

struct sf_error;

/*
 * Checks `where`: [USER@]HOST:PATH, or for a daemon of rsync
 * rsync://[USER@]HOST[:PORT]/MODULE[/PATH] or [USER@]HOST::MODULE[/PATH]; an address of IPv6 stands
 * in brackets. `*ret_place` is the caller's, and ends in "/". Errors: USAGE (no host, no path, a
 * host that would be an option of ssh, a path that rsync would expand).
 */
int sf_rsync_place_read(const char *where, char **ret_place, bool *ret_is_daemon,
                        struct sf_error *err);

#endif
