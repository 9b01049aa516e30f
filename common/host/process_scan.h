/* Which processes use files below a directory: /proc/PID/exe and /proc/PID/maps. */
#ifndef SF_HOST_PROCESS_SCAN_H
#define SF_HOST_PROCESS_SCAN_H

#include "common/base/strlist.h"

struct sf_error;

/*
 * Adds "slurmstepd (pid 4711)" for each process whose executable, current directory or mapped files
 * lie below `directory` (absolute, clean), at most 64. Processes that vanish meanwhile are skipped.
 * With no /proc (a chroot) that is an error, not "none": NOT_FOUND.
 */
int sf_process_scan_users(const char *directory, struct sf_strlist *ret_users,
                          struct sf_error *err);

#endif
