/*
 * One run of the agent: what main and the commands share. Nothing below agent/ knows it, and in
 * agent/ only the commands and what they are composed of do.
 */
#ifndef SF_AGENT_CONTEXT_H
#define SF_AGENT_CONTEXT_H

#include "agent/facts.h"

#include <stdbool.h>
#include <stdint.h>

struct sf_agent_options;
struct sf_config;
struct sf_error;
struct sf_layout;
struct sf_report;

struct sf_agent {
    const struct sf_agent_options *options;
    const char *command; /* the name of the command that runs */
    struct sf_report *report;
    struct sf_config *config;
    struct sf_layout *layout; /* after open.h */
    struct sf_facts facts;    /* likewise */
    int keys_fd;              /* keys.d, -1 when absent */
    char *keys_name;          /* its path, for messages */
    int lock_fd;              /* the lock, -1 when not held */
    int64_t now_s;            /* read once: a clock that jumps changes no verdict */
    const volatile bool *is_cancelled;
};

/* Loads the configuration and opens keys.d. Errors: CONFIG, PERMISSION, NO_MEMORY. */
int sf_agent_load(struct sf_agent *agent, struct sf_error *err);

/* "/" or what --root names; borrowed. */
const char *sf_agent_sysroot(const struct sf_agent *agent);

/* Releases all; the struct can be thrown away. */
void sf_agent_done(struct sf_agent *agent);

#endif
