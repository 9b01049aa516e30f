/* Child processes: an argument vector, never a shell; a fixed small environment; a time limit. */
#ifndef SF_HOST_PROCESS_H
#define SF_HOST_PROCESS_H

#include <stddef.h>
#include <stdint.h>

struct sf_buffer;
struct sf_error;

struct sf_process_options {
    /* argv[0] is looked up in PATH=/usr/sbin:/usr/bin:/sbin:/bin unless it has a slash. */
    const char *const *argv;
    const char *const *environment; /* added to PATH and LC_ALL=C; NULL-terminated, may be NULL */
    int root_fd;                    /* chroot here first; 0 for none (as zero-initialised) */
    uint32_t timeout_s;             /* 0: 60 */
    struct sf_buffer *output; /* standard output and error; what passes its ceiling is dropped */
};

/*
 * Runs to the end, in / and with umask 022; standard input is /dev/null. `*ret_status`: exit
 * status, or 128 + signal. Errors: NOT_FOUND (no such program), PERMISSION, IO, INTERRUPTED (time
 * limit, the group is killed). Processes that the child leaves running in the background are not
 * waited for.
 */
int sf_process_run(const struct sf_process_options *options, int *ret_status, struct sf_error *err);

/* Like sf_process_run(), a status other than 0 is an error: UNHEALTHY with the last line of output.
 */
int sf_process_check(const struct sf_process_options *options, struct sf_error *err);

#endif
