#include "tests/unit/sf_test.h"

#include "builder/trial/trial_node.h"
#include "common/host/dir.h"

static struct sf_error err;

static void touch(int dir_fd, const char *name)
{
    sf_autoclose int fd = openat(dir_fd, name, O_WRONLY | O_CREAT | O_CLOEXEC, 0755);

    assert_true(fd >= 0);
}

static void compilers_and_headers_are_found(void **state)
{
    static const char *const hidden[] = {"as",
                                         "c++",
                                         "cpp-12",
                                         "gcc-12",
                                         "gcc-ar-12",
                                         "ld.gold",
                                         "make",
                                         "x86_64-linux-gnu-as",
                                         "clang",
                                         "x86_64-linux-gnu-gcc-12",
                                         "x86_64-linux-gnu-ld.bfd"};
    static const char *const left[] = {"bash", "hostname", "ldd", "base64", "sinfo", "mkfifo"};
    sf_auto(strlist) struct sf_strlist found = {0};
    sf_autoclose int root_fd = -1;

    assert_sf_ok(sf_dir_open_follow(*state, &root_fd, &err), &err);
    assert_sf_ok(sf_dir_make(root_fd, "usr/bin", &err), &err);
    assert_sf_ok(sf_dir_make(root_fd, "usr/include/slurm", &err), &err);
    for (size_t i = 0; i < sizeof hidden / sizeof *hidden; i++) {
        sf_autofree char *path = NULL;

        assert_true(asprintf(&path, "usr/bin/%s", hidden[i]) > 0);
        touch(root_fd, path);
    }
    for (size_t i = 0; i < sizeof left / sizeof *left; i++) {
        sf_autofree char *path = NULL;

        assert_true(asprintf(&path, "usr/bin/%s", left[i]) > 0);
        touch(root_fd, path);
    }
    assert_int_equal(symlinkat("gcc-12", root_fd, "usr/bin/gcc"), 0);
    assert_sf_ok(sf_trial_node_compilers(*state, &found, &err), &err);
    assert_int_equal(found.count, sizeof hidden / sizeof *hidden + 1);
    for (size_t i = 0; i < sizeof hidden / sizeof *hidden; i++) {
        sf_autofree char *path = NULL;

        assert_true(asprintf(&path, "/usr/bin/%s", hidden[i]) > 0);
        assert_true(sf_strlist_has(&found, path));
    }
    assert_true(sf_strlist_has(&found, "/usr/include"));
}

static void root_that_is_not_there_is_refused(void **state)
{
    sf_auto(strlist) struct sf_strlist found = {0};

    (void)state;
    assert_sf_fails(sf_trial_node_compilers("/nowhere", &found, &err), &err, SF_E_NOT_FOUND,
                    "/nowhere");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(compilers_and_headers_are_found),
        cmocka_unit_test(root_that_is_not_there_is_refused),
    };

    return cmocka_run_group_tests(tests, sf_test_make_directory, sf_test_remove_directory);
}
