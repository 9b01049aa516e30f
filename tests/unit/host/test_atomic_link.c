#include "tests/unit/sf_test.h"

#include "common/base/strlist.h"
#include "common/host/atomic_link.h"
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

static void assert_link(const char *name, const char *expected)
{
    sf_autofree char *target = NULL;

    assert_sf_ok(sf_dir_read_link(top_fd, name, &target, &err), &err);
    assert_string_equal(target, expected);
}

static void assert_only(const char *expected)
{
    sf_auto(strlist) struct sf_strlist names = {0};

    assert_sf_ok(sf_dir_list(top_fd, ".", &names, &err), &err);

    sf_autofree char *joined = sf_strlist_join(&names, " ");

    assert_string_equal(joined, expected);
}

static void link_absent_is_made(void **state)
{
    (void)state;
    assert_sf_ok(sf_atomic_link_set(top_fd, "current", "releases/a", &err), &err);
    assert_link("current", "releases/a");
    assert_only("current");
}

static void link_present_is_replaced(void **state)
{
    (void)state;
    assert_sf_ok(sf_atomic_link_set(top_fd, "current", "releases/a", &err), &err);
    assert_sf_ok(sf_atomic_link_set(top_fd, "current", "releases/ab", &err), &err);
    assert_link("current", "releases/ab");
    assert_only("current");
}

static void link_to_directory_is_replaced_not_entered(void **state)
{
    (void)state;
    assert_int_equal(mkdirat(top_fd, "tree", 0755), 0);
    assert_sf_ok(sf_atomic_link_set(top_fd, "current", "tree", &err), &err);
    assert_sf_ok(sf_atomic_link_set(top_fd, "current", "other", &err), &err);
    assert_link("current", "other");
    assert_false(sf_dir_has(top_fd, "tree/other"));
}

static void link_equal_is_left_alone(void **state)
{
    struct stat before;
    struct stat after;

    (void)state;
    assert_sf_ok(sf_atomic_link_set(top_fd, "current", "a", &err), &err);
    assert_int_equal(fstatat(top_fd, "current", &before, AT_SYMLINK_NOFOLLOW), 0);
    assert_sf_ok(sf_atomic_link_set(top_fd, "current", "a", &err), &err);
    assert_int_equal(fstatat(top_fd, "current", &after, AT_SYMLINK_NOFOLLOW), 0);
    assert_int_equal(before.st_ino, after.st_ino);
}

static void link_after_a_killed_run_clears_what_it_left(void **state)
{
    (void)state;
    assert_int_equal(symlinkat("half", top_fd, ".current.new"), 0);
    assert_sf_ok(sf_atomic_link_set(top_fd, "current", "a", &err), &err);
    assert_link("current", "a");
    assert_only("current");
}

static void link_over_file_or_directory_is_refused(void **state)
{
    sf_test_write_file(*state, "file", "kept");
    assert_int_equal(mkdirat(top_fd, "tree", 0755), 0);
    assert_sf_fails(sf_atomic_link_set(top_fd, "file", "a", &err), &err, SF_E_IN_USE, "move it");
    assert_sf_fails(sf_atomic_link_set(top_fd, "tree", "a", &err), &err, SF_E_IN_USE, "move it");
    assert_only("file tree");
}

static void link_in_removed_directory_fails(void **state)
{
    sf_autoclose int fd = -1;

    (void)state;
    assert_int_equal(mkdirat(top_fd, "gone", 0755), 0);
    assert_sf_ok(sf_dir_open(top_fd, "gone", &fd, &err), &err);
    assert_int_equal(unlinkat(top_fd, "gone", AT_REMOVEDIR), 0);
    assert_sf_fails(sf_atomic_link_set(fd, "current", "a", &err), &err, SF_E_NOT_FOUND,
                    "'current'");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(link_absent_is_made),
        TEST(link_present_is_replaced),
        TEST(link_to_directory_is_replaced_not_entered),
        TEST(link_equal_is_left_alone),
        TEST(link_after_a_killed_run_clears_what_it_left),
        TEST(link_over_file_or_directory_is_refused),
        TEST(link_in_removed_directory_fails),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
