/* Which releases may go so that a number of them stays. */
#include "common/store/retention.h"

#include <string.h>

static bool is_protected(const struct sf_release *release, const char *active_id,
                         const char *previous_id)
{
    char id[SF_RELEASE_ID_SIZE];

    sf_release_format(release, id);
    return strcmp(id, active_id) == 0 || strcmp(id, previous_id) == 0;
}

void sf_retention_choose(const struct sf_release *releases, size_t count, const char *active_id,
                         const char *previous_id, uint32_t keep, bool *ret_remove)
{
    size_t kept = 0;

    for (size_t i = 0; i < count; i++) {
        ret_remove[i] = !is_protected(&releases[i], active_id, previous_id);
        kept += !ret_remove[i];
    }
    for (size_t i = 0; i < count && kept < keep; i++) {
        kept += ret_remove[i];
        ret_remove[i] = false;
    }
}
