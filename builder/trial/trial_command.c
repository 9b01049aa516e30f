/* Programs that a test runs. */
#include "builder/trial/trial_command.h"

#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "builder/trial/trial.h"
#include "builder/trial/trial_run.h"
#include "common/base/error.h"
#include "common/base/path.h"
#include "common/base/str.h"
#include "common/host/dir.h"
#include "common/host/process.h"

#define DEFAULT_TIMEOUT_S 30

static void log_text(const struct sf_trial_run *run, const char *text)
{
    (void)!write(run->trial->log_fd, text, strlen(text));
}

static void log_result(const struct sf_trial_run *run, const struct sf_trial_command *command,
                       const struct sf_buffer *output, int status)
{
    char end[32];

    log_text(run, "$");
    for (size_t i = 0; command->environment != NULL && command->environment[i] != NULL; i++) {
        log_text(run, " ");
        log_text(run, command->environment[i]);
    }
    for (size_t i = 0; command->argv[i] != NULL; i++) {
        log_text(run, " ");
        log_text(run, command->argv[i]);
    }
    log_text(run, "\n");
    if (output->size > 0) {
        log_text(run, output->data);
    }
    (void)snprintf(end, sizeof end, "[status %d]\n", status);
    log_text(run, end);
}

int sf_trial_command_run(const struct sf_trial_run *run, const struct sf_trial_command *command,
                         int *ret_status, struct sf_error *err)
{
    sf_auto(buffer) struct sf_buffer own = {.limit_bytes = SF_TRIAL_OUTPUT_MAX};
    struct sf_buffer *output = command->output == NULL ? &own : command->output;
    const struct sf_process_options options = {
        .argv = command->argv,
        .environment = command->environment,
        .timeout_s = command->timeout_s == 0 ? DEFAULT_TIMEOUT_S : command->timeout_s,
        .dies_with_caller = true,
        .output = output,
    };
    int status = 0;
    int r = sf_process_run(&options, &status, err);

    if (r == 0 && output->size == 0) {
        r = sf_buffer_append(output, "", 0, err);
    }
    if (r < 0) {
        return r;
    }
    log_result(run, command, output, status);
    *ret_status = status;
    return 0;
}

/* The last line that is not empty, safe to print. NULL when out of memory. */
static char *last_line(const struct sf_buffer *output)
{
    sf_autofree char *text = strdup(output->size == 0 ? "" : output->data);

    if (text == NULL) {
        return NULL;
    }

    const char *trimmed = sf_str_trim(text);
    const char *newline = strrchr(trimmed, '\n');

    return sf_str_printable(newline == NULL ? trimmed : newline + 1);
}

int sf_trial_command_check(const struct sf_trial_run *run, const struct sf_trial_command *command,
                           struct sf_error *err)
{
    sf_auto(buffer) struct sf_buffer own = {.limit_bytes = SF_TRIAL_OUTPUT_MAX};
    struct sf_trial_command actual = *command;
    const char *name = sf_path_base(command->argv[0]);
    int status = 0;

    actual.output = command->output == NULL ? &own : command->output;
    int r = sf_trial_command_run(run, &actual, &status, err);

    if (r == -(int)SF_E_INTERRUPTED || r == -(int)SF_E_NOT_FOUND) {
        return sf_error_recode(err, SF_E_UNHEALTHY);
    }
    if (r < 0 || status == 0) {
        return r;
    }

    sf_autofree char *line = last_line(actual.output);

    return sf_error_set(err, SF_E_UNHEALTHY, "%s ended with status %d: %s", name, status,
                        line == NULL || *line == '\0' ? "it said nothing" : line);
}

void sf_trial_log_file(const struct sf_trial_run *run, const char *path)
{
    sf_auto(buffer) struct sf_buffer text = {.limit_bytes = SF_TRIAL_OUTPUT_MAX};
    sf_autoclose int fd = open(path, O_RDONLY | O_CLOEXEC);
    struct sf_error ignored;

    if (fd >= 0 && sf_dir_read_fd(fd, path, &text, &ignored) == 0 && text.size > 0) {
        log_text(run, path);
        log_text(run, ":\n");
        log_text(run, text.data);
    }
}
