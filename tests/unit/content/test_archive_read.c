/* Tests of the reader: what it hands out, and every kind of entry and archive that it refuses. */
#include "tests/unit/content/stream.h"

#include "common/content/archive_read.h"
#include "common/format/manifest.h"
#include "tests/unit/content/tiny_tar.h"

static const struct tiny_tar_entry plain = {
    .path = "view/x", .type = '0', .mode = 0644, .data = "hello"};

/* Reads the archive to its end: 0, or the negative code. */
static int read_all(const struct tiny_tar *tar, struct sf_error *err)
{
    sf_auto(stream) struct stream stream = {.file.fd = -1};
    sf_auto(archive_reader) struct sf_archive_reader *reader = NULL;
    struct sf_archive_entry entry;

    stream_open_compressed(&stream, tar->bytes, tar->size);
    int r = sf_archive_reader_open(stream.source, &reader, err);
    if (r < 0) {
        return r;
    }
    do {
        r = sf_archive_reader_next(reader, &entry, err);
    } while (r > 0);
    return r;
}

static void every_kind_of_good_entry_is_described(void **state)
{
    struct tiny_tar tar = {0};
    sf_auto(stream) struct stream stream = {.file.fd = -1};
    sf_auto(archive_reader) struct sf_archive_reader *reader = NULL;
    struct sf_archive_entry entry;
    char data[16];
    size_t size = 0;
    struct sf_error err = {0};

    (void)state;
    tiny_tar_add(&tar, &(struct tiny_tar_entry){.path = "view/", .type = '5', .mode = 0755});
    tiny_tar_add(&tar, &plain);
    tiny_tar_add(&tar, &(struct tiny_tar_entry){
                           .path = "view/y", .type = '2', .mode = 0777, .target = "../meta/x"});
    tiny_tar_end(&tar);
    stream_open_compressed(&stream, tar.bytes, tar.size);
    assert_sf_ok(sf_archive_reader_open(stream.source, &reader, &err), &err);

    assert_int_equal(sf_archive_reader_next(reader, &entry, &err), 1);
    assert_string_equal(entry.path, "view");
    assert_int_equal(entry.type, SF_FILE_DIRECTORY);
    assert_int_equal(entry.mode, 0755);

    assert_int_equal(sf_archive_reader_next(reader, &entry, &err), 1);
    assert_string_equal(entry.path, "view/x");
    assert_int_equal(entry.type, SF_FILE_REGULAR);
    assert_int_equal(entry.size_bytes, 5);
    assert_sf_ok(sf_archive_reader_data(reader, data, sizeof data, &size, &err), &err);
    assert_int_equal(size, 5);
    assert_memory_equal(data, "hello", 5);
    assert_sf_ok(sf_archive_reader_data(reader, data, sizeof data, &size, &err), &err);
    assert_int_equal(size, 0);

    assert_int_equal(sf_archive_reader_next(reader, &entry, &err), 1);
    assert_string_equal(entry.path, "view/y");
    assert_int_equal(entry.type, SF_FILE_LINK);
    assert_string_equal(entry.target, "../meta/x");

    assert_int_equal(sf_archive_reader_next(reader, &entry, &err), 0);
}

static void hostile_entry_is_refused_by_name(void **state)
{
    static const struct {
        struct tiny_tar_entry entry;
        const char *fragment;
    } cases[] = {
        {{.path = "/etc/passwd", .type = '0', .mode = 0644}, "'/etc/passwd' has a name"},
        {{.path = "../x", .type = '0', .mode = 0644}, "'../x' has a name"},
        {{.path = "view/../../x", .type = '0', .mode = 0644}, "not safe"},
        {{.path = "./view", .type = '0', .mode = 0644}, "not safe"},
        {{.path = "view//x", .type = '0', .mode = 0644}, "not safe"},
        {{.path = "view/a\nb", .type = '0', .mode = 0644}, "'view/a\\x0ab' has a name"},
        {{.path = "view/x", .type = '1', .target = "view/y"}, "is a hard link"},
        {{.path = "view/x", .type = '1', .target = "/etc/shadow"}, "is a hard link"},
        {{.path = "view/x", .type = '2', .target = "/etc"}, "link that leaves the tree"},
        {{.path = "view/x", .type = '2', .target = "../../etc"}, "link that leaves the tree"},
        {{.path = "view/x", .type = '3', .mode = 0600}, "no file, directory or symbolic link"},
        {{.path = "view/x", .type = '4', .mode = 0600}, "no file, directory or symbolic link"},
        {{.path = "view/x", .type = '6', .mode = 0600}, "no file, directory or symbolic link"},
        {{.path = "view/x", .type = '0', .mode = 04755}, "setuid, setgid or sticky"},
        {{.path = "view/x", .type = '0', .mode = 02755}, "setuid, setgid or sticky"},
        {{.path = "view", .type = '5', .mode = 01777}, "setuid, setgid or sticky"},
        {{.path = "view/x", .type = '0', .mode = 0664}, "written by others"},
        {{.path = "view/x", .type = '0', .mode = 0646}, "written by others"},
        {{.path = "view", .type = '5', .mode = 0777}, "written by others"},
        {{.path = "view/x", .type = '0', .mode = 0644, .size = "77777777777"}, "tar"},
        {{.path = "view/x", .type = '0', .mode = 0644, .size = "\200\0\0\0\377"}, "view/x"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct tiny_tar tar = {0};
        struct sf_error err = {0};

        tiny_tar_add(&tar, &plain);
        tiny_tar_add(&tar, &cases[i].entry);
        tiny_tar_end(&tar);
        if (cases[i].entry.size != NULL) {
            assert_int_equal(read_all(&tar, &err), -(int)SF_E_FORMAT);
            continue;
        }
        assert_sf_fails(read_all(&tar, &err), &err, SF_E_FORMAT, cases[i].fragment);
    }
}

static void archive_without_its_end_mark_is_refused(void **state)
{
    struct tiny_tar tar = {0};
    struct sf_error err = {0};

    (void)state;
    tiny_tar_add(&tar, &plain);
    assert_sf_fails(read_all(&tar, &err), &err, SF_E_FORMAT, "without its end mark");
    tar.size += TINY_TAR_RECORD;
    assert_sf_fails(read_all(&tar, &err), &err, SF_E_FORMAT, "without its end mark");
    tar.size += TINY_TAR_RECORD;
    assert_sf_ok(read_all(&tar, &err), &err);
}

static void archive_cut_within_an_entry_is_refused(void **state)
{
    struct tiny_tar tar = {0};
    struct sf_error err = {0};

    (void)state;
    tiny_tar_add(&tar, &plain);
    tar.size -= 100;
    assert_int_equal(read_all(&tar, &err), -(int)SF_E_FORMAT);
    tar.size = 100;
    assert_int_equal(read_all(&tar, &err), -(int)SF_E_FORMAT);
}

static void padding_of_zeros_after_the_end_is_accepted(void **state)
{
    struct tiny_tar tar = {0};
    struct sf_error err = {0};

    (void)state;
    tiny_tar_add(&tar, &plain);
    tiny_tar_end(&tar);
    tar.size = 20UL * TINY_TAR_RECORD;
    assert_sf_ok(read_all(&tar, &err), &err);
}

static void bytes_after_the_end_are_refused(void **state)
{
    struct tiny_tar tar = {0};
    struct sf_error err = {0};

    (void)state;
    tiny_tar_add(&tar, &plain);
    tiny_tar_end(&tar);
    tiny_tar_add(&tar, &plain);
    tiny_tar_end(&tar);
    assert_sf_fails(read_all(&tar, &err), &err, SF_E_FORMAT, "bytes follow the end");
}

static void bytes_long_after_the_end_are_refused(void **state)
{
    enum { FAR = 400000 };
    struct tiny_tar tar = {0};
    sf_autofree unsigned char *bytes = calloc(1, FAR + 1);
    sf_auto(stream) struct stream stream = {.file.fd = -1};
    sf_auto(archive_reader) struct sf_archive_reader *reader = NULL;
    struct sf_archive_entry entry;
    struct sf_error err = {0};

    (void)state;
    assert_non_null(bytes);
    tiny_tar_add(&tar, &plain);
    memcpy(bytes, tar.bytes, tar.size);
    bytes[FAR] = 'x';
    stream_open_compressed(&stream, bytes, FAR + 1);
    assert_sf_ok(sf_archive_reader_open(stream.source, &reader, &err), &err);
    assert_int_equal(sf_archive_reader_next(reader, &entry, &err), 1);
    assert_sf_fails(sf_archive_reader_next(reader, &entry, &err), &err, SF_E_FORMAT,
                    "bytes follow the end");
}

static void damaged_header_is_refused(void **state)
{
    struct tiny_tar tar = {0};
    struct sf_error err = {0};

    (void)state;
    tiny_tar_add(&tar, &plain);
    tiny_tar_end(&tar);
    tar.bytes[0] ^= 1;
    assert_sf_fails(read_all(&tar, &err), &err, SF_E_FORMAT, "not a valid tar archive");
}

static void other_formats_are_refused(void **state)
{
    static const char *const starts[] = {
        "070701000000010000",          /* cpio */
        "!<arch>\ndebian-binary   ",   /* ar */
        "PK\003\004............",      /* zip */
        "7z\274\257\047\034........",  /* 7-Zip */
        "Rar!\032\007\001...........", /* RAR */
        "<html><body>portal</body>",
    };

    (void)state;
    for (size_t i = 0; i < sizeof starts / sizeof *starts; i++) {
        struct tiny_tar tar = {.size = 2048};
        struct sf_error err = {0};

        memcpy(tar.bytes, starts[i], strlen(starts[i]));
        assert_int_equal(read_all(&tar, &err), -(int)SF_E_FORMAT);
    }
}

static void failure_of_the_stream_is_reported_as_such(void **state)
{
    sf_auto(stream) struct stream stream = {.file.fd = -1};
    sf_auto(archive_reader) struct sf_archive_reader *reader = NULL;
    struct sf_archive_entry entry;
    struct sf_error err = {0};

    (void)state;
    stream_open_bytes(&stream, "no zstd at all", 14);
    int r = sf_archive_reader_open(stream.source, &reader, &err);
    if (r == 0) {
        r = sf_archive_reader_next(reader, &entry, &err);
    }
    assert_sf_fails(r, &err, SF_E_FORMAT, "zstd stream");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_kind_of_good_entry_is_described),
        cmocka_unit_test(hostile_entry_is_refused_by_name),
        cmocka_unit_test(archive_without_its_end_mark_is_refused),
        cmocka_unit_test(archive_cut_within_an_entry_is_refused),
        cmocka_unit_test(padding_of_zeros_after_the_end_is_accepted),
        cmocka_unit_test(bytes_after_the_end_are_refused),
        cmocka_unit_test(bytes_long_after_the_end_are_refused),
        cmocka_unit_test(damaged_header_is_refused),
        cmocka_unit_test(other_formats_are_refused),
        cmocka_unit_test(failure_of_the_stream_is_reported_as_such),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
