/* Whether the repository's rollout reaches this node yet: pure rules for the automatic upgrade. */
#ifndef SF_AGENT_ROLLOUT_H
#define SF_AGENT_ROLLOUT_H

#include "common/format/repo_index.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * True when the node may upgrade now; else `reason` gets a sentence. The node's place among 100 is
 * a hash of its name and the serial: stable for one index, another for the next, so that not the
 * same nodes always go first. Host names, not machine ids: cloned images share those.
 */
bool sf_rollout_allows(const struct sf_repo_index *index, const char *hostname, int64_t now_s,
                       char *reason, size_t reason_size);

#endif
