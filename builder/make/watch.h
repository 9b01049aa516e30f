/* A log watched while it is written: each compiler call in it is one step of progress. */
#ifndef SF_BUILDER_MAKE_WATCH_H
#define SF_BUILDER_MAKE_WATCH_H

#include "common/base/cleanup.h"

#include <stddef.h>
#include <stdint.h>

struct sf_watch;

/*
 * Shows `phase` as progress, `total` steps long (0: not known), until sf_watch_free(). `log_fd` is
 * borrowed. Does nothing, and gives NULL, where no progress is shown or a thread cannot be had.
 */
struct sf_watch *sf_watch_new(int log_fd, const char *phase, uint64_t total);
void sf_watch_free(struct sf_watch *watch);

SF_DEFINE_AUTO(watch, struct sf_watch *, sf_watch_free)

/* The start of the line that is being read; zero-initialised at the start of a text. */
struct sf_watch_line {
    char start[32];
    size_t length;
};

/* How many lines of `text` begin a compilation, as make prints it. `line` carries over what one
 * piece of text ends with to the next. */
uint64_t sf_watch_count(const char *text, size_t size, struct sf_watch_line *line);

#endif
