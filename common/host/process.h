/* Child processes: an argument vector, never a shell; a fixed small environment; a time limit. */
#ifndef SF_HOST_PROCESS_H
#define SF_HOST_PROCESS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct sf_buffer;
struct sf_error;

struct sf_process_options {
    /* argv[0] is looked up in PATH=/usr/sbin:/usr/bin:/sbin:/bin unless it has a slash. */
    const char *const *argv;
    const char *const *environment; /* added to PATH and LC_ALL=C; NULL-terminated, may be NULL */
    int root_fd;                    /* chroot here first; 0 for none (as zero-initialised) */
    const char *directory;          /* absolute, entered after that; NULL: / */
    uint32_t timeout_s;             /* 0: 60 */
    uint32_t linger_ms;             /* what processes that it leaves behind print is read until
                                     * they are silent for so long */
    bool dies_with_caller;          /* killed when the thread that calls this dies */
    struct sf_buffer *output; /* standard output and error; what passes its ceiling is dropped */
    int output_fd;            /* above 0: they go straight there, and `output` is not used */
};

/*
 * Runs to the end, with umask 022; standard input is /dev/null. `*ret_status`: exit status, or 128
 * + signal. Errors: NOT_FOUND (no such program or directory), PERMISSION, IO, INTERRUPTED (time
 * limit, or sf_interrupt_is_pending(): the group is killed). Processes that the child leaves
 * running in the background are not waited for.
 */
int sf_process_run(const struct sf_process_options *options, int *ret_status, struct sf_error *err);

/* Like sf_process_run(), a status other than 0 is an error: UNHEALTHY with the last line of output.
 */
int sf_process_check(const struct sf_process_options *options, struct sf_error *err);

#endif
