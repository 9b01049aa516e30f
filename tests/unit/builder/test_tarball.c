/* Tests of trees as compressed tars: what tar lists, the digest of the tar itself, odd files. */
#include "tests/unit/sf_test.h"

#include "builder/export/tarball.h"
#include "common/base/buffer.h"
#include "common/base/str.h"
#include "common/host/digest.h"
#include "common/host/dir.h"
#include "common/host/process.h"

static const struct sf_tarball_options gzip = {
    .compression = SF_COMPRESSION_GZIP, .level = 6, .mtime_s = 1700000000};
static const struct sf_tarball_options zstd = {
    .compression = SF_COMPRESSION_ZSTD, .level = 3, .mtime_s = 1700000000};

/* A directory "tree" with a file and a link in it. */
static int make_tree(void **state)
{
    sf_autoclose int top_fd = -1;
    int fd = -1;
    struct sf_error err = {0};

    assert_sf_ok(sf_dir_open_follow(*state, &top_fd, &err), &err);
    assert_sf_ok(sf_dir_make(top_fd, "tree/b", &err), &err);
    sf_test_write_file(*state, "tree/b/file", "hello\n");
    assert_int_equal(fchmodat(top_fd, "tree/b/file", 0755, 0), 0);
    assert_int_equal(symlinkat("b/file", top_fd, "tree/a"), 0);
    assert_sf_ok(sf_dir_open(top_fd, "tree", &fd, &err), &err);
    return fd;
}

static int open_output(void **state, const char *name)
{
    sf_autofree char *path = sf_str_format("%s/%s", (char *)*state, name);
    int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);

    assert_true(fd >= 0);
    return fd;
}

/* What a program prints of the file `name`. */
static void run(void **state, const char *const *words, const char *name, struct sf_buffer *output)
{
    sf_autofree char *path = sf_str_format("%s/%s", (char *)*state, name);
    const char *argv[8] = {NULL};
    struct sf_process_options process = {.argv = argv, .output = output};
    size_t count = 0;
    struct sf_error err = {0};

    while (words[count] != NULL) {
        argv[count] = words[count];
        count++;
    }
    argv[count] = path;
    assert_sf_ok(sf_process_check(&process, &err), &err);
}

static void tree_written_is_what_tar_lists(void **state)
{
    static const char *const words[] = {"tar", "--utc", "--numeric-owner", "-tvf", NULL};
    static const char expected[] = "lrwxrwxrwx 0/0               0 2023-11-14 22:13 a -> b/file\n"
                                   "drwxr-xr-x 0/0               0 2023-11-14 22:13 b/\n"
                                   "-rwxr-xr-x 0/0               6 2023-11-14 22:13 b/file\n";
    sf_autoclose int tree_fd = make_tree(state);
    const struct sf_tarball_options *const both[] = {&gzip, &zstd};
    struct sf_error err = {0};

    for (size_t i = 0; i < 2; i++) {
        sf_auto(buffer) struct sf_buffer output = {.limit_bytes = 4096};
        sf_autoclose int fd = open_output(state, "out");
        struct sf_tarball tarball;

        assert_int_equal(ftruncate(fd, 0), 0);
        assert_sf_ok(sf_tarball_write(tree_fd, both[i], fd, &tarball, &err), &err);
        assert_int_equal(tarball.size_bytes, lseek(fd, 0, SEEK_END));
        run(state, words, "out", &output);
        assert_string_equal(output.data, expected);
    }
}

static void digests_are_of_the_file_and_of_the_tar(void **state)
{
    static const char *const words[] = {"gzip", "-dc", NULL};
    sf_auto(buffer) struct sf_buffer output = {.limit_bytes = 65536};
    sf_autoclose int tree_fd = make_tree(state);
    sf_autoclose int fd = open_output(state, "out");
    struct sf_tarball one;
    struct sf_tarball other;
    char hex[SF_DIGEST_HEX];
    uint64_t size = 0;
    struct sf_error err = {0};

    assert_sf_ok(sf_tarball_write(tree_fd, &gzip, fd, &one, &err), &err);
    assert_sf_ok(sf_digest_fd(fd, hex, &size, &err), &err);
    assert_string_equal(one.sha256, hex);
    run(state, words, "out", &output);
    assert_sf_ok(sf_digest_bytes(output.data, output.size, hex, &err), &err);
    assert_string_equal(one.tar_sha256, hex);

    /* However it is compressed, the tar is the same. */
    assert_sf_ok(sf_tarball_write(tree_fd, &zstd, fd, &other, &err), &err);
    assert_string_equal(one.tar_sha256, other.tar_sha256);
    assert_string_not_equal(one.sha256, other.sha256);
}

static void fifo_in_the_tree_is_refused(void **state)
{
    sf_autoclose int tree_fd = make_tree(state);
    sf_autoclose int fd = open_output(state, "out");
    struct sf_tarball tarball = {.size_bytes = 7};
    struct sf_error err = {0};

    assert_int_equal(mkfifoat(tree_fd, "b/fifo", 0600), 0);
    assert_sf_fails(sf_tarball_write(tree_fd, &gzip, fd, &tarball, &err), &err, SF_E_FORMAT,
                    "'b/fifo' is no file, directory or symbolic link");
    assert_int_equal(tarball.size_bytes, 7);
}

#define TREE_TEST(test)                                                                            \
    cmocka_unit_test_setup_teardown(test, sf_test_make_directory, sf_test_remove_directory)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TREE_TEST(tree_written_is_what_tar_lists),
        TREE_TEST(digests_are_of_the_file_and_of_the_tar),
        TREE_TEST(fifo_in_the_tree_is_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
