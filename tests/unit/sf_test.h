/* What every unit test uses: cmocka with its prerequisites, assertions on sf_error, a temporary
 * directory. */
#ifndef SF_TESTS_UNIT_SF_TEST_H
#define SF_TESTS_UNIT_SF_TEST_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <fcntl.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/base/cleanup.h"
#include "common/base/error.h"

/* The call succeeds; its message is shown when it does not. */
#define assert_sf_ok(call, error)                                                                  \
    do {                                                                                           \
        if ((call) < 0) {                                                                          \
            fail_msg("%s: %s", #call, (error)->message);                                           \
        }                                                                                          \
    } while (0)

/* The call fails with this code, and the message holds the fragment. */
#define assert_sf_fails(call, error, expected_code, fragment)                                      \
    do {                                                                                           \
        assert_int_equal((call), -(int)(expected_code));                                           \
        assert_int_equal((error)->code, (expected_code));                                          \
        if (strstr((error)->message, (fragment)) == NULL) {                                        \
            fail_msg("message is '%s', expected '%s' in it", (error)->message, (fragment));        \
        }                                                                                          \
    } while (0)

static int sf_test_remove_entry(const char *path, const struct stat *status, int type,
                                struct FTW *walk)
{
    (void)status;
    (void)type;
    (void)walk;
    return remove(path);
}

/* cmocka fixtures: *state is the path of a fresh directory, removed afterwards. */
static inline int sf_test_make_directory(void **state)
{
    const char *base = getenv("TMPDIR");
    char *path = NULL;

    if (asprintf(&path, "%s/sf-test-XXXXXX", base == NULL ? "/tmp" : base) < 0) {
        return -1;
    }
    *state = mkdtemp(path);
    return *state == NULL ? -1 : 0;
}

static inline int sf_test_remove_directory(void **state)
{
    char *path = *state;
    int r = nftw(path, sf_test_remove_entry, 16, FTW_DEPTH | FTW_PHYS);

    free(path);
    return r;
}

/* A file below the fixture's directory with this text. */
static inline void sf_test_write_file(const char *directory, const char *name, const char *text)
{
    char path[4096];

    (void)snprintf(path, sizeof path, "%s/%s", directory, name);
    FILE *stream = fopen(path, "we");

    assert_non_null(stream);
    assert_true(fputs(text, stream) >= 0);
    assert_int_equal(fclose(stream), 0);
}

#endif
