/* How long to wait before trying again. */
#include "common/base/backoff.h"

#include <unistd.h>

#define BASE_MS 200

uint32_t sf_backoff_ms(uint32_t tries)
{
    uint32_t random = 0;
    uint32_t ceiling = SF_BACKOFF_CAP_MS;

    if (tries < 8 && (BASE_MS << tries) < SF_BACKOFF_CAP_MS) {
        ceiling = BASE_MS << tries;
    }
    if (getentropy(&random, sizeof random) < 0) {
        return ceiling;
    }
    return random % (ceiling + 1);
}
