/* A build as a process group of its own, whose output goes into a log; it ends when we do. */
#ifndef SF_BUILDER_MATRIX_CHILD_H
#define SF_BUILDER_MATRIX_CHILD_H

#include <stdbool.h>
#include <sys/types.h>

struct sf_error;
struct sf_strlist;

/*
 * Starts `program` with `words` and this process's environment. Whether it can be executed shows in
 * its status and its log. Errors: NO_MEMORY, IO.
 */
int sf_child_start(const char *program, const struct sf_strlist *words, int log_fd, pid_t *ret_pid,
                   struct sf_error *err);

/* True when it has ended, with its exit status, or 128 and the number of the signal. */
bool sf_child_has_ended(pid_t pid, int *ret_status);

/* Asks the group to end, waits a while, then makes it. */
void sf_child_stop(pid_t pid);

#endif
