/* Switching to a release that is on the node already: what `use` and `rollback` share. */
#ifndef SF_AGENT_SWITCH_TO_H
#define SF_AGENT_SWITCH_TO_H

struct sf_agent;
struct sf_error;
struct sf_release;

/* Checks the tree, switches, reports one line; with --check only says so. Errors: INTEGRITY, and
 * the switch's. */
int sf_switch_to(struct sf_agent *agent, const struct sf_release *release, struct sf_error *err);

#endif
