/*
 * A malloc whose n-th call fails, for one unit test: include it once, in the .c file. Each
 * allocation of a round trip fails in turn, and the round trip says "out of memory" or is right.
 */
#ifndef SF_TESTS_UNIT_FAILING_MALLOC_H
#define SF_TESTS_UNIT_FAILING_MALLOC_H

#include "tests/unit/sf_test.h"

static long failing;   /* the allocation that fails, 0 for none */
static long allocated; /* since failing was set */
static long live;

#if defined(__has_feature)
#if __has_feature(address_sanitizer)
#define __SANITIZE_ADDRESS__ 1
#endif
#endif

/* A sanitizer has its own malloc: there each round trip is made once, with memory. */
#ifndef __SANITIZE_ADDRESS__

void *__libc_malloc(size_t size);
void *__libc_calloc(size_t count, size_t size);
void *__libc_realloc(void *memory, size_t size);
void __libc_free(void *memory);

static bool fails_now(void)
{
    allocated++;
    if (allocated != failing) {
        return false;
    }
    errno = ENOMEM;
    return true;
}

void *malloc(size_t size)
{
    void *memory = fails_now() ? NULL : __libc_malloc(size);

    live += memory != NULL;
    return memory;
}

void *calloc(size_t count, size_t size)
{
    void *memory = fails_now() ? NULL : __libc_calloc(count, size);

    live += memory != NULL;
    return memory;
}

void *realloc(void *memory, size_t size)
{
    void *moved = fails_now() ? NULL : __libc_realloc(memory, size);

    live += memory == NULL && moved != NULL;
    return moved;
}

void *reallocarray(void *memory, size_t count, size_t size)
{
    return realloc(memory, count * size);
}

void free(void *memory)
{
    live -= memory != NULL;
    __libc_free(memory);
}

#endif

/* Reads and writes something; `*ret_text` is what came of it. */
typedef int (*round_trip)(char **ret_text, struct sf_error *err);

static inline void assert_each_failure_is_told(round_trip trip)
{
    struct sf_error err = {0};
    char *expected = NULL;

    assert_sf_ok(trip(&expected, &err), &err);
    for (long n = 1;; n++) {
        char *text = NULL;
        long before = live;

        allocated = 0;
        failing = n;
        int r = trip(&text, &err);
        long needed = allocated;

        failing = 0;
        if (r == 0) {
            assert_string_equal(text, expected);
        } else {
            assert_int_equal(r, -(int)SF_E_NO_MEMORY);
            assert_null(text);
        }
        free(text);
        assert_int_equal(live, before);
        if (needed < n) {
            break;
        }
    }
    free(expected);
}

#endif
