/* Numbers from text, strictly: all of the text, no sign, no white space, no overflow. */
#ifndef SF_BASE_NUMBER_H
#define SF_BASE_NUMBER_H

#include <stdbool.h>
#include <stdint.h>

/* True and `*ret` set when `text` is a decimal number of at most `max`; leading zeros are refused.
 */
bool sf_number_parse(const char *text, uint64_t max, uint64_t *ret);

/*
 * Bytes for people: "512 B", "5.1 MB" (powers of 1000, as downloads are sold). Writes to `text`.
 */
void sf_number_format_bytes(uint64_t bytes, char text[static 16]);

#endif
