/* Which release on the node a person means. */
#ifndef SF_AGENT_PRESENT_H
#define SF_AGENT_PRESENT_H

#include "common/format/release.h"

#include <stdbool.h>

struct sf_agent;
struct sf_error;
struct sf_strlist;

/*
 * The newest present release that matches `text` (series, version, version-build or id), those of
 * this node's toolchain first. Errors: USAGE (no such form), NOT_FOUND (naming what is present).
 */
int sf_present_find(const struct sf_agent *agent, const char *text, struct sf_release *ret,
                    struct sf_error *err);

/* The operand if there is one, else the active release. Errors also: NOT_FOUND (none active). */
int sf_present_operand(const struct sf_agent *agent, char **operands, int count,
                       struct sf_release *ret, struct sf_error *err);

/* Adds "slurmd (pid 4711)" for each process that uses the release's tree. Errors: NOT_FOUND (no
 * /proc). */
int sf_present_users(const struct sf_agent *agent, const char *id, struct sf_strlist *ret_users,
                     struct sf_error *err);

/* Errors: IN_USE when the release is active, the rollback target (unless `may_take_previous`), or
 * used by a process, naming which. */
int sf_present_check_unused(const struct sf_agent *agent, const char *id, bool may_take_previous,
                            struct sf_error *err);

#endif
