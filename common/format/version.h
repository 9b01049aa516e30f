/*
 * Order of Slurm versions: numbers compare as numbers (25.11.10 > 25.11.9), a pre-release suffix
 * sorts before its release (26.05.0rc1 < 26.05.0).
 */
#ifndef SF_FORMAT_VERSION_H
#define SF_FORMAT_VERSION_H

#include <stdbool.h>

/* True for YY.MM.micro with an optional rcN or pN-free suffix [a-z]+[0-9]+; at most 31 bytes. */
bool sf_version_is_valid(const char *version);

/* True for YY.MM. */
bool sf_version_is_series(const char *text);

/* <0, 0, >0 for valid versions (and any other text, in a total order). */
int sf_version_compare(const char *a, const char *b);

#endif
