/*
 * Progress on standard error when that is a terminal: phase, bar, bytes, rate, at 5 Hz, in place.
 * Otherwise silent, so that logs and parallel shells stay clean. NO_COLOR and TERM=dumb: no bar.
 */
#ifndef SF_CLI_PROGRESS_H
#define SF_CLI_PROGRESS_H

#include <stdbool.h>
#include <stdint.h>

/* Starts; `is_wanted` false (--quiet, --json, --no-progress) keeps silent. */
void sf_progress_start(bool is_wanted);

/* The phase changes: "fetching 25.11.6-1". `total` 0: not known. Thread-safe, as is the next. */
void sf_progress_phase(const char *phase, uint64_t total_bytes);

void sf_progress_add(uint64_t bytes);

/* A phase that is counted in something else than bytes, and shows for how long it goes on. */
void sf_progress_count(const char *phase, uint64_t total);

/* False when all of this is silent: what it costs to count can be saved. */
bool sf_progress_is_on(void);

/* Clears the line. */
void sf_progress_end(void);

#endif
