/* After a crash: what the last run left unfinished is finished or undone. Called with the lock
 * held. */
#ifndef SF_AGENT_RECOVER_H
#define SF_AGENT_RECOVER_H

struct sf_agent;
struct sf_error;

/*
 * A switch in the journal whose release is active: what follows is done again. One that never
 * reached the rename: its traces are removed. Then .staging is emptied. Errors: FORMAT (a journal
 * that cannot be read), IO.
 */
int sf_recover_run(struct sf_agent *agent, struct sf_error *err);

#endif
