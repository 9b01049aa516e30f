/* What the node is: read once, then everything that decides is a pure function of it. */
#ifndef SF_AGENT_FACTS_H
#define SF_AGENT_FACTS_H

#include "common/host/os_release.h"

#include <stdbool.h>

struct sf_config;
struct sf_error;

struct sf_facts {
    struct sf_os_release os;
    char glibc[16];
    char arch[16];
    char cpu_level[16];
    char toolchain[32]; /* "" when none matched */
    char reason[400];   /* then: the sentence that says so */
};

/*
 * Reads the tree at `sysroot_fd`. `toolchain` (may be NULL), from the command line, beats the
 * configuration, which beats detection. A node without a matching toolchain is no error here:
 * `detect` and `list` still work; whoever needs one calls sf_facts_require_toolchain(). Errors:
 * NOT_FOUND, IO.
 */
int sf_facts_read(int sysroot_fd, const struct sf_config *config, const char *toolchain,
                  struct sf_facts *ret, struct sf_error *err);

/* Errors: INCOMPATIBLE with the reason kept in the facts. */
int sf_facts_require_toolchain(const struct sf_facts *facts, struct sf_error *err);

#endif
