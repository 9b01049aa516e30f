/*
 * Diagnostics to standard error, one line each. Library code logs at debug at most; a survivable
 * failure is logged by the one who survives it, ending in ", continuing without ...". Under systemd
 * (JOURNAL_STREAM set) lines carry the <N> priority prefix of sd-daemon(3).
 */
#ifndef SF_BASE_LOG_H
#define SF_BASE_LOG_H

enum sf_log_level {
    SF_LOG_ERROR = 3, /* the numbers are syslog's */
    SF_LOG_WARNING = 4,
    SF_LOG_NOTICE = 5,
    SF_LOG_INFO = 6,
    SF_LOG_DEBUG = 7,
};

/* Lines above `level` are dropped; `program` stands in front of each line. Called once by main. */
void sf_log_init(const char *program, enum sf_log_level level);

/* Called before a line is written, so that a progress bar can clear its own; NULL to unset. */
void sf_log_set_before(void (*before)(void));

void sf_log(enum sf_log_level level, const char *format, ...) __attribute__((format(printf, 2, 3)));

#endif
