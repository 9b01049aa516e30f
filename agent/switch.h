/*
 * The transaction that makes a release active: journal, one rename, then what follows from it
 * (modules, units, daemon-reload, restarts), finished or undone by whoever runs next.
 */
#ifndef SF_AGENT_SWITCH_H
#define SF_AGENT_SWITCH_H

#include "common/base/strlist.h"
#include "common/format/journal_entry.h"

#include <stdbool.h>

struct sf_agent;
struct sf_error;

/*
 * Makes `id` active under the name `operation`. Already active: what follows is brought up to date,
 * `*ret_is_switched` false. When a restarted service does not stay up the old release is made
 * active again, `id` is put on hold, and the error is UNHEALTHY. Errors: NOT_FOUND (no such tree),
 * INTEGRITY (the tree is damaged), IO.
 */
int sf_switch_run(struct sf_agent *agent, const char *operation, const char *id,
                  bool *ret_is_switched, struct sf_error *err);

/*
 * What follows from `entry.to` being active; repeatable. Names of services that still run the old
 * release are added to `ret_stale`.
 */
int sf_switch_follow(struct sf_agent *agent, const struct sf_journal_entry *entry,
                     struct sf_strlist *ret_stale, struct sf_error *err);

/*
 * The rest of a switch whose rename is done: what follows, holds, the end of the journal; or the
 * way back. Errors: UNHEALTHY (the old release, if there was one, is active again), INTEGRITY (the
 * manifest of `entry.to` is damaged), IO.
 */
int sf_switch_conclude(struct sf_agent *agent, const struct sf_journal_entry *entry,
                       struct sf_error *err);

#endif
