/* Time: the two clocks, and the one way a time is written. */
#include "common/base/clock.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

int64_t sf_clock_now_s(void)
{
    struct timespec now;

    (void)clock_gettime(CLOCK_REALTIME, &now);
    return now.tv_sec;
}

int64_t sf_clock_monotonic_ms(void)
{
    struct timespec now;

    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

void sf_clock_format(int64_t time_s, char text[static SF_CLOCK_TEXT_SIZE])
{
    time_t time = (time_t)time_s;
    struct tm parts;

    if (gmtime_r(&time, &parts) == NULL ||
        strftime(text, SF_CLOCK_TEXT_SIZE, "%Y-%m-%dT%H:%M:%SZ", &parts) == 0) {
        (void)snprintf(text, SF_CLOCK_TEXT_SIZE, "%s", "0000-00-00T00:00:00Z");
    }
}

bool sf_clock_parse(const char *text, int64_t *ret_time_s)
{
    char again[SF_CLOCK_TEXT_SIZE];
    struct tm parts = {0};
    const char *end = strptime(text, "%Y-%m-%dT%H:%M:%SZ", &parts);

    if (end == NULL || *end != '\0' || strlen(text) != sizeof "2026-11-21T01:02:03Z" - 1) {
        return false;
    }
    int64_t time_s = (int64_t)timegm(&parts);

    /* strptime takes "1-2-3" and the 31st of February; only the canonical form comes back equal. */
    sf_clock_format(time_s, again);
    if (strcmp(again, text) != 0) {
        return false;
    }
    *ret_time_s = time_s;
    return true;
}
