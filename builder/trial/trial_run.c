/* One test in progress: what its steps share. */
#include "builder/trial/trial_run.h"

#include <stdarg.h>
#include <stdio.h>

#include "common/base/str.h"

void sf_trial_note(const struct sf_trial_run *run, const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    (void)vsnprintf(run->note, SF_TRIAL_NOTE_SIZE, format, arguments);
    va_end(arguments);
}

char *sf_trial_view(const struct sf_trial_run *run, const char *path)
{
    return sf_str_format("%s/view/%s", run->tree, path);
}
