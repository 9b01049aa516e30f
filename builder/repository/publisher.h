/*
 * Publishing: artifacts of a local directory, then the index that lists them, then a look at all of
 * it as a client has it. In that order, so that no reader ever sees an entry without its bytes.
 */
#ifndef SF_BUILDER_REPOSITORY_PUBLISHER_H
#define SF_BUILDER_REPOSITORY_PUBLISHER_H

#include "common/base/strlist.h"

#include <stdbool.h>
#include <stdint.h>

struct sf_error;
struct sf_report;
struct sf_target;

#define SF_PUBLISHER_WAIT_S 60

struct sf_publication {
    struct sf_target *target;
    const char *from;   /* a directory in a repository's layout whose artifacts are to be added;
                         * NULL: none */
    const char *signer; /* fingerprint; the secret stays with gpg-agent */
    const char *name;   /* of the repository; NULL: as it was */
    const char *keys;   /* public keys that the old index has to be signed by; NULL: the signer's */
    const char *percent;   /* share of nodes that may upgrade, as typed; NULL: as it was */
    bool is_halted;        /* no node upgrades by itself */
    uint32_t expires_days; /* 0: the default */
    uint32_t keep;         /* releases per series, toolchain, architecture and variant; 0: all */
    uint32_t wait_s;       /* for another publisher; 0: SF_PUBLISHER_WAIT_S */
    struct sf_strlist withdrawn; /* "24.11.5-1" to yank */
    struct sf_strlist expired;   /* "24.11.5-1" to take out */
    bool is_dry_run;             /* tell, change nothing */
};

/*
 * Does it, in this order: puts the files that are missing and reads them back; replaces the index
 * and reads it back; removes the files of releases that this index or the one before has taken out.
 * A file that no index ever named as taken out is never removed: it may be on its way in by
 * somebody else. Tells `report` what was put, what the index says, what was removed. The same run
 * again changes nothing but what is missing: an index that would say the same is not signed anew
 * unless half of its time is over. sf_interrupt_is_pending() is looked at between any two steps.
 * Errors: INTERRUPTED, USAGE, SIGNATURE, BUSY, NOT_FOUND (nothing is added, and there is no index
 * to change), INTEGRITY (what was read back is not what was put), those of the target.
 */
int sf_publisher_run(const struct sf_publication *publication, struct sf_report *report,
                     struct sf_error *err);

#endif
