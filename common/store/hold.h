/*
 * Releases that the automatic upgrade leaves alone: those that were rolled back from, or failed
 * their health check. One empty file each, /var/lib/sf-agent/holds/<id>.
 */
#ifndef SF_STORE_HOLD_H
#define SF_STORE_HOLD_H

#include <stdbool.h>

struct sf_error;
struct sf_layout;

/* Puts a release on hold; already held is fine. */
int sf_hold_set(const struct sf_layout *layout, const char *id, struct sf_error *err);

/* Takes the hold off; not held is fine. */
int sf_hold_clear(const struct sf_layout *layout, const char *id, struct sf_error *err);

bool sf_hold_is_set(const struct sf_layout *layout, const char *id);

#endif
