/* Programs that a test runs: with a time limit, and all that they print in its log. */
#ifndef SF_BUILDER_TRIAL_TRIAL_COMMAND_H
#define SF_BUILDER_TRIAL_TRIAL_COMMAND_H

#include "common/base/buffer.h"

#include <stdint.h>

struct sf_error;
struct sf_trial_run;

#define SF_TRIAL_OUTPUT_MAX ((size_t)256 * 1024)

struct sf_trial_command {
    const char *const *argv;
    const char *const *environment; /* as for sf_process_run() */
    uint32_t timeout_s;             /* 0: 30 */
    struct sf_buffer *output;       /* gets what it prints as text; may be NULL */
};

/* Runs it to its end. Errors: those of sf_process_run(). */
int sf_trial_command_run(const struct sf_trial_run *run, const struct sf_trial_command *command,
                         int *ret_status, struct sf_error *err);

/* The same; another status than 0 and the time limit are UNHEALTHY, with the last line of output.
 */
int sf_trial_command_check(const struct sf_trial_run *run, const struct sf_trial_command *command,
                           struct sf_error *err);

/* Appends a file to the test's log, if there is such a file. */
void sf_trial_log_file(const struct sf_trial_run *run, const char *path);

#endif
