/* The options that say which release is meant: shared by the commands that make one. */
#ifndef SF_BUILDER_RELEASE_OPTIONS_H
#define SF_BUILDER_RELEASE_OPTIONS_H

#include "builder/commands.h"

#include <stdint.h>

struct sf_error;
struct sf_release;

/* The first members of the options of such a command. */
struct sf_release_options {
    struct sf_builder_options common;
    const char *version;
    uint32_t build; /* 0: 1 */
    const char *toolchain;
    const char *arch;    /* NULL: this machine's */
    const char *variant; /* NULL: cpu */
};

/* NULL-terminated array of the tables that fill it, the common one among them. */
extern const struct sf_option *const sf_release_shared_options[];

/* The release that is meant. Errors: USAGE, naming the option that is missing or wrong. */
int sf_release_options_read(const struct sf_release_options *options, struct sf_release *ret,
                            struct sf_error *err);

#endif
