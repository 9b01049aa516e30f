/* What to keep: pure rules over the list of trees. */
#ifndef SF_STORE_RETENTION_H
#define SF_STORE_RETENTION_H

#include "common/format/release.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * Which of `releases` (newest first) may go so that `keep` stay: never `active` nor `previous`.
 * `ret_remove[i]` for each.
 */
void sf_retention_choose(const struct sf_release *releases, size_t count, const char *active_id,
                         const char *previous_id, uint32_t keep, bool *ret_remove);

#endif
