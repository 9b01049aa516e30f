/* What every fuzz target has: libFuzzer's entry, and a way to say that an answer was wrong. */
#ifndef SF_TESTS_FUZZ_FUZZ_TARGET_H
#define SF_TESTS_FUZZ_FUZZ_TARGET_H

#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

/* Reads untrusted bytes; returns 0. */
int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

/* Ends the process with a report when a promise does not hold; also in release builds. */
static inline void fuzz_require(int condition)
{
    if (!condition) {
        abort();
    }
}

#endif
