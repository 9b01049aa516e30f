/* Tests of a directory as a place to publish to. */
#include "tests/unit/sf_test.h"

#include <signal.h>
#include <sys/file.h>
#include <sys/mman.h>

#include "builder/repository/target.h"
#include "common/base/buffer.h"
#include "common/base/clock.h"
#include "common/host/dir.h"
#include "common/host/interrupt.h"

static struct sf_target *open_target(const char *path)
{
    struct sf_target *target = NULL;
    struct sf_error err;

    assert_sf_ok(sf_target_open(path, &target, &err), &err);
    return target;
}

static int file_of(const char *text)
{
    int fd = memfd_create("test", MFD_CLOEXEC);

    assert_true(fd >= 0);
    assert_int_equal(write(fd, text, strlen(text)), strlen(text));
    return fd;
}

static void assert_content(struct sf_target *target, const char *path, const char *expected)
{
    sf_auto(buffer) struct sf_buffer text = {.limit_bytes = 64};
    bool is_there = false;
    struct sf_error err;

    assert_sf_ok(sf_target_read(target, path, &text, &is_there, &err), &err);
    assert_true(is_there);
    assert_string_equal(text.data, expected);
}

static void assert_nothing_hidden(const char *path)
{
    sf_auto(strlist) struct sf_strlist names = {0};
    sf_autoclose int fd = -1;
    struct sf_error err;

    assert_sf_ok(sf_dir_open_follow(path, &fd, &err), &err);
    assert_sf_ok(sf_dir_list(fd, ".", &names, &err), &err);
    for (size_t i = 0; i < names.count; i++) {
        assert_int_not_equal(names.items[i][0], '.');
    }
}

static void directory_that_is_absent_is_empty_and_not_made(void **state)
{
    sf_autofree char *path = NULL;
    sf_auto(strlist) struct sf_strlist paths = {0};
    sf_auto(buffer) struct sf_buffer text = {.limit_bytes = 64};
    bool is_there = true;
    struct sf_error err;

    assert_true(asprintf(&path, "%s/repository", (const char *)*state) > 0);
    {
        sf_auto(target) struct sf_target *target = open_target(path);

        assert_sf_ok(sf_target_list(target, &paths, &err), &err);
        assert_sf_ok(sf_target_read(target, "index", &text, &is_there, &err), &err);
        assert_sf_ok(sf_target_remove(target, "index", &err), &err);
    }
    assert_int_equal(paths.count, 0);
    assert_false(is_there);
    assert_int_equal(access(path, F_OK), -1);
}

static void file_that_is_put_is_there_and_nothing_else(void **state)
{
    sf_autoclose int fd = file_of("bytes");
    sf_auto(strlist) struct sf_strlist paths = {0};
    sf_autofree char *url = NULL;
    struct sf_error err;

    assert_true(asprintf(&url, "file://%s", (const char *)*state) > 0);
    {
        sf_auto(target) struct sf_target *target = open_target(url);

        assert_sf_ok(sf_target_put(target, "b/c/file", fd, &err), &err);
        assert_sf_ok(sf_target_put(target, "a", fd, &err), &err);
        assert_sf_ok(sf_target_list(target, &paths, &err), &err);
        assert_content(target, "b/c/file", "bytes");
    }
    assert_int_equal(paths.count, 2);
    assert_string_equal(paths.items[0], "a");
    assert_string_equal(paths.items[1], "b/c/file");
    assert_nothing_hidden(*state);
}

static void name_never_gets_other_bytes(void **state)
{
    sf_autoclose int fd = file_of("bytes");
    sf_autoclose int other_fd = file_of("other");
    sf_auto(target) struct sf_target *target = open_target(*state);
    struct sf_error err;

    assert_sf_ok(sf_target_put(target, "file", fd, &err), &err);
    assert_sf_ok(sf_target_put(target, "file", fd, &err), &err);
    assert_sf_fails(sf_target_put(target, "file", other_fd, &err), &err, SF_E_USAGE,
                    "'file' is published with other bytes");
    assert_content(target, "file", "bytes");
}

static void file_is_replaced(void **state)
{
    sf_autoclose int fd = file_of("bytes");
    sf_autoclose int other_fd = file_of("other");
    sf_auto(target) struct sf_target *target = open_target(*state);
    struct sf_error err;

    assert_sf_ok(sf_target_replace(target, "file", fd, &err), &err);
    assert_sf_ok(sf_target_replace(target, "file", other_fd, &err), &err);
    assert_content(target, "file", "other");
}

static void file_is_removed_with_directories_that_are_empty(void **state)
{
    sf_autoclose int fd = file_of("bytes");
    sf_auto(target) struct sf_target *target = open_target(*state);
    sf_autofree char *path = NULL;
    struct sf_error err;

    assert_true(asprintf(&path, "%s/a", (const char *)*state) > 0);
    assert_sf_ok(sf_target_put(target, "a/b/one", fd, &err), &err);
    assert_sf_ok(sf_target_put(target, "a/two", fd, &err), &err);
    assert_sf_ok(sf_target_remove(target, "a/b/one", &err), &err);
    assert_sf_ok(sf_target_remove(target, "a/b/one", &err), &err);
    assert_content(target, "a/two", "bytes");
    assert_sf_ok(sf_target_remove(target, "a/two", &err), &err);
    assert_int_equal(access(path, F_OK), -1);
}

static void lock_of_another_is_waited_for_and_told(void **state)
{
    sf_auto(target) struct sf_target *first = open_target(*state);
    sf_auto(target) struct sf_target *second = open_target(*state);
    bool is_held = false;
    struct sf_error err;

    assert_sf_ok(sf_target_lock(first, 0, &is_held, &err), &err);
    assert_true(is_held);
    assert_sf_fails(sf_target_lock(second, 0, &is_held, &err), &err, SF_E_BUSY,
                    "another run publishes");
    sf_target_unlock(first);
    assert_sf_ok(sf_target_lock(second, 0, &is_held, &err), &err);
}

static void signal_ends_the_wait_for_a_lock(void **state)
{
    sf_auto(target) struct sf_target *first = open_target(*state);
    sf_auto(target) struct sf_target *second = open_target(*state);
    int64_t start_ms = sf_clock_monotonic_ms();
    bool is_held = false;
    struct sf_error err;

    assert_sf_ok(sf_target_lock(first, 0, &is_held, &err), &err);
    sf_interrupt_catch();
    assert_int_equal(raise(SIGTERM), 0);

    int r = sf_target_lock(second, /* wait_s= */ 10, &is_held, &err);

    sf_interrupt_reset();
    assert_sf_fails(r, &err, SF_E_INTERRUPTED, "stopped by a signal");
    assert_true(sf_clock_monotonic_ms() - start_ms < 5000);
}

static void lock_holder_puts_files(void **state)
{
    sf_autoclose int fd = file_of("bytes");
    sf_auto(target) struct sf_target *target = open_target(*state);
    bool is_held = false;
    struct sf_error err;

    assert_sf_ok(sf_target_lock(target, 0, &is_held, &err), &err);
    assert_sf_ok(sf_target_put(target, "file", fd, &err), &err);
    assert_content(target, "file", "bytes");
}

static void lock_clears_away_what_a_killed_run_left(void **state)
{
    sf_autofree char *path = NULL;
    bool is_held = false;
    struct sf_error err;

    assert_true(asprintf(&path, "%s/.sf-builder-killed", (const char *)*state) > 0);
    assert_int_equal(mkdir(path, 0700), 0);
    {
        sf_auto(target) struct sf_target *target = open_target(*state);

        assert_sf_ok(sf_target_lock(target, 0, &is_held, &err), &err);
    }
    assert_nothing_hidden(*state);
}

#define IN_DIRECTORY(test)                                                                         \
    cmocka_unit_test_setup_teardown(test, sf_test_make_directory, sf_test_remove_directory)

int main(void)
{
    const struct CMUnitTest tests[] = {
        IN_DIRECTORY(directory_that_is_absent_is_empty_and_not_made),
        IN_DIRECTORY(file_that_is_put_is_there_and_nothing_else),
        IN_DIRECTORY(name_never_gets_other_bytes),
        IN_DIRECTORY(file_is_replaced),
        IN_DIRECTORY(file_is_removed_with_directories_that_are_empty),
        IN_DIRECTORY(lock_of_another_is_waited_for_and_told),
        IN_DIRECTORY(signal_ends_the_wait_for_a_lock),
        IN_DIRECTORY(lock_holder_puts_files),
        IN_DIRECTORY(lock_clears_away_what_a_killed_run_left),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
