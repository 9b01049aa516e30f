/* Opening the node: store, facts, and for writers the lock and what a crash left. */
#ifndef SF_AGENT_OPEN_H
#define SF_AGENT_OPEN_H

struct sf_agent;
struct sf_error;

/* Facts and store, for reading: nothing is created, no lock is taken. */
int sf_agent_open_reading(struct sf_agent *agent, struct sf_error *err);

/*
 * Facts and store, for writing: directories are made, the lock is taken, a switch that an earlier
 * run left unfinished is completed or undone, what it left in staging is removed. With --check the
 * same as for reading. Errors: PERMISSION (not root), BUSY, and what recovery meets.
 */
int sf_agent_open_writing(struct sf_agent *agent, struct sf_error *err);

#endif
