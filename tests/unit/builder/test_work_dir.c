/* The private directory of a pack, and those of packs that were killed. */
#include "tests/unit/sf_test.h"

#include <errno.h>
#include <sys/file.h>

#include "builder/repository/work_dir.h"

struct made {
    char *name;
    int fd;
};

static int open_directory(const char *path)
{
    int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

    assert_true(fd >= 0);
    return fd;
}

static struct made make(const char *path, int repository_fd)
{
    struct made made = {NULL, -1};
    struct sf_error err;

    assert_sf_ok(sf_work_dir_make(path, repository_fd, &made.name, &made.fd, &err), &err);
    return made;
}

static void forget(struct made *made)
{
    free(made->name);
    assert_int_equal(close(made->fd), 0);
}

static void directory_is_hidden_and_nobody_elses(void **state)
{
    sf_autoclose int repository_fd = open_directory(*state);
    struct made made = make(*state, repository_fd);
    struct stat status;

    assert_int_equal(made.name[0], '.');
    assert_int_equal(fstatat(repository_fd, made.name, &status, AT_SYMLINK_NOFOLLOW), 0);
    assert_int_equal(status.st_mode & 07777, 0700);
    forget(&made);
}

static void directory_in_use_stays(void **state)
{
    sf_autoclose int repository_fd = open_directory(*state);
    struct made first = make(*state, repository_fd);
    struct made second = make(*state, repository_fd);

    assert_string_not_equal(first.name, second.name);
    assert_int_equal(faccessat(repository_fd, first.name, F_OK, 0), 0);
    forget(&first);
    forget(&second);
}

static void directory_of_a_killed_pack_goes(void **state)
{
    sf_autoclose int repository_fd = open_directory(*state);
    struct made killed = make(*state, repository_fd);
    int fd = openat(killed.fd, "artifact", O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
    char name[64];

    assert_true(fd >= 0 && strlen(killed.name) < sizeof name);
    assert_int_equal(close(fd), 0);
    (void)snprintf(name, sizeof name, "%s", killed.name);
    forget(&killed);

    struct made next = make(*state, repository_fd);

    assert_int_equal(faccessat(repository_fd, name, F_OK, 0), -1);
    assert_int_equal(errno, ENOENT);
    forget(&next);
}

static void other_names_and_links_stay(void **state)
{
    sf_autoclose int repository_fd = open_directory(*state);

    assert_int_equal(mkdirat(repository_fd, "noble", 0755), 0);
    assert_int_equal(mkdirat(repository_fd, ".git", 0755), 0);
    assert_int_equal(symlinkat("noble", repository_fd, ".sf-builder-link"), 0);

    struct made made = make(*state, repository_fd);

    assert_int_equal(faccessat(repository_fd, "noble", F_OK, 0), 0);
    assert_int_equal(faccessat(repository_fd, ".git", F_OK, 0), 0);
    assert_int_equal(faccessat(repository_fd, ".sf-builder-link", F_OK, AT_SYMLINK_NOFOLLOW), 0);
    forget(&made);
}

static void lock_that_is_kept_is_not_waited_for(void **state)
{
    sf_autoclose int repository_fd = open_directory(*state);
    sf_autoclose int others_fd = open_directory(*state);
    struct made made = {NULL, -1};
    struct sf_error err;

    assert_int_equal(flock(others_fd, LOCK_EX), 0);
    assert_sf_ok(sf_work_dir_make(*state, repository_fd, &made.name, &made.fd, &err), &err);
    assert_int_equal(faccessat(repository_fd, made.name, W_OK, 0), 0);
    forget(&made);
}

static void repository_that_is_gone_is_named(void **state)
{
    sf_autoclose int repository_fd = open_directory(*state);
    struct made made = {NULL, -1};
    struct sf_error err;

    assert_sf_fails(sf_work_dir_make("/nonexistent", repository_fd, &made.name, &made.fd, &err),
                    &err, SF_E_NOT_FOUND, "make a directory in '/nonexistent'");
    assert_null(made.name);
    assert_int_equal(flock(repository_fd, LOCK_EX | LOCK_NB), 0);
}

#define IN_DIRECTORY(test)                                                                         \
    cmocka_unit_test_setup_teardown(test, sf_test_make_directory, sf_test_remove_directory)

int main(void)
{
    const struct CMUnitTest tests[] = {
        IN_DIRECTORY(directory_is_hidden_and_nobody_elses),
        IN_DIRECTORY(directory_in_use_stays),
        IN_DIRECTORY(directory_of_a_killed_pack_goes),
        IN_DIRECTORY(other_names_and_links_stay),
        IN_DIRECTORY(lock_that_is_kept_is_not_waited_for),
        IN_DIRECTORY(repository_that_is_gone_is_named),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
