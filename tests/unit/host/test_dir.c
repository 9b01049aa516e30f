/* Every test runs twice: with openat2(2), and component by component. */
#include "tests/unit/sf_test.h"

#include <errno.h>
#include <limits.h>

#include "common/base/buffer.h"
#include "common/base/str.h"
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

static void make_tree(void)
{
    assert_sf_ok(sf_dir_make(top_fd, "a/b/c", &err), &err);
    assert_int_equal(symlinkat("b", top_fd, "a/link"), 0);
    assert_int_equal(symlinkat("/", top_fd, "a/root"), 0);
}

static void put(const char *path, const char *text)
{
    sf_autoclose int fd = -1;

    assert_sf_ok(sf_dir_open_file(top_fd, path, O_WRONLY | O_CREAT | O_EXCL, 0644, &fd, &err),
                 &err);
    assert_int_equal(write(fd, text, strlen(text)), (ssize_t)strlen(text));
}

static void assert_content(int fd, const char *expected)
{
    char text[64] = "";

    assert_true(read(fd, text, sizeof text - 1) >= 0);
    assert_string_equal(text, expected);
}

static void assert_same_directory(int fd, const char *path)
{
    struct stat ours;
    struct stat theirs;

    assert_int_equal(fstat(fd, &ours), 0);
    assert_int_equal(fstatat(top_fd, path, &theirs, AT_SYMLINK_NOFOLLOW), 0);
    assert_int_equal(ours.st_ino, theirs.st_ino);
}

static void dir_make_with_hostile_umask_is_0755(void **state)
{
    struct stat status;
    mode_t old = umask(0077);

    (void)state;
    assert_sf_ok(sf_dir_make(top_fd, "x", &err), &err);
    (void)umask(0);
    assert_sf_ok(sf_dir_make(top_fd, "x/y/z", &err), &err);
    (void)umask(old);
    assert_int_equal(fstatat(top_fd, "x", &status, 0), 0);
    assert_int_equal(status.st_mode & 07777, 0755);
    assert_int_equal(fstatat(top_fd, "x/y/z", &status, 0), 0);
    assert_int_equal(status.st_mode & 07777, 0755);
}

static void dir_make_present_is_fine(void **state)
{
    (void)state;
    make_tree();
    assert_sf_ok(sf_dir_make(top_fd, "a/b", &err), &err);
    assert_sf_ok(sf_dir_make(top_fd, ".", &err), &err);
}

static void dir_make_over_file_or_link_is_refused(void **state)
{
    (void)state;
    make_tree();
    put("a/file", "x");
    assert_true(sf_dir_make(top_fd, "a/file", &err) < 0);
    assert_true(sf_dir_make(top_fd, "a/file/x", &err) < 0);
    assert_true(sf_dir_make(top_fd, "a/link", &err) < 0);
    assert_sf_fails(sf_dir_make(top_fd, "a/link/x", &err), &err, SF_E_IO, "symbolic link");
    assert_false(sf_dir_has(top_fd, "a/b/x"));
}

static void open_below_finds_directory_and_file(void **state)
{
    sf_autoclose int dir = -1;
    sf_autoclose int file = -1;

    (void)state;
    make_tree();
    put("a/b/file", "hello");
    assert_sf_ok(sf_dir_open(top_fd, "a/./b", &dir, &err), &err);
    assert_same_directory(dir, "a/b");
    assert_int_equal(fcntl(dir, F_GETFD), FD_CLOEXEC);
    assert_sf_ok(sf_dir_open_file(dir, "file", O_RDONLY, 0, &file, &err), &err);
    assert_content(file, "hello");
    assert_int_equal(fcntl(file, F_GETFD), FD_CLOEXEC);
}

static void open_top_itself_works(void **state)
{
    sf_autoclose int dir = -1;

    (void)state;
    assert_sf_ok(sf_dir_open(top_fd, ".", &dir, &err), &err);
    assert_same_directory(dir, ".");
}

static void open_through_link_is_refused(void **state)
{
    int fd = -2;

    (void)state;
    make_tree();
    put("a/b/file", "x");
    assert_sf_fails(sf_dir_open(top_fd, "a/link", &fd, &err), &err, SF_E_IO, "symbolic link");
    assert_int_equal(err.sys_errno, ELOOP);
    assert_sf_fails(sf_dir_open(top_fd, "a/link/c", &fd, &err), &err, SF_E_IO, "symbolic link");
    assert_sf_fails(sf_dir_open_file(top_fd, "a/link/file", O_RDONLY, 0, &fd, &err), &err, SF_E_IO,
                    "symbolic link");
    assert_sf_fails(sf_dir_open(top_fd, "a/root/etc", &fd, &err), &err, SF_E_IO, "symbolic link");
    assert_int_equal(symlinkat("b/file", top_fd, "a/filelink"), 0);
    assert_sf_fails(sf_dir_open_file(top_fd, "a/filelink", O_RDONLY, 0, &fd, &err), &err, SF_E_IO,
                    "symbolic link");
    assert_sf_fails(sf_dir_open_file(top_fd, "a/filelink", O_WRONLY | O_CREAT, 0644, &fd, &err),
                    &err, SF_E_IO, "symbolic link");
    assert_int_equal(fd, -2);
}

static void open_outside_is_refused(void **state)
{
    int fd = -2;

    (void)state;
    make_tree();
    assert_sf_fails(sf_dir_open(top_fd, "..", &fd, &err), &err, SF_E_IO, "leads out");
    assert_sf_fails(sf_dir_open(top_fd, "a/../..", &fd, &err), &err, SF_E_IO, "leads out");
    assert_sf_fails(sf_dir_open(top_fd, "a/..", &fd, &err), &err, SF_E_IO, "leads out");
    assert_sf_fails(sf_dir_open(top_fd, "/etc", &fd, &err), &err, SF_E_IO, "leads out");
    assert_sf_fails(sf_dir_open(top_fd, "", &fd, &err), &err, SF_E_NOT_FOUND, "");
    assert_int_equal(fd, -2);
}

static void open_absent_is_not_found(void **state)
{
    int fd = -2;

    (void)state;
    make_tree();
    assert_sf_fails(sf_dir_open(top_fd, "a/nothing", &fd, &err), &err, SF_E_NOT_FOUND, "nothing");
    assert_sf_fails(sf_dir_open(top_fd, "nothing/b", &fd, &err), &err, SF_E_NOT_FOUND, "nothing");
    put("file", "x");
    assert_sf_fails(sf_dir_open(top_fd, "file", &fd, &err), &err, SF_E_NOT_FOUND, "file");
}

static void open_follow_takes_links(void **state)
{
    sf_autoclose int fd = -1;
    sf_autofree char *path = sf_str_format("%s/a/link", (const char *)*state);

    make_tree();
    assert_sf_ok(sf_dir_open_follow(path, &fd, &err), &err);
    assert_same_directory(fd, "a/b");
    assert_sf_fails(sf_dir_open_follow("/nonexistent/sf", &fd, &err), &err, SF_E_NOT_FOUND,
                    "/nonexistent/sf");
}

static void in_root_absolute_link_stays_inside(void **state)
{
    sf_autoclose int fd = -1;

    (void)state;
    assert_sf_ok(sf_dir_make(top_fd, "usr/lib", &err), &err);
    assert_sf_ok(sf_dir_make(top_fd, "etc", &err), &err);
    put("usr/lib/os-release", "inside");
    assert_int_equal(symlinkat("/usr/lib/os-release", top_fd, "etc/os-release"), 0);
    assert_sf_ok(sf_dir_open_in_root(top_fd, "/etc/os-release", O_RDONLY, &fd, &err), &err);
    assert_content(fd, "inside");
}

static void in_root_relative_link_stays_inside(void **state)
{
    sf_autoclose int first = -1;
    sf_autoclose int second = -1;

    (void)state;
    assert_sf_ok(sf_dir_make(top_fd, "usr/lib", &err), &err);
    assert_sf_ok(sf_dir_make(top_fd, "etc", &err), &err);
    put("usr/lib/os-release", "inside");
    assert_int_equal(symlinkat("../usr/lib/os-release", top_fd, "etc/good"), 0);
    assert_int_equal(symlinkat("../../../../../usr/lib/os-release", top_fd, "etc/climbs"), 0);
    assert_sf_ok(sf_dir_open_in_root(top_fd, "/etc/good", O_RDONLY, &first, &err), &err);
    assert_content(first, "inside");
    assert_sf_ok(sf_dir_open_in_root(top_fd, "/etc/climbs", O_RDONLY, &second, &err), &err);
    assert_content(second, "inside");
}

static void in_root_dots_stay_inside(void **state)
{
    sf_autoclose int first = -1;
    sf_autoclose int second = -1;
    sf_autoclose int third = -1;

    (void)state;
    make_tree();
    assert_sf_ok(sf_dir_open_in_root(top_fd, "/../../..", O_RDONLY | O_DIRECTORY, &first, &err),
                 &err);
    assert_same_directory(first, ".");
    assert_sf_ok(
        sf_dir_open_in_root(top_fd, "/a/root/a/./link/../b", O_RDONLY | O_DIRECTORY, &second, &err),
        &err);
    assert_same_directory(second, "a/b");
    assert_sf_ok(sf_dir_open_in_root(top_fd, "/", O_RDONLY | O_DIRECTORY, &third, &err), &err);
    assert_same_directory(third, ".");
}

static void in_root_link_loop_ends(void **state)
{
    int fd = -2;

    (void)state;
    assert_int_equal(symlinkat("two", top_fd, "one"), 0);
    assert_int_equal(symlinkat("/one", top_fd, "two"), 0);
    assert_sf_fails(sf_dir_open_in_root(top_fd, "/one/x", O_RDONLY, &fd, &err), &err, SF_E_IO,
                    "too many");
    assert_int_equal(fd, -2);
}

static void in_root_host_file_is_not_reached(void **state)
{
    int fd = -2;

    (void)state;
    assert_int_equal(symlinkat("/etc/passwd", top_fd, "passwd"), 0);
    assert_sf_fails(sf_dir_open_in_root(top_fd, "/passwd", O_RDONLY, &fd, &err), &err,
                    SF_E_NOT_FOUND, "passwd");
    assert_sf_fails(sf_dir_open_in_root(top_fd, "/passwd", O_RDONLY | O_NOFOLLOW, &fd, &err), &err,
                    SF_E_IO, "link");
}

static void make_in_root_follows_links_inside(void **state)
{
    struct stat status;
    sf_autoclose int fd = -1;
    sf_autoclose int again = -1;

    (void)state;
    assert_sf_ok(sf_dir_make(top_fd, "usr/lib", &err), &err);
    assert_int_equal(symlinkat("/usr/lib", top_fd, "lib"), 0);

    mode_t old = umask(0077);

    assert_sf_ok(sf_dir_make_in_root(top_fd, "/lib/systemd/system", 0700, &fd, &err), &err);
    (void)umask(old);
    assert_same_directory(fd, "usr/lib/systemd/system");
    assert_int_equal(fstat(fd, &status), 0);
    assert_int_equal(status.st_mode & 07777, 0700);
    assert_int_equal(fstatat(top_fd, "usr/lib/systemd", &status, 0), 0);
    assert_int_equal(status.st_mode & 07777, 0755);
    assert_sf_ok(sf_dir_make_in_root(top_fd, "/lib/systemd/system", 0755, &again, &err), &err);
    assert_int_equal(fstat(again, &status), 0);
    assert_int_equal(status.st_mode & 07777, 0700);
}

static void make_in_root_says_where_it_failed(void **state)
{
    sf_autofree char *path = sf_str_format("%s/file/x", (char *)*state);
    sf_autoclose int machine_fd = -1;
    int fd = -1;

    sf_test_write_file(*state, "file", "");
    assert_sf_fails(sf_dir_make_in_root(top_fd, "/file/x", 0755, &fd, &err), &err, SF_E_NOT_FOUND,
                    "make directory in the image '/file'");
    assert_sf_ok(sf_dir_open_follow("/", &machine_fd, &err), &err);
    assert_sf_fails(sf_dir_make_in_root(machine_fd, path, 0755, &fd, &err), &err, SF_E_NOT_FOUND,
                    "make directory '/");
}

static void make_in_root_dangling_link_is_refused(void **state)
{
    int fd = -2;

    (void)state;
    assert_int_equal(symlinkat("/nowhere", top_fd, "var"), 0);
    assert_true(sf_dir_make_in_root(top_fd, "/var/lib", 0755, &fd, &err) < 0);
    assert_non_null(strstr(err.message, "/var"));
    assert_int_equal(fd, -2);
    assert_false(sf_dir_has(top_fd, "nowhere"));
}

static void list_is_sorted_and_without_dots(void **state)
{
    sf_auto(strlist) struct sf_strlist names = {0};
    sf_autofree char *joined = NULL;

    (void)state;
    make_tree();
    put("a/Zeta", "");
    assert_sf_ok(sf_dir_list(top_fd, "a", &names, &err), &err);
    joined = sf_strlist_join(&names, " ");
    assert_string_equal(joined, "Zeta b link root");
    assert_sf_fails(sf_dir_list(top_fd, "nothing", &names, &err), &err, SF_E_NOT_FOUND, "nothing");
    assert_int_equal(names.count, 4);
}

static void has_sees_dangling_link(void **state)
{
    (void)state;
    make_tree();
    assert_int_equal(symlinkat("nowhere", top_fd, "dangling"), 0);
    assert_true(sf_dir_has(top_fd, "dangling"));
    assert_true(sf_dir_has(top_fd, "a/b"));
    assert_false(sf_dir_has(top_fd, "a/link/c"));
    assert_false(sf_dir_has(top_fd, "nothing"));
}

static void look_tells_absent_from_unseen(void **state)
{
    bool is_there = false;

    (void)state;
    make_tree();
    assert_int_equal(symlinkat("nothing", top_fd, "dangling"), 0);
    assert_sf_ok(sf_dir_look(top_fd, "dangling", &is_there, &err), &err);
    assert_true(is_there);
    assert_sf_ok(sf_dir_look(top_fd, "a/nothing", &is_there, &err), &err);
    assert_false(is_there);
    assert_sf_fails(sf_dir_look(top_fd, "a/link/c", &is_there, &err), &err, SF_E_IO, "a/link/c");
    assert_sf_fails(sf_dir_look(-1, "a", &is_there, &err), &err, SF_E_IO, "look at 'a'");
}

static void read_file_within_ceiling_is_whole(void **state)
{
    sf_auto(buffer) struct sf_buffer buffer = {.limit_bytes = 5};

    (void)state;
    put("file", "12345");
    assert_sf_ok(sf_dir_read_file(top_fd, "file", &buffer, &err), &err);
    assert_string_equal(buffer.data, "12345");
}

static void read_file_above_ceiling_is_refused(void **state)
{
    sf_auto(buffer) struct sf_buffer buffer = {.limit_bytes = 4};

    (void)state;
    put("file", "12345");
    assert_sf_fails(sf_dir_read_file(top_fd, "file", &buffer, &err), &err, SF_E_FORMAT, "'file'");
    assert_sf_fails(sf_dir_read_file(top_fd, "gone", &buffer, &err), &err, SF_E_NOT_FOUND, "gone");
}

static void read_file_of_other_kind_is_refused(void **state)
{
    sf_auto(buffer) struct sf_buffer buffer = {.limit_bytes = 4};

    (void)state;
    make_tree();
    assert_int_equal(mkfifoat(top_fd, "fifo", 0600), 0);
    assert_sf_fails(sf_dir_read_file(top_fd, "fifo", &buffer, &err), &err, SF_E_FORMAT,
                    "not a regular file");
    assert_sf_fails(sf_dir_read_file(top_fd, "a", &buffer, &err), &err, SF_E_FORMAT,
                    "not a regular file");
    assert_sf_fails(sf_dir_read_file(top_fd, "a/link", &buffer, &err), &err, SF_E_IO,
                    "symbolic link");
}

static void read_link_gives_target(void **state)
{
    sf_autofree char *target = NULL;

    (void)state;
    make_tree();
    assert_sf_ok(sf_dir_read_link(top_fd, "a/link", &target, &err), &err);
    assert_string_equal(target, "b");
}

static void read_link_of_none_is_not_found(void **state)
{
    char *target = NULL;

    (void)state;
    make_tree();
    put("file", "x");
    assert_sf_fails(sf_dir_read_link(top_fd, "file", &target, &err), &err, SF_E_NOT_FOUND,
                    "not a symbolic link");
    assert_sf_fails(sf_dir_read_link(top_fd, "a/b", &target, &err), &err, SF_E_NOT_FOUND,
                    "not a symbolic link");
    assert_sf_fails(sf_dir_read_link(top_fd, "gone", &target, &err), &err, SF_E_NOT_FOUND, "gone");
    assert_null(target);
}

static void sync_of_closed_descriptor_is_an_error(void **state)
{
    (void)state;
    assert_sf_ok(sf_dir_sync(top_fd, &err), &err);
    assert_sf_fails(sf_dir_sync(-1, &err), &err, SF_E_IO, "fsync");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(dir_make_with_hostile_umask_is_0755),
        TEST(dir_make_present_is_fine),
        TEST(dir_make_over_file_or_link_is_refused),
        TEST(open_below_finds_directory_and_file),
        TEST(open_top_itself_works),
        TEST(open_through_link_is_refused),
        TEST(open_outside_is_refused),
        TEST(open_absent_is_not_found),
        TEST(open_follow_takes_links),
        TEST(in_root_absolute_link_stays_inside),
        TEST(in_root_relative_link_stays_inside),
        TEST(in_root_dots_stay_inside),
        TEST(in_root_link_loop_ends),
        TEST(in_root_host_file_is_not_reached),
        TEST(make_in_root_follows_links_inside),
        TEST(make_in_root_says_where_it_failed),
        TEST(make_in_root_dangling_link_is_refused),
        TEST(list_is_sorted_and_without_dots),
        TEST(has_sees_dangling_link),
        TEST(look_tells_absent_from_unseen),
        TEST(read_file_within_ceiling_is_whole),
        TEST(read_file_above_ceiling_is_refused),
        TEST(read_file_of_other_kind_is_refused),
        TEST(read_link_gives_target),
        TEST(read_link_of_none_is_not_found),
        TEST(sync_of_closed_descriptor_is_an_error),
    };
    int failures = cmocka_run_group_tests_name("openat2", tests, NULL, NULL);

    (void)setenv("SF_NO_OPENAT2", "1", /* overwrite= */ 1);
    return failures + cmocka_run_group_tests_name("components", tests, NULL, NULL);
}
