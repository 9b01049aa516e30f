/* The option tables that several commands share. */
#include "agent/options.h"

#define AT(member) offsetof(struct sf_agent_options, member)

const struct sf_option sf_agent_common_options[] = {
    {"json", 0, SF_OPTION_FLAG, NULL, AT(is_json), "print one JSON object and nothing else"},
    {"quiet", 'q', SF_OPTION_FLAG, NULL, AT(is_quiet), "print nothing but errors"},
    {"verbose", 'v', SF_OPTION_FLAG, NULL, AT(is_verbose), "say what is done, to standard error"},
    {"no-progress", 0, SF_OPTION_FLAG, NULL, AT(has_no_progress),
     "no progress bar, even on a terminal"},
    {"root", 0, SF_OPTION_TEXT, "DIR", AT(sysroot),
     "work in the image or chroot at DIR; no systemd there is touched"},
    {"config", 0, SF_OPTION_TEXT, "FILE", AT(config_path),
     "read FILE, and keys.d beside it, instead of /etc/sf-agent"},
    {0},
};

const struct sf_option sf_agent_change_options[] = {
    {"check", 'n', SF_OPTION_FLAG, NULL, AT(is_check), "say what would happen, change nothing"},
    {"lock-timeout", 0, SF_OPTION_NUMBER, "SECONDS", AT(lock_timeout_s),
     "wait so long for another run to end (0)"},
    {0},
};

const struct sf_option sf_agent_source_options[] = {
    {"toolchain", 0, SF_OPTION_TEXT, "NAME", AT(toolchain),
     "take artifacts of this toolchain, whatever the node looks like"},
    {"repo", 0, SF_OPTION_TEXT, "URL", AT(repository),
     "use this repository instead of the configured ones"},
    {0},
};

const struct sf_option *const sf_agent_reading[] = {sf_agent_common_options, NULL};
const struct sf_option *const sf_agent_changing[] = {sf_agent_change_options,
                                                     sf_agent_common_options, NULL};
const struct sf_option *const sf_agent_choosing[] = {sf_agent_source_options,
                                                     sf_agent_common_options, NULL};
const struct sf_option *const sf_agent_changing_choosing[] = {
    sf_agent_source_options, sf_agent_change_options, sf_agent_common_options, NULL};
