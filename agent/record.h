/* Lines of the history; trouble with them never fails what they tell of. */
#ifndef SF_AGENT_RECORD_H
#define SF_AGENT_RECORD_H

struct sf_agent;
struct sf_error;
struct sf_journal_entry;

/* A switch ended; `failure` is NULL after success. */
void sf_record_outcome(const struct sf_agent *agent, const struct sf_journal_entry *entry,
                       const struct sf_error *failure);

/* Something else was done to a release: remove, gc, repair. */
void sf_record_event(const struct sf_agent *agent, const char *operation, const char *id,
                     const char *detail);

#endif
