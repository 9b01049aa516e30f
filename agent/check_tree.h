/* Compares a present tree with its manifest, relocation undone. */
#ifndef SF_AGENT_CHECK_TREE_H
#define SF_AGENT_CHECK_TREE_H

struct sf_agent;
struct sf_error;
struct sf_findings;
struct sf_manifest;
struct sf_release;

/* Errors: INTEGRITY (the manifest itself is missing or damaged), IO; differences are findings. */
int sf_check_tree(const struct sf_agent *agent, const struct sf_release *release,
                  struct sf_findings *ret, struct sf_error *err);

/* The manifest of a present tree. Errors: INTEGRITY (missing or damaged: `verify --repair`), IO. */
int sf_check_tree_manifest(const struct sf_agent *agent, const char *id, struct sf_manifest **ret,
                           struct sf_error *err);

/* The same for the tree at `tree_fd`, a `manifest` that need not be its own, and the clean prefix.
 */
int sf_check_tree_against(int tree_fd, const struct sf_manifest *manifest, const char *prefix,
                          struct sf_findings *ret, struct sf_error *err);

#endif
