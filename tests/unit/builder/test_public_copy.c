#include "tests/unit/sf_test.h"

#include "builder/trial/public_copy.h"
#include "common/host/dir.h"

static struct sf_error err;

static void write_file(int dir_fd, const char *name, mode_t mode)
{
    sf_autoclose int fd = openat(dir_fd, name, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);

    assert_true(fd >= 0);
    assert_int_equal(write(fd, "x\n", 2), 2);
    assert_int_equal(fchmod(fd, mode), 0);
}

static int open_below(const char *top, const char *name)
{
    sf_autofree char *path = NULL;
    int fd = -1;

    assert_true(asprintf(&path, "%s/%s", top, name) > 0);
    assert_true(mkdir(path, 0755) == 0);
    assert_sf_ok(sf_dir_open_follow(path, &fd, &err), &err);
    return fd;
}

static mode_t mode_of(int dir_fd, const char *name)
{
    struct stat status;

    assert_int_equal(fstatat(dir_fd, name, &status, AT_SYMLINK_NOFOLLOW), 0);
    return status.st_mode;
}

static void what_everyone_may_read_is_copied(void **state)
{
    sf_autoclose int from_fd = open_below(*state, "from");
    sf_autoclose int to_fd = open_below(*state, "to");

    write_file(from_fd, "passwd", 0644);
    assert_int_equal(mkdirat(from_fd, "profile.d", 0755), 0);
    write_file(from_fd, "profile.d/lmod.sh", 0775);
    assert_int_equal(symlinkat("../usr/lib/os-release", from_fd, "os-release"), 0);
    assert_sf_ok(sf_public_copy(from_fd, to_fd, &err), &err);
    assert_int_equal(mode_of(to_fd, "passwd") & 07777, 0644);
    assert_int_equal(mode_of(to_fd, "profile.d/lmod.sh") & 07777, 0755);
    assert_true(S_ISLNK(mode_of(to_fd, "os-release")));
}

static void secrets_and_devices_are_left_out(void **state)
{
    sf_autoclose int from_fd = open_below(*state, "from2");
    sf_autoclose int to_fd = open_below(*state, "to2");

    write_file(from_fd, "shadow", 0640);
    assert_int_equal(mkdirat(from_fd, "private", 0750), 0);
    write_file(from_fd, "private/key", 0644);
    assert_int_equal(mkfifoat(from_fd, "pipe", 0644), 0);
    assert_sf_ok(sf_public_copy(from_fd, to_fd, &err), &err);
    assert_false(sf_dir_has(to_fd, "shadow"));
    assert_false(sf_dir_has(to_fd, "private"));
    assert_false(sf_dir_has(to_fd, "pipe"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_everyone_may_read_is_copied),
        cmocka_unit_test(secrets_and_devices_are_left_out),
    };

    return cmocka_run_group_tests(tests, sf_test_make_directory, sf_test_remove_directory);
}
