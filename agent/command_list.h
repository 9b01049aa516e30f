/* Every command, one object each at the foot of its cmd_*.c. */
#ifndef SF_AGENT_COMMAND_LIST_H
#define SF_AGENT_COMMAND_LIST_H

#include "common/cli/command.h"

extern const struct sf_command sf_cmd_detect;
extern const struct sf_command sf_cmd_refresh;
extern const struct sf_command sf_cmd_list;
extern const struct sf_command sf_cmd_info;
extern const struct sf_command sf_cmd_install;
extern const struct sf_command sf_cmd_use;
extern const struct sf_command sf_cmd_upgrade;
extern const struct sf_command sf_cmd_rollback;
extern const struct sf_command sf_cmd_remove;
extern const struct sf_command sf_cmd_gc;
extern const struct sf_command sf_cmd_verify;
extern const struct sf_command sf_cmd_status;
extern const struct sf_command sf_cmd_history;
extern const struct sf_command sf_cmd_config;

#endif
