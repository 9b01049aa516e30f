/* Every allocation of a parser or writer fails once: it says "out of memory", or its answer is
 * right, and nothing leaks. */
#include "common/format/config.h"
#include "common/format/journal_entry.h"
#include "tests/unit/format/index_text.h"
#include "tests/unit/format/manifest_text.h"

#if defined(__has_feature)
#if __has_feature(address_sanitizer)
#define __SANITIZE_ADDRESS__ 1
#endif
#endif

#ifndef __SANITIZE_ADDRESS__

void *__libc_malloc(size_t size);
void *__libc_calloc(size_t count, size_t size);
void *__libc_realloc(void *memory, size_t size);
void __libc_free(void *memory);

static long failing;   /* the allocation that fails, 0 for none */
static long allocated; /* since failing was set */
static long live;

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

/* Reads and writes something; `*ret_text` is what came of it. */
typedef int (*round_trip)(char **ret_text, struct sf_error *err);

static char *manifest_input;

static int trip_manifest(char **ret_text, struct sf_error *err)
{
    static const char blocks[1][65] = {MANIFEST_SHA};
    static const struct sf_strlist none;
    const struct sf_manifest_origin origin = {
        .builder_version = "1", .options = &none, .sources = &none};
    sf_auto(manifest) struct sf_manifest *manifest = NULL;
    int r = sf_manifest_parse(manifest_input, strlen(manifest_input), &manifest, err);

    if (r < 0) {
        return r;
    }
    sf_autofree char *inner = sf_manifest_dump(manifest, &origin);

    if (inner == NULL) {
        return sf_error_no_memory(err);
    }
    return sf_manifest_dump_outer(inner, 5, blocks, 1, ret_text, err);
}

static int trip_index(char **ret_text, struct sf_error *err)
{
    sf_auto(repo_index) struct sf_repo_index *index = NULL;
    int r = sf_repo_index_parse(INDEX_TEXT, strlen(INDEX_TEXT), &index, err);

    if (r < 0) {
        return r;
    }
    *ret_text = sf_repo_index_dump(index);
    return *ret_text == NULL ? sf_error_no_memory(err) : 0;
}

static int trip_config(char **ret_text, struct sf_error *err)
{
    sf_auto(config) struct sf_config *config = NULL;
    int r = sf_config_new(&config, err);

    if (r == 0) {
        r = sf_config_apply(config, "x",
                            "[agent]\nroot = /x\n[repository]\nurl = http://a:b@c\nurl = http://d\n"
                            "[toolchain t]\nglibc = 2.36\n",
                            err);
    }
    if (r < 0) {
        return r;
    }
    *ret_text = sf_config_value(config, "repository", "url");
    return *ret_text == NULL ? sf_error_no_memory(err) : 0;
}

static int trip_history(char **ret_text, struct sf_error *err)
{
    struct sf_history_line line = {.operation = "install", .detail = "a\x1b"};
    struct sf_history_line again;
    sf_autofree char *text = sf_history_line_dump(&line);

    if (text == NULL) {
        return sf_error_no_memory(err);
    }
    int r = sf_history_line_parse(text, strlen(text), &again, err);

    if (r < 0) {
        return r;
    }
    *ret_text = sf_history_line_dump(&again);
    return *ret_text == NULL ? sf_error_no_memory(err) : 0;
}

static void assert_each_failure_is_told(round_trip trip)
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

static void manifest_each_allocation_failing_is_told(void **state)
{
    (void)state;
    manifest_input = manifest_text("", "");
    assert_each_failure_is_told(trip_manifest);
    free(manifest_input);
}

static void index_each_allocation_failing_is_told(void **state)
{
    (void)state;
    assert_each_failure_is_told(trip_index);
}

static void config_each_allocation_failing_is_told(void **state)
{
    (void)state;
    assert_each_failure_is_told(trip_config);
}

static void history_each_allocation_failing_is_told(void **state)
{
    (void)state;
    assert_each_failure_is_told(trip_history);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(manifest_each_allocation_failing_is_told),
        cmocka_unit_test(index_each_allocation_failing_is_told),
        cmocka_unit_test(config_each_allocation_failing_is_told),
        cmocka_unit_test(history_each_allocation_failing_is_told),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

#else

int main(void)
{
    return 0; /* The sanitizer has its own malloc. */
}

#endif
