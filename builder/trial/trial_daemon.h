/*
 * Slurm's daemons in the sandbox of a test, as its children.
 */
#ifndef SF_BUILDER_TRIAL_TRIAL_DAEMON_H
#define SF_BUILDER_TRIAL_TRIAL_DAEMON_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

struct sf_error;

/*
 * Gives the loopback interface a second address: a host that has none but 127.0.0.1 counts as one
 * without a network when Slurm asks for an address to listen on (AI_ADDRCONFIG). Errors: IO.
 */
int sf_trial_daemon_address(struct sf_error *err);

/*
 * Starts a daemon that stays in the foreground, argv[0] by its path, and leaves it running; what it
 * prints goes to `output_fd`. That it could not be executed is for sf_trial_daemon_has_died() to
 * say. Errors: IO.
 */
int sf_trial_daemon_start(const char *const *argv, int output_fd, pid_t *ret_pid,
                          struct sf_error *err);

/* A child has ended with a status other than 0 since the last call. */
bool sf_trial_daemon_has_died(void);

/* A tenth of a second. */
void sf_trial_daemon_pause(void);

/* Waits until somebody listens on a port of 127.0.0.1. Errors: UNHEALTHY. */
int sf_trial_daemon_wait_port(uint16_t port, struct sf_error *err);

/* Ends a daemon that was started, by SIGTERM. Errors: UNHEALTHY (it goes on). */
int sf_trial_daemon_stop(const char *name, pid_t pid, struct sf_error *err);

/* What follows "fatal: " in the last such line of a log; NULL when there is none. Owned by the
 * caller. */
char *sf_trial_daemon_fatal(const char *path);

#endif
