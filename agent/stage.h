/* From artifact to a complete tree in releases/: space, unpack, preflight, durable rename. */
#ifndef SF_AGENT_STAGE_H
#define SF_AGENT_STAGE_H

struct sf_agent;
struct sf_artifact;
struct sf_error;
struct sf_release;

/* The same up to the preflight; the tree stays in .staging, open in `*ret_fd` (repair takes files
 * from it). */
int sf_stage_unpack(struct sf_agent *agent, const struct sf_artifact *artifact, int *ret_fd,
                    struct sf_error *err);

/*
 * Makes the tree of `artifact`. No unit, link or process is touched. After a failure .staging is
 * empty again; what was downloaded stays in the cache for the next run. Errors: INCOMPATIBLE (root
 * too long), NO_SPACE (checked before), INTEGRITY, UNHEALTHY, the network's.
 */
int sf_stage_run(struct sf_agent *agent, const struct sf_artifact *artifact, struct sf_error *err);

/* Empties .staging of what was staged for `release`; a failure is a warning. */
void sf_stage_discard(const struct sf_agent *agent, const struct sf_release *release);

#endif
