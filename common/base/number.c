/* Numbers from text, strictly, and byte counts for people. */
#include "common/base/number.h"

#include <stdio.h>

bool sf_number_parse(const char *text, uint64_t max, uint64_t *ret)
{
    uint64_t value = 0;

    if (text[0] == '\0' || (text[0] == '0' && text[1] != '\0')) {
        return false;
    }
    for (const char *digit = text; *digit != '\0'; digit++) {
        if (*digit < '0' || *digit > '9') {
            return false;
        }
        uint64_t add = (uint64_t)(*digit - '0');

        if (value > (UINT64_MAX - add) / 10) {
            return false;
        }
        value = value * 10 + add;
    }
    if (value > max) {
        return false;
    }
    *ret = value;
    return true;
}

void sf_number_format_bytes(uint64_t bytes, char text[static 16])
{
    static const char *const units[] = {"B", "kB", "MB", "GB", "TB", "PB", "EB"};
    double value = (double)bytes;
    size_t unit = 0;

    while (value >= 999.95 && unit + 1 < sizeof units / sizeof *units) {
        value /= 1000;
        unit++;
    }
    (void)snprintf(text, 16, unit == 0 ? "%.0f %s" : "%.1f %s", value, units[unit]);
}
