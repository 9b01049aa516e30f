/* Time: seconds since 1970 as int64_t, written and read as "2026-11-21T01:02:03Z". */
#ifndef SF_BASE_CLOCK_H
#define SF_BASE_CLOCK_H

#include <stdbool.h>
#include <stdint.h>

/* Room for a formatted time and its NUL. */
#define SF_CLOCK_TEXT_SIZE 32

/* The wall clock. A command reads it once and hands it on: a clock that jumps during a run changes
 * no verdict (threat 20). */
int64_t sf_clock_now_s(void);

/* A clock that only goes forward, for timeouts and rates. */
int64_t sf_clock_monotonic_ms(void);

/* Writes the time as RFC 3339 in UTC. */
void sf_clock_format(int64_t time_s, char text[static SF_CLOCK_TEXT_SIZE]);

/* Reads exactly the form that sf_clock_format() writes; false for anything else. */
bool sf_clock_parse(const char *text, int64_t *ret_time_s);

#endif
