/* Tests of the writer: what our reader and tar(1) find in an artifact, and that it is always the
 * same. */
#include "tests/unit/content/stream.h"

#include "common/base/buffer.h"
#include "common/base/str.h"
#include "common/content/archive_read.h"
#include "common/content/archive_write.h"
#include "common/host/dir.h"
#include "common/host/process.h"

#define LONG_NAME                                                                                  \
    "view/share/a-directory-with-a-name-that-is-long/and-another-one-in-it-that-is-longer-still/"  \
    "and-a-file-so-that-all-of-it-does-not-fit-into-the-hundred-bytes-of-a-tar-header"

static char view_path[] = "view";
static char file_path[] = "view/x";
static char link_path[] = "view/y";
static char link_target[] = "x";
static const struct sf_manifest_file entries[] = {
    {.path = view_path, .type = SF_FILE_DIRECTORY, .mode = 0755},
    {.path = file_path, .type = SF_FILE_REGULAR, .mode = 0755, .size_bytes = 6},
    {.path = link_path, .type = SF_FILE_LINK, .target = link_target},
};

static int open_tree(void **state)
{
    int fd = -1;
    struct sf_error err = {0};

    assert_sf_ok(sf_dir_open_follow(*state, &fd, &err), &err);
    return fd;
}

/* Writes the artifact of the fixture's tree to `fd`. */
static void write_artifact(void **state, int fd, char sha256[static 65])
{
    sf_auto(archive_writer) struct sf_archive_writer *writer = NULL;
    sf_autofree char(*blocks)[65] = NULL;
    sf_autoclose int tree_fd = open_tree(state);
    uint64_t size = 0;
    size_t count = 0;
    struct sf_error err = {0};

    assert_sf_ok(sf_dir_make(tree_fd, "view", &err), &err);
    sf_test_write_file(*state, "view/x", "hello\n");
    assert_sf_ok(sf_archive_writer_open(fd, 3, 1700000000, &writer, &err), &err);
    assert_sf_ok(sf_archive_writer_add_bytes(writer, "meta/manifest.json", 0644, "{}", 2, &err),
                 &err);
    for (size_t i = 0; i < sizeof entries / sizeof *entries; i++) {
        assert_sf_ok(sf_archive_writer_add_file(writer, tree_fd, &entries[i], &err), &err);
    }
    assert_sf_ok(sf_archive_writer_add_bytes(writer, LONG_NAME, 0644, "", 0, &err), &err);
    assert_sf_ok(sf_archive_writer_finish(writer, &size, &blocks, &count, sha256, &err), &err);
    assert_int_equal(count, 1);
    assert_int_equal(size, lseek(fd, 0, SEEK_CUR));
}

static void assert_next(struct sf_archive_reader *reader, const char *path, int type, uint32_t mode)
{
    struct sf_archive_entry entry;
    struct sf_error err = {0};
    int r = sf_archive_reader_next(reader, &entry, &err);

    assert_sf_ok(r, &err);
    assert_int_equal(r, 1);
    assert_string_equal(entry.path, path);
    assert_int_equal(entry.type, type);
    assert_int_equal(entry.mode, mode);
}

static void artifact_written_is_read_back(void **state)
{
    int fd = stream_new_file();
    sf_auto(stream) struct stream stream = {.file.fd = -1};
    sf_auto(archive_reader) struct sf_archive_reader *reader = NULL;
    struct sf_archive_entry entry;
    char sha256[65];
    struct sf_error err = {0};

    write_artifact(state, fd, sha256);
    stream_open(&stream, fd);
    assert_string_equal(stream.file.sha256, sha256);
    assert_sf_ok(sf_archive_reader_open(stream.source, &reader, &err), &err);
    assert_next(reader, "meta/manifest.json", SF_FILE_REGULAR, 0644);
    assert_next(reader, "view", SF_FILE_DIRECTORY, 0755);
    assert_next(reader, "view/x", SF_FILE_REGULAR, 0755);
    assert_next(reader, "view/y", SF_FILE_LINK, 0);
    assert_next(reader, LONG_NAME, SF_FILE_REGULAR, 0644);
    assert_int_equal(sf_archive_reader_next(reader, &entry, &err), 0);
}

static void same_tree_gives_the_same_artifact(void **state)
{
    sf_autoclose int one = stream_new_file();
    sf_autoclose int two = stream_new_file();
    char first[65];
    char second[65];

    write_artifact(state, one, first);
    sf_test_write_file(*state, "view/later", "another inode, another time");
    write_artifact(state, two, second);
    assert_string_equal(first, second);
}

/* What tar says of the artifact at `path` has this line in it. */
static void assert_tar_lists(const char *path, const char *expected)
{
    const char *const arguments[] = {"tar",  "--zstd", "--utc", "--numeric-owner",
                                     "-tvf", path,     NULL};
    sf_auto(buffer) struct sf_buffer output = {.limit_bytes = 65536};
    struct sf_process_options tar = {.argv = arguments, .output = &output};
    struct sf_error err = {0};

    assert_sf_ok(sf_process_check(&tar, &err), &err);
    if (strstr(output.data, expected) == NULL) {
        fail_msg("'%s' is not in:\n%s", expected, output.data);
    }
}

static void artifact_is_an_ordinary_tar_for_tar(void **state)
{
    sf_autofree char *path = sf_str_format("%s/artifact.tar.zst", (char *)*state);
    sf_autoclose int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    char sha256[65];

    assert_true(fd >= 0);
    write_artifact(state, fd, sha256);
    assert_tar_lists(path, "-rwxr-xr-x 0/0               6 2023-11-14 22:13 view/x\n");
    assert_tar_lists(path, "lrwxrwxrwx 0/0               0 2023-11-14 22:13 view/y -> x\n");
    assert_tar_lists(path, LONG_NAME "\n");
}

static int refuse_bytes(void *context, const void *bytes, size_t size, struct sf_error *err)
{
    (void)bytes;
    (void)size;
    return sf_error_set(err, SF_E_NO_SPACE, "%s", (const char *)context);
}

static int append_bytes(void *context, const void *bytes, size_t size, struct sf_error *err)
{
    return sf_buffer_append(context, bytes, size, err);
}

static void sink_gets_the_tar_alone(void **state)
{
    sf_auto(archive_writer) struct sf_archive_writer *writer = NULL;
    sf_auto(buffer) struct sf_buffer tar = {.limit_bytes = 65536};
    struct sf_error err = {0};

    (void)state;
    assert_sf_ok(sf_archive_writer_open_sink(append_bytes, &tar, 0, &writer, &err), &err);
    assert_sf_ok(sf_archive_writer_add_bytes(writer, "x", 0644, "hello", 5, &err), &err);
    assert_sf_ok(sf_archive_writer_end(writer, &err), &err);
    assert_int_equal(tar.size, 4 * 512);
    assert_memory_equal(tar.data + 257, "ustar", 5);
    assert_memory_equal(tar.data + 512, "hello", 6);
}

static void sink_that_fails_gives_its_own_error(void **state)
{
    static char reason[] = "the sink is full";
    sf_auto(archive_writer) struct sf_archive_writer *writer = NULL;
    struct sf_error err = {0};

    (void)state;
    assert_sf_ok(sf_archive_writer_open_sink(refuse_bytes, reason, 0, &writer, &err), &err);
    assert_sf_ok(sf_archive_writer_add_bytes(writer, "x", 0644, "hello", 5, &err), &err);
    assert_sf_fails(sf_archive_writer_end(writer, &err), &err, SF_E_NO_SPACE, reason);
}

static void file_of_another_size_is_refused(void **state)
{
    sf_auto(archive_writer) struct sf_archive_writer *writer = NULL;
    sf_autoclose int fd = stream_new_file();
    sf_autoclose int tree_fd = open_tree(state);
    struct sf_manifest_file file = entries[1];
    struct sf_error err = {0};

    assert_sf_ok(sf_dir_make(tree_fd, "view", &err), &err);
    sf_test_write_file(*state, "view/x", "hello\n");
    assert_sf_ok(sf_archive_writer_open(fd, 3, 0, &writer, &err), &err);
    file.size_bytes = 5;
    assert_sf_fails(sf_archive_writer_add_file(writer, tree_fd, &file, &err), &err, SF_E_INTEGRITY,
                    "'view/x' does not have the 5 bytes");
    sf_archive_writer_free(sf_steal(&writer));

    assert_sf_ok(sf_archive_writer_open(fd, 3, 0, &writer, &err), &err);
    file.size_bytes = 7;
    assert_sf_fails(sf_archive_writer_add_file(writer, tree_fd, &file, &err), &err, SF_E_INTEGRITY,
                    "'view/x' does not have the 7 bytes");
}

static void missing_file_is_not_found(void **state)
{
    sf_auto(archive_writer) struct sf_archive_writer *writer = NULL;
    sf_autoclose int fd = stream_new_file();
    sf_autoclose int tree_fd = open_tree(state);
    struct sf_error err = {0};

    assert_sf_ok(sf_archive_writer_open(fd, 3, 0, &writer, &err), &err);
    assert_sf_fails(sf_archive_writer_add_file(writer, tree_fd, &entries[1], &err), &err,
                    SF_E_NOT_FOUND, "view/x");
}

#define TREE_TEST(test)                                                                            \
    cmocka_unit_test_setup_teardown(test, sf_test_make_directory, sf_test_remove_directory)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TREE_TEST(artifact_written_is_read_back),
        TREE_TEST(same_tree_gives_the_same_artifact),
        TREE_TEST(artifact_is_an_ordinary_tar_for_tar),
        cmocka_unit_test(sink_gets_the_tar_alone),
        cmocka_unit_test(sink_that_fails_gives_its_own_error),
        TREE_TEST(file_of_another_size_is_refused),
        TREE_TEST(missing_file_is_not_found),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
