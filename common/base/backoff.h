/* How long to wait before trying again what may work next time. */
#ifndef SF_BASE_BACKOFF_H
#define SF_BASE_BACKOFF_H

#include <stdint.h>

#define SF_BACKOFF_CAP_MS 30000

/*
 * Milliseconds to wait after `tries` tries before the last one failed, 0 for the first: exponential
 * with full jitter, so that those that failed together do not come back together.
 */
uint32_t sf_backoff_ms(uint32_t tries);

#endif
