/* What `install` and `upgrade` have in common once the artifact is chosen. */
#ifndef SF_AGENT_INSTALL_H
#define SF_AGENT_INSTALL_H

#include <stdbool.h>

struct sf_agent;
struct sf_artifact;
struct sf_error;
struct sf_fetcher;
struct sf_index_artifact;
struct sf_index_origin;
struct sf_release;

/*
 * Plans, tells the plan with --check, else stages what is missing, switches unless --download-only,
 * and reports one line. `artifact` NULL: the release is on the node already; its tree is compared
 * with its manifest before it becomes active. Errors: INTEGRITY (it is damaged), those of stage.h
 * and switch.h.
 */
int sf_install_run(struct sf_agent *agent, const char *operation, const struct sf_release *release,
                   const struct sf_artifact *artifact, struct sf_error *err);

/* The same for an entry of the index, whose manifest is fetched only when its tree is missing. */
int sf_install_entry(struct sf_agent *agent, const char *operation, struct sf_fetcher *fetcher,
                     const struct sf_index_artifact *entry, const struct sf_index_origin *origin,
                     struct sf_error *err);

#endif
