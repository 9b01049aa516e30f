/*
 * The directory of one release in the making, STATE/releases/<id>, and what is known of its stages:
 * done/STAGE holds a digest of everything that the stage's result depends on, the stages before it
 * included. So a stage is done for good, or it starts from nothing.
 *
 * Lifecycle: sf_cell_open(), sf_cell_chain() once for every stage in order, sf_cell_first(), then
 * for each stage from there sf_cell_begin(), the work, sf_cell_finish(); sf_cell_done().
 */
#ifndef SF_BUILDER_MAKE_CELL_H
#define SF_BUILDER_MAKE_CELL_H

#include "common/base/cleanup.h"
#include "common/base/strlist.h"
#include "common/host/digest.h"

#include <stdbool.h>
#include <stddef.h>

struct sf_error;
struct sf_release;

/* What the chain needs to know of a stage. */
struct sf_cell_stage {
    const char *name;
    const char *output; /* relative; without it the stage is not done; NULL: it leaves nothing */
    bool is_in_place;   /* it works on what the stage before it made: when it does not end, that one
                         * has to be done again */
};

struct sf_cell {
    char *path; /* absolute */
    int fd;
    int lock_fd;
    const struct sf_cell_stage *stages;
    size_t stage_count;
    struct sf_strlist digests; /* of the stages, as far as sf_cell_chain() was called */
};

/* Makes it and takes its lock. `state` is absolute, `stages` borrowed. Errors: BUSY, PERMISSION,
 * IO. */
int sf_cell_open(const char *state, const struct sf_release *release,
                 const struct sf_cell_stage *stages, size_t stage_count, struct sf_cell *ret,
                 struct sf_error *err);

/* Adds the next stage's inputs. Errors: NO_MEMORY. */
int sf_cell_chain(struct sf_cell *cell, const char *inputs, struct sf_error *err);

/* The first stage that has to be run: the one after the last that is done for these inputs. */
size_t sf_cell_first(const struct sf_cell *cell);

/* Forgets that the stage and all after it are done. Errors: IO. */
int sf_cell_forget(const struct sf_cell *cell, size_t stage, struct sf_error *err);

/* Forgets the stage and all after it, and opens its log, empty. Errors: IO. */
int sf_cell_begin(struct sf_cell *cell, size_t stage, int *ret_log_fd, struct sf_error *err);

/* Records the stage. Errors: IO, NO_SPACE. */
int sf_cell_finish(struct sf_cell *cell, size_t stage, struct sf_error *err);

/* "…/logs/configure.log"; NULL when out of memory. Owned by the caller. */
char *sf_cell_log_path(const struct sf_cell *cell, size_t stage);

/* Lets go of the lock. */
void sf_cell_done(struct sf_cell *cell);

SF_DEFINE_AUTO_STRUCT(cell, struct sf_cell, sf_cell_done)

#endif
