#include "tests/unit/sf_test.h"

#include <signal.h>
#include <stdbool.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>

#include "common/base/str.h"
#include "common/base/strlist.h"
#include "common/host/process_scan.h"

static struct sf_error err;

/* A process that waits after it has done `use` with the path. */
static pid_t start_user(bool (*use)(const char *path), const char *path)
{
    int ends[2];
    char ready = 0;

    assert_int_equal(pipe(ends), 0);

    pid_t pid = fork();

    assert_true(pid >= 0);
    if (pid == 0) {
        (void)prctl(PR_SET_PDEATHSIG, SIGKILL); /* should an assertion end the test */
        (void)prctl(PR_SET_NAME, "slurm\033stepd");
        ready = use(path) ? 'y' : 'n';
        (void)!write(ends[1], &ready, 1);
        (void)pause();
        _exit(0);
    }
    assert_int_equal(read(ends[0], &ready, 1), 1);
    assert_int_equal(ready, 'y');
    (void)close(ends[0]);
    (void)close(ends[1]);
    return pid;
}

static void stop_user(pid_t pid)
{
    assert_int_equal(kill(pid, SIGKILL), 0);
    assert_int_equal(waitpid(pid, NULL, 0), pid);
}

static bool stand_in(const char *path)
{
    return chdir(path) == 0;
}

static bool map(const char *path)
{
    sf_autoclose int fd = open(path, O_RDONLY | O_CLOEXEC);

    return fd >= 0 && mmap(NULL, 4096, PROT_READ, MAP_PRIVATE, fd, 0) != MAP_FAILED;
}

/* Asserts that exactly this process is found below the directory. */
static void assert_used_by(const char *directory, pid_t pid)
{
    sf_auto(strlist) struct sf_strlist users = {0};
    char expected[64];

    assert_sf_ok(sf_process_scan_users(directory, &users, &err), &err);
    (void)snprintf(expected, sizeof expected, "slurm\\x1bstepd (pid %ld)", (long)pid);
    assert_int_equal(users.count, 1);
    assert_string_equal(users.items[0], expected);
}

static void assert_unused(const char *directory)
{
    sf_auto(strlist) struct sf_strlist users = {0};

    assert_sf_ok(sf_process_scan_users(directory, &users, &err), &err);
    assert_int_equal(users.count, 0);
}

static void users_of_quiet_directory_are_none(void **state)
{
    assert_unused(*state);
}

static void users_by_current_directory_are_found(void **state)
{
    sf_autofree char *neighbour = sf_str_format("%s-not", (const char *)*state);
    pid_t pid = start_user(stand_in, *state);

    assert_used_by(*state, pid);
    assert_unused(neighbour);
    stop_user(pid);
    assert_unused(*state);
}

static void users_in_deleted_directory_are_found(void **state)
{
    sf_autofree char *path = sf_str_format("%s/gone", (const char *)*state);

    assert_int_equal(mkdir(path, 0755), 0);

    pid_t pid = start_user(stand_in, path);

    assert_int_equal(rmdir(path), 0);
    assert_used_by(path, pid);
    stop_user(pid);
}

static void users_by_mapped_file_are_found_though_it_is_deleted(void **state)
{
    sf_autofree char *path = sf_str_format("%s/lib so.1", (const char *)*state);

    sf_test_write_file(*state, "lib so.1", "x");

    pid_t pid = start_user(map, path);

    assert_used_by(*state, pid);
    assert_int_equal(unlink(path), 0);
    assert_used_by(*state, pid);
    stop_user(pid);
}

static void users_by_executable_are_found(void **state)
{
    sf_auto(strlist) struct sf_strlist users = {0};
    char path[4096];
    char expected[64];
    ssize_t length = readlink("/proc/self/exe", path, sizeof path - 1);

    (void)state;
    assert_true(length > 0);
    path[length] = '\0';
    *strrchr(path, '/') = '\0';
    (void)snprintf(expected, sizeof expected, "(pid %ld)", (long)getpid());
    assert_sf_ok(sf_process_scan_users(path, &users, &err), &err);

    sf_autofree char *all = sf_strlist_join(&users, " ");

    assert_non_null(strstr(all, expected));
}

static void users_below_a_linked_name_are_found(void **state)
{
    sf_autofree char *real = sf_str_format("%s/real", (const char *)*state);
    sf_autofree char *link_name = sf_str_format("%s/link", (const char *)*state);

    assert_int_equal(mkdir(real, 0755), 0);
    assert_int_equal(symlink("real", link_name), 0);

    pid_t pid = start_user(stand_in, real);

    assert_used_by(link_name, pid);
    stop_user(pid);
}

static void users_of_absent_directory_are_none(void **state)
{
    (void)state;
    assert_unused("/nonexistent/releases/x");
}

static void users_beyond_64_are_left_out(void **state)
{
    sf_auto(strlist) struct sf_strlist users = {0};
    pid_t pids[70];

    for (size_t i = 0; i < 70; i++) {
        pids[i] = start_user(stand_in, *state);
    }
    assert_sf_ok(sf_process_scan_users(*state, &users, &err), &err);
    for (size_t i = 0; i < 70; i++) {
        stop_user(pids[i]);
    }
    assert_int_equal(users.count, 64);
}

/* In an empty root, as a chroot without /proc. */
static void users_without_proc_cannot_be_known(void **state)
{
    int status = 0;

    if (geteuid() != 0) {
        skip();
    }

    pid_t pid = fork();

    assert_true(pid >= 0);
    if (pid == 0) {
        struct sf_strlist users = {0};
        bool is_refused = chroot(*state) == 0 && chdir("/") == 0 &&
                          sf_process_scan_users("/", &users, &err) == -SF_E_NOT_FOUND &&
                          strstr(err.message, "/proc") != NULL;

        _exit(is_refused ? 0 : 1);
    }
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_int_equal(status, 0);
}

#define TEST(name)                                                                                 \
    cmocka_unit_test_setup_teardown(name, sf_test_make_directory, sf_test_remove_directory)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(users_of_quiet_directory_are_none),
        TEST(users_by_current_directory_are_found),
        TEST(users_in_deleted_directory_are_found),
        TEST(users_by_mapped_file_are_found_though_it_is_deleted),
        TEST(users_by_executable_are_found),
        TEST(users_below_a_linked_name_are_found),
        TEST(users_of_absent_directory_are_none),
        TEST(users_beyond_64_are_left_out),
        TEST(users_without_proc_cannot_be_known),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
