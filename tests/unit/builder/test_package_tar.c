/* Tests of unpacking packages, hostile ones among them. */
#include "tests/unit/sf_test.h"

#include "builder/spack/package_tar.h"
#include "tests/unit/content/tiny_tar.h"

static int unpack(void **state, const struct tiny_tar_entry *entries, size_t count,
                  struct sf_error *err)
{
    struct tiny_tar *tar = calloc(1, sizeof *tar);
    char path[4096];

    for (size_t i = 0; i < count; i++) {
        tiny_tar_add(tar, &entries[i]);
    }
    tiny_tar_end(tar);
    (void)snprintf(path, sizeof path, "%s/tar", (char *)*state);
    sf_autoclose int fd = open(path, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    assert_int_equal(write(fd, tar->bytes, tar->size), tar->size);
    free(tar);

    (void)snprintf(path, sizeof path, "%s/out", (char *)*state);
    (void)mkdir(path, 0755);
    sf_autoclose int dir_fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

    return sf_package_unpack(fd, dir_fd, err);
}

static int look(void **state, const char *name, struct stat *status)
{
    char path[4096];

    (void)snprintf(path, sizeof path, "%s/%s", (char *)*state, name);
    return lstat(path, status);
}

static void package_is_unpacked_with_plain_modes(void **state)
{
    static const struct tiny_tar_entry entries[] = {
        {"srv/", '5', 0700, NULL, NULL, NULL},
        {"srv/x/bin/program", '0', 0500, NULL, "data", NULL},
        {"srv/x/share/text", '0', 0666, NULL, "text", NULL},
        {"srv/x/bin/again", '1', 0500, "srv/x/bin/program", NULL, NULL},
        {"srv/x/lib", '2', 0777, "/srv/other/lib", NULL, NULL},
    };
    struct sf_error err;
    struct stat program;
    struct stat again;

    assert_sf_ok(unpack(state, entries, sizeof entries / sizeof *entries, &err), &err);
    assert_int_equal(look(state, "out/srv/x/bin/program", &program), 0);
    assert_int_equal(program.st_mode & 07777, 0755);
    assert_int_equal(program.st_size, 4);
    assert_int_equal(look(state, "out/srv/x/bin/again", &again), 0);
    assert_true(program.st_ino == again.st_ino);
    assert_int_equal(look(state, "out/srv/x/share/text", &again), 0);
    assert_int_equal(again.st_mode & 07777, 0644);
    assert_int_equal(look(state, "out/srv/x/lib", &again), 0);
    assert_true(S_ISLNK(again.st_mode));
}

static void hostile_entry_is_refused(void **state)
{
    static const struct {
        struct tiny_tar_entry entry;
        const char *fragment;
    } cases[] = {
        {{"/srv/x", '0', 0644, NULL, "x", NULL}, "'/srv/x' has a name that is not safe"},
        {{"../x", '0', 0644, NULL, "x", NULL}, "'../x' has a name that is not safe"},
        {{"a/../x", '5', 0755, NULL, NULL, NULL}, "has a name that is not safe"},
        {{"x", '0', 04755, NULL, "x", NULL}, "'x' is setuid or setgid"},
        {{"x", '0', 02755, NULL, "x", NULL}, "'x' is setuid or setgid"},
        {{"x", '3', 0644, NULL, NULL, NULL}, "'x' is no file, directory or link"},
        {{"x", '6', 0644, NULL, NULL, NULL}, "'x' is no file, directory or link"},
        {{"x", '1', 0644, "/etc/passwd", NULL, NULL}, "is a hard link to something else"},
        {{"x", '1', 0644, "../tar", NULL, NULL}, "is a hard link to something else"},
        {{"x", '1', 0644, "later", NULL, NULL}, "is a hard link to something else"},
    };
    struct sf_error err;
    struct stat status;

    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        assert_sf_fails(unpack(state, &cases[i].entry, 1, &err), &err, SF_E_FORMAT,
                        cases[i].fragment);
        assert_int_not_equal(look(state, "out/x", &status), 0);
    }
}

static void link_is_not_followed_by_later_entries(void **state)
{
    static const struct tiny_tar_entry file[] = {{"out", '2', 0777, "..", NULL, NULL},
                                                 {"out/escaped", '0', 0644, NULL, "x", NULL}};
    static const struct tiny_tar_entry link[] = {{"up", '2', 0777, "..", NULL, NULL},
                                                 {"up/escaped", '2', 0777, "x", NULL, NULL}};
    static const struct tiny_tar_entry hard[] = {{"in", '2', 0777, "..", NULL, NULL},
                                                 {"stolen", '1', 0644, "in/tar", NULL, NULL}};
    struct sf_error err;
    struct stat status;

    assert_true(unpack(state, file, 2, &err) < 0);
    assert_true(unpack(state, link, 2, &err) < 0);
    assert_sf_fails(unpack(state, hard, 2, &err), &err, SF_E_FORMAT, "is a hard link to something");
    assert_int_not_equal(look(state, "escaped", &status), 0);
}

static void same_name_twice_is_refused(void **state)
{
    static const struct tiny_tar_entry entries[] = {{"x", '0', 0644, NULL, "one", NULL},
                                                    {"x", '0', 0644, NULL, "two", NULL}};
    struct sf_error err;

    assert_true(unpack(state, entries, 2, &err) < 0);
    assert_non_null(strstr(err.message, "'x'"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(package_is_unpacked_with_plain_modes,
                                        sf_test_make_directory, sf_test_remove_directory),
        cmocka_unit_test_setup_teardown(hostile_entry_is_refused, sf_test_make_directory,
                                        sf_test_remove_directory),
        cmocka_unit_test_setup_teardown(link_is_not_followed_by_later_entries,
                                        sf_test_make_directory, sf_test_remove_directory),
        cmocka_unit_test_setup_teardown(same_name_twice_is_refused, sf_test_make_directory,
                                        sf_test_remove_directory),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
