/* The options of all commands in one struct, and the tables that several commands share. */
#ifndef SF_AGENT_OPTIONS_H
#define SF_AGENT_OPTIONS_H

#include "common/cli/option.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct sf_agent_options {
    /* every command */
    bool is_json;
    bool is_quiet;
    bool is_verbose;
    bool has_no_progress;
    const char *sysroot;
    const char *config_path;
    /* commands that change something */
    bool is_check;
    uint32_t lock_timeout_s;
    /* one command or another */
    bool is_download_only;
    bool has_no_start;
    const char *toolchain;
    const char *repository;
    bool wants_available;
    bool wants_repair;
    bool wants_defaults;
    bool may_take_previous;
    uint32_t keep;
    uint32_t count;
};

/* --json --quiet --verbose --no-progress --root --config */
extern const struct sf_option sf_agent_common_options[];

/* --check --lock-timeout, in addition */
extern const struct sf_option sf_agent_change_options[];

/* --toolchain --repo: commands that choose from a repository */
extern const struct sf_option sf_agent_source_options[];

/* The combinations, NULL-terminated, as struct sf_command wants them. */
extern const struct sf_option *const sf_agent_reading[];
extern const struct sf_option *const sf_agent_changing[];
extern const struct sf_option *const sf_agent_choosing[];          /* reads, chooses */
extern const struct sf_option *const sf_agent_changing_choosing[]; /* changes, chooses */

#endif
