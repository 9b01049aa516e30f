/* The options that every command of sf-builder has. */
#include "builder/commands.h"

const struct sf_option sf_builder_common_table[] = {
    {"json", 0, SF_OPTION_FLAG, NULL, offsetof(struct sf_builder_options, is_json),
     "print one JSON object"},
    {"verbose", 'v', SF_OPTION_FLAG, NULL, offsetof(struct sf_builder_options, is_verbose),
     "say on standard error what is being done"},
    {0},
};

const struct sf_option *const sf_builder_shared_options[] = {sf_builder_common_table, NULL};
