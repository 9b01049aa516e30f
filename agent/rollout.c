/* Whether the repository's rollout reaches this node yet. */
#include "agent/rollout.h"

#include <stdio.h>

#include "common/base/clock.h"

/* FNV-1a, spread over 0-99: even, and the same everywhere; nothing secret depends on it. */
static uint32_t place_of(const char *hostname, uint64_t serial)
{
    uint64_t hash = 14695981039346656037ULL;

    for (const char *c = hostname; *c != '\0'; c++) {
        hash = (hash ^ (unsigned char)*c) * 1099511628211ULL;
    }
    for (int i = 0; i < 8; i++) {
        hash = (hash ^ (serial >> (8 * i) & 0xff)) * 1099511628211ULL;
    }
    return (uint32_t)((hash >> 32) % 100);
}

bool sf_rollout_allows(const struct sf_repo_index *index, const char *hostname, int64_t now_s,
                       char *reason, size_t reason_size)
{
    const struct sf_rollout *rollout = &index->rollout;
    char date[SF_CLOCK_TEXT_SIZE];

    if (rollout->is_halted) {
        (void)snprintf(reason, reason_size, "the rollout is halted");
        return false;
    }
    if (rollout->not_before_s > now_s) {
        sf_clock_format(rollout->not_before_s, date);
        (void)snprintf(reason, reason_size, "the rollout begins on %s", date);
        return false;
    }
    if (place_of(hostname, index->serial) >= rollout->percent) {
        (void)snprintf(reason, reason_size, "the rollout has reached %u percent of the nodes",
                       rollout->percent);
        return false;
    }
    return true;
}
