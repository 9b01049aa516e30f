/*
 * What an install or upgrade will do: decided from configuration, facts, index and what is on the
 * node, before anything is touched, and printable (--check).
 */
#ifndef SF_AGENT_PLAN_H
#define SF_AGENT_PLAN_H

#include "common/format/release.h"

#include <stdbool.h>
#include <stdint.h>

struct sf_agent;
struct sf_error;
struct sf_layout;
struct sf_report;

struct sf_plan {
    char target[SF_RELEASE_ID_SIZE];
    char active[SF_RELEASE_ID_SIZE]; /* "" for none */
    bool has_tree;                   /* the target's tree is already there: nothing is fetched */
    bool is_activated;               /* the target becomes active (not with --download-only) */
    uint64_t fetch_bytes; /* of the artifact, 0 when nothing is fetched or the file is local */
};

/* Fills a plan for `target` from what is on the node. Errors: IO, FORMAT. */
int sf_plan_make(const struct sf_layout *layout, const struct sf_release *target,
                 bool is_download_only, struct sf_plan *ret, struct sf_error *err);

/* True when the plan changes nothing. */
bool sf_plan_is_empty(const struct sf_plan *plan);

/* The plan as members of the report, and as lines when `is_told`. */
void sf_plan_report(const struct sf_plan *plan, bool is_told, struct sf_report *report);

#endif
