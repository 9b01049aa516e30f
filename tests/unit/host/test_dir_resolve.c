/* The kernel's way and our own give the same answers to the same questions. */
#include "tests/unit/sf_test.h"

#include "common/host/dir_resolve.h"

static int top_fd = -1;

/* A tree with every kind of entry, and the same for each test. */
static int set_up(void **state)
{
    if (sf_test_make_directory(state) < 0) {
        return -1;
    }
    top_fd = open(*state, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (top_fd < 0 || mkdirat(top_fd, "d", 0755) < 0 || mkdirat(top_fd, "d/e", 0755) < 0 ||
        symlinkat("d", top_fd, "rel") < 0 || symlinkat("/d/e", top_fd, "abs") < 0 ||
        symlinkat("../../../d", top_fd, "climb") < 0 || symlinkat("loop", top_fd, "loop") < 0 ||
        symlinkat("gone", top_fd, "dangling") < 0 || symlinkat("../f", top_fd, "d/up") < 0) {
        return -1;
    }
    sf_test_write_file(*state, "f", "x");
    return 0;
}

static int tear_down(void **state)
{
    (void)close(top_fd);
    return sf_test_remove_directory(state);
}

static const char *const paths[] = {
    ".",      "d",          "d/",         "d//e",      "./d/./e",
    "f",      "f/",         "f/x",        "rel",       "rel/e",
    "rel/",   "abs",        "abs/.",      "climb/e",   "loop",
    "loop/x", "dangling",   "dangling/x", "d/up",      "rel/up",
    "gone",   "gone/x",     "/",          "/d",        "/abs/../",
    "..",     "../..",      "d/..",       "d/../f",    "d/e/../../../f",
    "",       "/../../abs", "rel/e/..",   "/climb/up", "/climb/../rel/",
    "d/e/.",
};

static const int flag_sets[] = {
    O_RDONLY, O_RDONLY | O_DIRECTORY, O_RDONLY | O_NOFOLLOW,
    O_PATH,   O_PATH | O_NOFOLLOW,    O_PATH | O_DIRECTORY,
    O_WRONLY,
};

/* What an answer looks like from outside: the inode, or the negative errno. */
static int64_t describe(int fd)
{
    struct stat status;

    if (fd < 0) {
        return -(int64_t)errno;
    }
    assert_int_equal(fcntl(fd, F_GETFD), FD_CLOEXEC);
    assert_int_equal(fstat(fd, &status), 0);
    (void)close(fd);
    return (int64_t)status.st_ino;
}

static void assert_same_answers(int (*resolve)(int, const char *, int, mode_t))
{
    for (size_t i = 0; i < sizeof paths / sizeof paths[0]; i++) {
        for (size_t j = 0; j < sizeof flag_sets / sizeof flag_sets[0]; j++) {
            (void)unsetenv("SF_NO_OPENAT2");

            int64_t kernel = describe(resolve(top_fd, paths[i], flag_sets[j], 0));

            (void)setenv("SF_NO_OPENAT2", "1", /* overwrite= */ 1);

            int64_t ours = describe(resolve(top_fd, paths[i], flag_sets[j], 0));

            (void)unsetenv("SF_NO_OPENAT2");
            if (kernel != ours) {
                fail_msg("'%s' with flags %#o: the kernel says %lld, we say %lld", paths[i],
                         (unsigned)flag_sets[j], (long long)kernel, (long long)ours);
            }
        }
    }
}

static void beneath_agrees_with_the_kernel(void **state)
{
    (void)state;
    assert_same_answers(sf_dir_resolve_beneath);
}

static void in_root_agrees_with_the_kernel(void **state)
{
    (void)state;
    assert_same_answers(sf_dir_resolve_in_root);
}

static void beneath_never_follows_or_climbs(void **state)
{
    (void)state;
    for (int round = 0; round < 2; round++) {
        assert_int_equal(describe(sf_dir_resolve_beneath(top_fd, "rel/e", O_PATH, 0)), -ELOOP);
        assert_int_equal(describe(sf_dir_resolve_beneath(top_fd, "d/..", O_PATH, 0)), -EXDEV);
        assert_int_equal(describe(sf_dir_resolve_beneath(top_fd, "/d", O_PATH, 0)), -EXDEV);
        (void)setenv("SF_NO_OPENAT2", "1", /* overwrite= */ 1);
    }
    (void)unsetenv("SF_NO_OPENAT2");
}

static void created_file_has_the_mode(void **state)
{
    struct stat status;
    mode_t old = umask(0);

    (void)state;
    for (int round = 0; round < 2; round++) {
        int fd = sf_dir_resolve_beneath(top_fd, "d/new", O_WRONLY | O_CREAT | O_EXCL, 0640);

        assert_true(fd >= 0);
        assert_int_equal(fstat(fd, &status), 0);
        assert_int_equal(status.st_mode & 07777, 0640);
        (void)close(fd);
        assert_int_equal(unlinkat(top_fd, "d/new", 0), 0);
        (void)setenv("SF_NO_OPENAT2", "1", /* overwrite= */ 1);
    }
    (void)unsetenv("SF_NO_OPENAT2");
    (void)umask(old);
}

static void components_of_absurd_length_are_refused(void **state)
{
    char path[8192];

    (void)state;
    (void)setenv("SF_NO_OPENAT2", "1", /* overwrite= */ 1);
    memset(path, 'x', 300);
    path[300] = '\0';
    assert_int_equal(describe(sf_dir_resolve_beneath(top_fd, path, O_PATH, 0)), -ENAMETOOLONG);
    for (size_t i = 0; i < sizeof path - 2; i += 2) {
        path[i] = '.';
        path[i + 1] = '/';
    }
    path[sizeof path - 2] = '\0';
    assert_int_equal(describe(sf_dir_resolve_in_root(top_fd, path, O_PATH, 0)), -ENAMETOOLONG);
    (void)unsetenv("SF_NO_OPENAT2");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(beneath_agrees_with_the_kernel),          TEST(in_root_agrees_with_the_kernel),
        TEST(beneath_never_follows_or_climbs),         TEST(created_file_has_the_mode),
        TEST(components_of_absurd_length_are_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
