/* Restores the files of a tree from its artifact, each by one rename. */
#ifndef SF_AGENT_REPAIR_H
#define SF_AGENT_REPAIR_H

struct sf_agent;
struct sf_error;
struct sf_findings;
struct sf_release;

/*
 * Fetches the release's artifact again, compares the tree with the signed manifest and puts back
 * what differs; running processes keep the files they have open. Files that are not the
 * release's are moved to <root>/.extra/<id>/, not deleted. `ret` gets what was found. Errors:
 * NOT_FOUND (the repository no longer has it), the network's, IO.
 */
int sf_repair_run(struct sf_agent *agent, const struct sf_release *release, struct sf_findings *ret,
                  struct sf_error *err);

#endif
