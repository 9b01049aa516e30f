/* The checks a staged tree passes before it may be committed. */
#ifndef SF_AGENT_PREFLIGHT_H
#define SF_AGENT_PREFLIGHT_H

#include <stdbool.h>

struct sf_error;
struct sf_facts;
struct sf_manifest;

struct sf_preflight {
    int tree_fd;
    const char *tree_path;   /* of that directory as this process sees it, to run programs from */
    const char *node_prefix; /* the clean prefix the tree will have */
    const struct sf_manifest *manifest;
    const struct sf_facts *facts;
    bool may_run; /* false in an image: its programs are not ours to run */
};

/*
 * Every library resolves inside the tree or in glibc, no symbol version above the node's, every
 * plugin that is expected is there, no build prefix left, and `slurmd -V` runs and says the
 * manifest's version. Errors: UNHEALTHY or INCOMPATIBLE, naming the file and the rule.
 */
int sf_preflight_run(const struct sf_preflight *preflight, struct sf_error *err);

#endif
