/* Removing one tree and what names it: what `remove` and `gc` share. */
#ifndef SF_AGENT_DROP_H
#define SF_AGENT_DROP_H

struct sf_agent;
struct sf_error;

/* Removes the tree, its modulefiles and its hold, records and reports it; with --check only says
 * so. The caller has made sure that it may go. */
int sf_drop_release(struct sf_agent *agent, const char *operation, const char *id,
                    struct sf_error *err);

/*
 * Finishes removals, of this run or of one that was interrupted: the modules of what is gone, then
 * everything in .staging. Only with the lock held. Errors: IO, IN_USE.
 */
int sf_drop_finish(struct sf_agent *agent, struct sf_error *err);

#endif
