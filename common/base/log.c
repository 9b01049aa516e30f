/* Diagnostics to standard error, one line each. */
#include "common/base/log.h"

#include "common/base/cleanup.h"
#include "common/base/str.h"

#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>

static struct {
    const char *program;
    enum sf_log_level level;
    bool has_priority;
    void (*before)(void);
} sink = {.program = "sf", .level = SF_LOG_NOTICE};

void sf_log_init(const char *program, enum sf_log_level level)
{
    sink.program = program;
    sink.level = level;
    sink.has_priority = getenv("JOURNAL_STREAM") != NULL;
}

void sf_log_set_before(void (*before)(void))
{
    sink.before = before;
}

void sf_log(enum sf_log_level level, const char *format, ...)
{
    sf_autofree char *line = NULL;
    va_list args;

    if (level > sink.level) {
        return;
    }
    va_start(args, format);
    int length = vasprintf(&line, format, args);
    va_end(args);
    if (length < 0) {
        line = NULL;
        return;
    }
    sf_autofree char *safe = sf_str_printable(line);

    if (sink.before != NULL) {
        sink.before();
    }
    if (sink.has_priority) {
        (void)fprintf(stderr, "<%d>", (int)level);
    }
    (void)fprintf(stderr, "%s: %s\n", sink.program, safe == NULL ? line : safe);
}
