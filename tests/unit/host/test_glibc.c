#include "tests/unit/sf_test.h"

#include <gnu/libc-version.h>

#include "common/base/buffer.h"
#include "common/base/str.h"
#include "common/host/cpu.h"
#include "common/host/dir.h"
#include "common/host/glibc.h"

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

/* Puts a libc.so.6 of these bytes into the image. */
static void put_libc(const char *directory, const void *bytes, size_t size)
{
    sf_autofree char *path = sf_str_format("%s/libc.so.6", directory);
    sf_autoclose int fd = -1;

    assert_sf_ok(sf_dir_make(top_fd, directory, &err), &err);
    assert_sf_ok(sf_dir_open_file(top_fd, path, O_WRONLY | O_CREAT, 0755, &fd, &err), &err);
    assert_int_equal(write(fd, bytes, size), (ssize_t)size);
}

static void version_of_the_running_root_is_the_librarys(void **state)
{
    char version[16];
    sf_autoclose int root_fd = open("/", O_RDONLY | O_DIRECTORY | O_CLOEXEC);

    (void)state;
    assert_sf_ok(sf_glibc_version(root_fd, sf_cpu_arch(), version, &err), &err);
    assert_string_equal(version, gnu_get_libc_version());
}

static void library_of_another_architecture_is_none(void **state)
{
    static const char bytes[] = "\177ELF\2\1\1\0\0\0\0\0\0\0\0\0\3\0\267\0GLIBC_2.34\0";
    char version[16];

    (void)state;
    put_libc("usr/lib64", bytes, sizeof bytes);
    assert_sf_fails(sf_glibc_version(top_fd, "amd64", version, &err), &err, SF_E_NOT_FOUND,
                    "no libc.so.6 for amd64");
    assert_sf_ok(sf_glibc_version(top_fd, "arm64", version, &err), &err);
    assert_string_equal(version, "2.34");
}

static void version_of_image_is_its_highest_symbol_version(void **state)
{
    static const char bytes[] = "junk\0GLIBC_2.2.5\0GLIBC_2.4\0GLIBC_2.34\0GLIBC_2.9\0"
                                "GLIBC_PRIVATE\0GLIBC_2.\0GLIBC_2.99x\0GLIBC_2.99999999999\0";
    char version[16];

    (void)state;
    put_libc("usr/lib64", bytes, sizeof bytes);
    assert_int_equal(symlinkat("usr/lib64", top_fd, "lib64"), 0);
    assert_sf_ok(sf_glibc_version(top_fd, "amd64", version, &err), &err);
    assert_string_equal(version, "2.34");
}

static void version_of_multiarch_image_goes_by_arch(void **state)
{
    char version[16];

    (void)state;
    put_libc("usr/lib/x86_64-linux-gnu", "GLIBC_2.39", 11);
    put_libc("usr/lib/aarch64-linux-gnu", "GLIBC_2.35", 10);
    assert_sf_ok(sf_glibc_version(top_fd, "amd64", version, &err), &err);
    assert_string_equal(version, "2.39");
    assert_sf_ok(sf_glibc_version(top_fd, "arm64", version, &err), &err);
    assert_string_equal(version, "2.35");
}

/* The real library as if it were an image's: the highest name never exceeds the version. */
static void version_of_copied_library_is_plausible(void **state)
{
    sf_auto(buffer) struct sf_buffer bytes = {.limit_bytes = 64UL << 20};
    sf_autoclose int root_fd = open("/", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    sf_autoclose int fd = -1;
    char version[16];

    (void)state;
    if (sf_dir_open_in_root(root_fd, "/lib/x86_64-linux-gnu/libc.so.6", O_RDONLY, &fd, &err) < 0) {
        skip();
    }
    assert_sf_ok(sf_dir_read_fd(fd, "libc.so.6", &bytes, &err), &err);
    put_libc("lib64", bytes.data, bytes.size);
    assert_sf_ok(sf_glibc_version(top_fd, "amd64", version, &err), &err);
    assert_true(sf_glibc_compare(version, gnu_get_libc_version()) <= 0);
    assert_true(sf_glibc_compare(version, "2.27") > 0);
}

static void version_of_no_image_is_not_found(void **state)
{
    char version[16] = "untouched";

    (void)state;
    assert_sf_fails(sf_glibc_version(top_fd, "amd64", version, &err), &err, SF_E_NOT_FOUND,
                    "no libc.so.6");
    put_libc("lib", "musl", 4);
    assert_sf_fails(sf_glibc_version(top_fd, "amd64", version, &err), &err, SF_E_NOT_FOUND,
                    "not a glibc");
    assert_string_equal(version, "untouched");
}

static void compare_orders_by_number(void **state)
{
    (void)state;
    assert_true(sf_glibc_compare("2.9", "2.36") < 0);
    assert_true(sf_glibc_compare("2.36", "2.9") > 0);
    assert_true(sf_glibc_compare("2.36", "2.36") == 0);
    assert_true(sf_glibc_compare("2.36", "2.36.1") < 0);
    assert_true(sf_glibc_compare("2.2.5", "2.2.4") > 0);
    assert_true(sf_glibc_compare("3.0", "2.99") > 0);
    assert_true(sf_glibc_compare("", "2.1") < 0);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(version_of_the_running_root_is_the_librarys),
        TEST(library_of_another_architecture_is_none),
        TEST(version_of_image_is_its_highest_symbol_version),
        TEST(version_of_multiarch_image_goes_by_arch),
        TEST(version_of_copied_library_is_plausible),
        TEST(version_of_no_image_is_not_found),
        TEST(compare_orders_by_number),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
