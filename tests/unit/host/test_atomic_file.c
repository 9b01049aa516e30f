#include "tests/unit/sf_test.h"

#include <sys/resource.h>
#include <signal.h>

#include "common/base/buffer.h"
#include "common/base/strlist.h"
#include "common/host/atomic_file.h"
#include "common/host/dir.h"

static int top_fd = -1;
static struct sf_error err;

static int set_up(void **state)
{
    if (sf_test_make_directory(state) < 0) {
        return -1;
    }
    top_fd = open(*state, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    return top_fd < 0 ? -1 : 0;
}

static int tear_down(void **state)
{
    (void)close(top_fd);
    return sf_test_remove_directory(state);
}

static void assert_file(const char *name, const char *expected)
{
    sf_auto(buffer) struct sf_buffer buffer = {.limit_bytes = 1000};

    assert_sf_ok(sf_dir_read_file(top_fd, name, &buffer, &err), &err);
    assert_string_equal(buffer.data, expected);
}

static void assert_only(const char *expected)
{
    sf_auto(strlist) struct sf_strlist names = {0};

    assert_sf_ok(sf_dir_list(top_fd, ".", &names, &err), &err);

    sf_autofree char *joined = sf_strlist_join(&names, " ");

    assert_string_equal(joined, expected);
}

/* From here on a file can have this many bytes: how a full disk looks to the program. */
static void limit_file_size(rlim_t bytes)
{
    struct rlimit limit;

    (void)signal(SIGXFSZ, SIG_IGN);
    assert_int_equal(getrlimit(RLIMIT_FSIZE, &limit), 0);
    limit.rlim_cur = bytes;
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &limit), 0);
}

static void write_makes_file_with_exact_mode(void **state)
{
    struct stat status;
    mode_t old = umask(0777);

    (void)state;
    assert_sf_ok(sf_atomic_file_write(top_fd, "f", "abc", 3, 0644, &err), &err);
    (void)umask(old);
    assert_file("f", "abc");
    assert_int_equal(fstatat(top_fd, "f", &status, 0), 0);
    assert_int_equal(status.st_mode & 07777, 0644);
    assert_only("f");
}

static void write_replaces_file_by_a_new_one(void **state)
{
    struct stat before;
    struct stat after;

    (void)state;
    assert_sf_ok(sf_atomic_file_write(top_fd, "f", "old", 3, 0644, &err), &err);
    assert_int_equal(fstatat(top_fd, "f", &before, 0), 0);
    assert_sf_ok(sf_atomic_file_write(top_fd, "f", "", 0, 0600, &err), &err);
    assert_int_equal(fstatat(top_fd, "f", &after, 0), 0);
    assert_int_equal(after.st_size, 0);
    assert_int_equal(after.st_mode & 07777, 0600);
    assert_int_not_equal(before.st_ino, after.st_ino);
}

static void write_after_a_killed_run_clears_what_it_left(void **state)
{
    sf_test_write_file(*state, ".f.new", "half of");
    assert_sf_ok(sf_atomic_file_write(top_fd, "f", "abc", 3, 0644, &err), &err);
    assert_file("f", "abc");
    assert_only("f");
}

static void write_does_not_go_through_a_link(void **state)
{
    sf_test_write_file(*state, "victim", "kept");
    assert_int_equal(symlinkat("victim", top_fd, ".f.new"), 0);
    assert_int_equal(symlinkat("victim", top_fd, "f"), 0);
    assert_sf_ok(sf_atomic_file_write(top_fd, "f", "abc", 3, 0644, &err), &err);
    assert_file("victim", "kept");
    assert_file("f", "abc");
}

static void write_that_does_not_fit_keeps_the_old_file(void **state)
{
    sf_test_write_file(*state, "f", "old");
    limit_file_size(2);
    assert_sf_fails(sf_atomic_file_write(top_fd, "f", "abc", 3, 0644, &err), &err, SF_E_IO, "'f'");
    limit_file_size(RLIM_INFINITY);
    assert_file("f", "old");
    assert_only("f");
}

static void write_over_directory_fails_and_leaves_it(void **state)
{
    (void)state;
    assert_int_equal(mkdirat(top_fd, "f", 0755), 0);
    assert_sf_fails(sf_atomic_file_write(top_fd, "f", "abc", 3, 0644, &err), &err, SF_E_IO, "'f'");
    assert_only("f");
}

static void write_of_too_long_name_fails(void **state)
{
    char name[256];

    (void)state;
    memset(name, 'n', sizeof name - 1);
    name[sizeof name - 1] = '\0';
    assert_sf_fails(sf_atomic_file_write(top_fd, name, "abc", 3, 0644, &err), &err, SF_E_IO, "nnn");
}

static void append_makes_and_extends(void **state)
{
    struct stat status;

    (void)state;
    assert_sf_ok(sf_atomic_file_append(top_fd, "h", "one\n", 4, 0640, &err), &err);
    assert_sf_ok(sf_atomic_file_append(top_fd, "h", "two\n", 4, 0644, &err), &err);
    assert_file("h", "one\ntwo\n");
    assert_int_equal(fstatat(top_fd, "h", &status, 0), 0);
    assert_int_equal(status.st_mode & 07777, 0640);
}

static void append_after_a_cut_line_starts_a_new_one(void **state)
{
    sf_test_write_file(*state, "h", "one\ntw");
    assert_sf_ok(sf_atomic_file_append(top_fd, "h", "three\n", 6, 0644, &err), &err);
    assert_file("h", "one\ntw\nthree\n");
}

static void append_that_does_not_fit_keeps_the_old_lines(void **state)
{
    sf_test_write_file(*state, "h", "one\n");
    limit_file_size(6);
    assert_sf_fails(sf_atomic_file_append(top_fd, "h", "two\n", 4, 0644, &err), &err, SF_E_IO,
                    "'h'");
    limit_file_size(RLIM_INFINITY);
    assert_file("h", "one\n");
}

static void append_does_not_go_through_a_link(void **state)
{
    sf_test_write_file(*state, "victim", "kept\n");
    assert_int_equal(symlinkat("victim", top_fd, "h"), 0);
    assert_sf_fails(sf_atomic_file_append(top_fd, "h", "x\n", 2, 0644, &err), &err, SF_E_IO, "'h'");
    assert_file("victim", "kept\n");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(write_makes_file_with_exact_mode),
        TEST(write_replaces_file_by_a_new_one),
        TEST(write_after_a_killed_run_clears_what_it_left),
        TEST(write_does_not_go_through_a_link),
        TEST(write_that_does_not_fit_keeps_the_old_file),
        TEST(write_over_directory_fails_and_leaves_it),
        TEST(write_of_too_long_name_fails),
        TEST(append_makes_and_extends),
        TEST(append_after_a_cut_line_starts_a_new_one),
        TEST(append_that_does_not_fit_keeps_the_old_lines),
        TEST(append_does_not_go_through_a_link),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
