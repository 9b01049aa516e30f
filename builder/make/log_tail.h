/* The end of a log, shown to whoever has to find out what went wrong. */
#ifndef SF_BUILDER_MAKE_LOG_TAIL_H
#define SF_BUILDER_MAKE_LOG_TAIL_H

/* Logs the last lines of the file, safe to print. What cannot be read is not shown. */
void sf_log_tail(int fd);

#endif
