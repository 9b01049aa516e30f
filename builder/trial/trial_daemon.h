/*
 * Slurm's daemons in the sandbox of a test, whose first process is their parent once they are in
 * the background.
 */
#ifndef SF_BUILDER_TRIAL_TRIAL_DAEMON_H
#define SF_BUILDER_TRIAL_TRIAL_DAEMON_H

#include <stdbool.h>
#include <stdint.h>

struct sf_error;

/*
 * Gives the loopback interface a second address: a host that has none but 127.0.0.1 counts as one
 * without a network when Slurm asks for an address to listen on (AI_ADDRCONFIG). Errors: IO.
 */
int sf_trial_daemon_address(struct sf_error *err);

/* A process in the background has ended with a status other than 0 since the last call. */
bool sf_trial_daemon_has_died(void);

/* A tenth of a second. */
void sf_trial_daemon_pause(void);

/* Waits until somebody listens on a port of 127.0.0.1. Errors: UNHEALTHY. */
int sf_trial_daemon_wait_port(uint16_t port, struct sf_error *err);

/* Ends the daemon by SIGTERM, finding it by /run/<name>.pid. Errors: NOT_FOUND (no such file),
 * UNHEALTHY (it goes on). */
int sf_trial_daemon_stop(const char *name, struct sf_error *err);

/* What follows "fatal: " in the last such line of a log; NULL when there is none. Owned by the
 * caller. */
char *sf_trial_daemon_fatal(const char *path);

#endif
