/* Which artifact of an index is meant, for this node: pure rules, and sentences for what is not
 * there. */
#ifndef SF_AGENT_SELECT_H
#define SF_AGENT_SELECT_H

#include "common/format/release.h"
#include "common/format/repo_index.h"

#include <stdbool.h>

struct sf_error;
struct sf_facts;

/* True when the artifact is for this node's toolchain, architecture and `variant`. */
bool sf_select_is_for_node(const struct sf_index_artifact *artifact, const struct sf_facts *facts,
                           const char *variant);

/*
 * The newest artifact of what is wanted. For a series the index's own series table decides when it
 * has an entry that exists for this node. Yanked ones only when named to the build. Errors:
 * NOT_FOUND (what there is for this node), INCOMPATIBLE (there is one, but for other toolchains or
 * architectures, or it needs a newer CPU or glibc).
 */
int sf_select_artifact(const struct sf_repo_index *index, const struct sf_wanted *wanted,
                       const struct sf_facts *facts, const char *variant,
                       const struct sf_index_artifact **ret, struct sf_error *err);

/* CPU level and glibc of a release against the node's. Errors: INCOMPATIBLE. */
int sf_select_check_node(const struct sf_release *release, const char *glibc, const char *cpu_level,
                         const struct sf_facts *facts, struct sf_error *err);

/* Toolchain and architecture of a release against the node's. Errors: INCOMPATIBLE. */
int sf_select_check_toolchain(const struct sf_release *release, const struct sf_facts *facts,
                              struct sf_error *err);

#endif
