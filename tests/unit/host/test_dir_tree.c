#include "tests/unit/sf_test.h"

#include "common/base/str.h"
#include "common/base/strlist.h"
#include "common/host/dir.h"

static int top_fd = -1;
static struct sf_error err;

static int set_up(void **state)
{
    if (sf_test_make_directory(state) < 0) {
        return -1;
    }
    top_fd = open(*state, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    memset(&err, 0, sizeof err);
    return top_fd < 0 ? -1 : 0;
}

static int tear_down(void **state)
{
    (void)close(top_fd);
    return sf_test_remove_directory(state);
}

static void make_tree(const char *directory)
{
    assert_sf_ok(sf_dir_make(top_fd, "outside", &err), &err);
    sf_test_write_file(directory, "outside/kept", "x");
    assert_sf_ok(sf_dir_make(top_fd, "tree/b/c", &err), &err);
    sf_test_write_file(directory, "tree/b/c/file", "x");
    sf_test_write_file(directory, "tree/a", "x");
    assert_int_equal(symlinkat("../outside", top_fd, "tree/link"), 0);
    assert_int_equal(mkfifoat(top_fd, "tree/fifo", 0600), 0);
}

/* `depth` directories named "d", one in the other, below "deep". */
static void make_deep(unsigned depth)
{
    int fd = -1;

    assert_sf_ok(sf_dir_make(top_fd, "deep", &err), &err);
    assert_sf_ok(sf_dir_open(top_fd, "deep", &fd, &err), &err);
    for (unsigned i = 0; i < depth; i++) {
        int next = -1;

        assert_sf_ok(sf_dir_make(fd, "d", &err), &err);
        assert_sf_ok(sf_dir_open(fd, "d", &next, &err), &err);
        (void)close(fd);
        fd = next;
    }
    (void)close(fd);
}

static void remove_tree_leaves_nothing_but_what_links_name(void **state)
{
    make_tree(*state);
    assert_sf_ok(sf_dir_remove(top_fd, "tree", &err), &err);
    assert_false(sf_dir_has(top_fd, "tree"));
    assert_true(sf_dir_has(top_fd, "outside/kept"));
}

static void remove_link_leaves_its_target(void **state)
{
    make_tree(*state);
    assert_sf_ok(sf_dir_remove(top_fd, "tree/link", &err), &err);
    assert_false(sf_dir_has(top_fd, "tree/link"));
    assert_true(sf_dir_has(top_fd, "outside/kept"));
}

static void remove_file_leaves_neighbours(void **state)
{
    make_tree(*state);
    assert_sf_ok(sf_dir_remove(top_fd, "tree/b/c/file", &err), &err);
    assert_false(sf_dir_has(top_fd, "tree/b/c/file"));
    assert_true(sf_dir_has(top_fd, "tree/b/c"));
}

static void remove_absent_is_fine(void **state)
{
    make_tree(*state);
    assert_sf_ok(sf_dir_remove(top_fd, "nothing", &err), &err);
    assert_sf_ok(sf_dir_remove(top_fd, "nothing/at/all", &err), &err);
    assert_sf_ok(sf_dir_remove(top_fd, "tree/a/x", &err), &err);
}

static void remove_through_link_or_dots_is_refused(void **state)
{
    make_tree(*state);
    assert_sf_fails(sf_dir_remove(top_fd, "tree/link/kept", &err), &err, SF_E_IO, "symbolic link");
    assert_sf_fails(sf_dir_remove(top_fd, "tree/..", &err), &err, SF_E_INTERNAL, "not a name");
    assert_sf_fails(sf_dir_remove(top_fd, ".", &err), &err, SF_E_INTERNAL, "not a name");
    assert_true(sf_dir_has(top_fd, "outside/kept"));
}

static void remove_deep_tree_works(void **state)
{
    (void)state;
    make_deep(200);
    assert_sf_ok(sf_dir_remove(top_fd, "deep", &err), &err);
    assert_false(sf_dir_has(top_fd, "deep"));
}

static void remove_mounted_directory_is_refused(void **state)
{
    sf_autoclose int root_fd = open("/", O_RDONLY | O_DIRECTORY | O_CLOEXEC);

    (void)state;
    assert_sf_fails(sf_dir_remove(root_fd, "proc", &err), &err, SF_E_IN_USE, "mounted");
}

static int note(void *context, int dir_fd, const char *path, const struct stat *status,
                struct sf_error *error)
{
    struct stat again;

    assert_int_equal(fstatat(dir_fd, path, &again, AT_SYMLINK_NOFOLLOW), 0);
    assert_int_equal(again.st_ino, status->st_ino);
    return sf_strlist_add(context, path, error);
}

static void walk_visits_parents_first_in_order(void **state)
{
    sf_auto(strlist) struct sf_strlist seen = {0};
    sf_autofree char *joined = NULL;

    make_tree(*state);
    assert_sf_ok(sf_dir_walk(top_fd, "tree", note, &seen, &err), &err);
    joined = sf_strlist_join(&seen, " ");
    assert_string_equal(joined, "a b b/c b/c/file fifo link");
}

static int stop_at_b(void *context, int dir_fd, const char *path, const struct stat *status,
                     struct sf_error *error)
{
    (void)dir_fd;
    (void)status;
    ++*(int *)context;
    return sf_str_is_equal(path, "b") ? sf_error_set(error, SF_E_INTEGRITY, "enough") : 0;
}

static void walk_ends_with_the_visitors_error(void **state)
{
    int count = 0;

    make_tree(*state);
    assert_sf_fails(sf_dir_walk(top_fd, "tree", stop_at_b, &count, &err), &err, SF_E_INTEGRITY,
                    "enough");
    assert_int_equal(count, 2);
}

static void walk_of_too_deep_tree_is_refused(void **state)
{
    sf_auto(strlist) struct sf_strlist seen = {0};

    (void)state;
    make_deep(64);
    assert_sf_ok(sf_dir_walk(top_fd, "deep", note, &seen, &err), &err);
    assert_int_equal(seen.count, 64);
    make_deep(65);
    assert_sf_fails(sf_dir_walk(top_fd, "deep", note, &seen, &err), &err, SF_E_FORMAT, "deep");
}

static void walk_of_absent_tree_is_not_found(void **state)
{
    sf_auto(strlist) struct sf_strlist seen = {0};

    (void)state;
    assert_sf_fails(sf_dir_walk(top_fd, "nothing", note, &seen, &err), &err, SF_E_NOT_FOUND,
                    "nothing");
}

/* The linker finds this fsync before libc's; the test counts, and fails the one it picks. */
static int fsync_count;
static int fsync_failing;

int fsync(int fd)
{
    (void)fd;
    if (++fsync_count == fsync_failing) {
        errno = EIO;
        return -1;
    }
    return 0;
}

static void sync_tree_covers_every_file_and_directory(void **state)
{
    make_tree(*state);
    fsync_count = 0;
    fsync_failing = 0;
    assert_sf_ok(sf_dir_sync_tree(top_fd, "tree/b", &err), &err);
    /* c, c/file; b, tree and the top. */
    assert_int_equal(fsync_count, 5);
}

static void sync_tree_with_one_failing_fsync_fails(void **state)
{
    make_tree(*state);
    for (fsync_failing = 1; fsync_failing <= 5; fsync_failing++) {
        fsync_count = 0;
        assert_sf_fails(sf_dir_sync_tree(top_fd, "tree/b", &err), &err, SF_E_IO, "fsync");
        assert_int_equal(fsync_count, fsync_failing);
    }
    fsync_failing = 0;
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(remove_tree_leaves_nothing_but_what_links_name),
        TEST(remove_link_leaves_its_target),
        TEST(remove_file_leaves_neighbours),
        TEST(remove_absent_is_fine),
        TEST(remove_through_link_or_dots_is_refused),
        TEST(remove_deep_tree_works),
        TEST(remove_mounted_directory_is_refused),
        TEST(walk_visits_parents_first_in_order),
        TEST(walk_ends_with_the_visitors_error),
        TEST(walk_of_too_deep_tree_is_refused),
        TEST(walk_of_absent_tree_is_not_found),
        TEST(sync_tree_covers_every_file_and_directory),
        TEST(sync_tree_with_one_failing_fsync_fails),
    };
    int failures = cmocka_run_group_tests_name("openat2", tests, NULL, NULL);

    (void)setenv("SF_NO_OPENAT2", "1", /* overwrite= */ 1);
    return failures + cmocka_run_group_tests_name("components", tests, NULL, NULL);
}
