/* The commands of sf-builder and the options that all of them have. */
#ifndef SF_BUILDER_COMMANDS_H
#define SF_BUILDER_COMMANDS_H

#include "common/cli/command.h"
#include "common/cli/option.h"

#include <stdbool.h>

struct sf_report;

/* What main and the commands share. */
struct sf_builder {
    struct sf_report *report;
};

/* The first member of every command's options. */
struct sf_builder_options {
    bool is_json;
    bool is_verbose;
};

/* The table that fills it, and a NULL-terminated array with only that table. */
extern const struct sf_option sf_builder_common_table[];
extern const struct sf_option *const sf_builder_shared_options[];

extern const struct sf_command sf_command_build;
extern const struct sf_command sf_command_prefix;
extern const struct sf_command sf_command_recipe;
extern const struct sf_command sf_command_pack;
extern const struct sf_command sf_command_index;
extern const struct sf_command sf_command_publish;
extern const struct sf_command sf_command_prune;
extern const struct sf_command sf_command_verify;
extern const struct sf_command sf_command_export;
extern const struct sf_command sf_command_matrix;
extern const struct sf_command sf_command_spack_yaml;
extern const struct sf_command sf_command_test;
extern const struct sf_command sf_command_import_buildcache;

#endif
