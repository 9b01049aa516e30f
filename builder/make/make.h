/*
 * A release made from its source: fetch, configure, compile, install, pack, test, sign, publish,
 * one after the other, in the release's directory below the state directory. What is done for the
 * same inputs is not done again.
 */
#ifndef SF_BUILDER_MAKE_MAKE_H
#define SF_BUILDER_MAKE_MAKE_H

#include "builder/make/cell.h"
#include "builder/place/place.h"
#include "common/base/strlist.h"
#include "common/format/prefix.h"
#include "common/format/release.h"

#include <stdbool.h>
#include <stdint.h>

struct sf_error;
struct sf_recipe;
struct sf_report;
struct sf_spack_config;

struct sf_make {
    /* asked for; what is a pointer is borrowed */
    struct sf_release release;
    const struct sf_recipe *recipe;
    const struct sf_spack_config *spack; /* built by Spack, as this says; NULL: from its source */
    const char *spack_program;           /* by a path of the place; NULL: on its usual path */
    const char *state;                   /* absolute */
    const char *root;                    /* where it is built: "/" for this machine */
    const char *test_root;               /* where it is tested; NULL: in `root` */
    const struct sf_strlist *mirrors;    /* of sources */
    const char *proxy;                   /* NULL: none */
    const char *agent;                   /* sf-agent; NULL: the one that belongs to this program */
    const char *signer;                  /* fingerprint; NULL: nothing is signed nor published */
    const char *target;                  /* a repository; NULL: nothing is published */
    const char *repository_name;         /* NULL: as it was */
    uint32_t keep;                       /* releases to keep there; 0: all */
    uint32_t jobs;                       /* 0: as many as there are processors */
    int level;                           /* of zstd; 0: the default */
    const char *last_stage;              /* nothing is done after it; NULL: all */
    bool has_no_ccache;
    bool shows_progress; /* on a terminal */

    /* by sf_make_run() */
    struct sf_cell cell;
    struct sf_place place;
    char *cache;      /* of ccache, NULL without one */
    char *place_text; /* what the place is, and the versions of the recipe's packages */
    char *agent_path; /* for the test */
    char agent_digest[SF_DIGEST_HEX];
    char own_digest[SF_DIGEST_HEX]; /* of this program, which does the packing and the testing */
    char slot[SF_PREFIX_SLOT + 1];
    int64_t epoch_s;
    struct sf_report *report;
};

/*
 * Runs what is not done. `report` gets a line for each stage that ran and the artifact's path.
 * Errors: INCOMPATIBLE (the place), NOT_FOUND (packages or source), BUSY, UNHEALTHY (a stage; the
 * message names its log), INTERRUPTED, those of the stages.
 */
int sf_make_run(struct sf_make *make, struct sf_report *report, struct sf_error *err);

/* Releases what sf_make_run() has filled in. */
void sf_make_done(struct sf_make *make);

/* Errors: USAGE (there is no stage of that name when Slurm is built from its source, or by Spack;
 * they are named). */
int sf_make_check_stage(const char *name, bool is_spack, struct sf_error *err);

SF_DEFINE_AUTO_STRUCT(make, struct sf_make, sf_make_done)

#endif
