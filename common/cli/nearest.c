/* The nearest name to a mistyped word, by edit distance. */
#include "common/cli/nearest.h"

#include <string.h>

#define LONGEST_WORD 32
#define MAX_DISTANCE 2

static unsigned smallest(unsigned a, unsigned b, unsigned c)
{
    unsigned least = a < b ? a : b;

    return least < c ? least : c;
}

/* Levenshtein's distance, one row of the matrix at a time. */
static unsigned edit_distance(const char *a, const char *b)
{
    size_t length_a = strlen(a);
    size_t length_b = strlen(b);
    unsigned row[LONGEST_WORD + 1];

    if (length_a > LONGEST_WORD || length_b > LONGEST_WORD) {
        return LONGEST_WORD;
    }
    for (size_t j = 0; j <= length_b; j++) {
        row[j] = (unsigned)j;
    }
    for (size_t i = 1; i <= length_a; i++) {
        unsigned diagonal = row[0];

        row[0] = (unsigned)i;
        for (size_t j = 1; j <= length_b; j++) {
            unsigned above = row[j];
            unsigned replaced = diagonal + (a[i - 1] != b[j - 1]);

            row[j] = smallest(above + 1, row[j - 1] + 1, replaced);
            diagonal = above;
        }
    }
    return row[length_b];
}

void sf_nearest_offer(struct sf_nearest *nearest, const char *name)
{
    unsigned distance = edit_distance(nearest->word, name);

    /* A word of two letters is two edits away from any other. */
    if (distance > MAX_DISTANCE || distance >= strlen(nearest->word)) {
        return;
    }
    if (nearest->name == NULL || distance < nearest->distance) {
        nearest->name = name;
        nearest->distance = distance;
    }
}
