/* Tests of a cell's record: written and read, damaged, and what a log says of a build. */
#include "tests/unit/sf_test.h"

#include "builder/matrix/record.h"
#include "common/base/str.h"
#include "common/host/dir.h"

#define DIGEST "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"

static int open_directory(void **state)
{
    int fd = -1;
    struct sf_error err = {0};

    assert_sf_ok(sf_dir_open_follow(*state, &fd, &err), &err);
    return fd;
}

static void record_written_is_read_back(void **state)
{
    const struct sf_matrix_record record = {.inputs = DIGEST,
                                            .is_good = true,
                                            .release = "24.11.5-1-noble-amd64",
                                            .size_bytes = 31200000,
                                            .seconds = 134};
    sf_autoclose int fd = open_directory(state);
    struct sf_matrix_record found = {0};
    struct sf_error err = {0};

    assert_sf_ok(sf_matrix_record_write(fd, "24.11-noble-amd64", &record, &err), &err);
    assert_true(sf_matrix_record_read(fd, "24.11-noble-amd64", &found));
    assert_memory_equal(&found, &record, sizeof found);
}

static void record_absent_or_damaged_is_none(void **state)
{
    sf_autoclose int fd = open_directory(state);
    struct sf_matrix_record found = {.seconds = 7};

    assert_false(sf_matrix_record_read(fd, "x", &found));
    sf_test_write_file(*state, "x.json", "{\"format\":1,\"inputs\":\"" DIGEST "\",\"good\":tr");
    assert_false(sf_matrix_record_read(fd, "x", &found));
    sf_test_write_file(*state, "x.json",
                       "{\"format\":2,\"inputs\":\"" DIGEST "\",\"good\":true,\"release\":\"\","
                       "\"size\":1,\"seconds\":1,\"problem\":\"\"}");
    assert_false(sf_matrix_record_read(fd, "x", &found));
    assert_int_equal(found.seconds, 7);
}

static struct sf_matrix_record read_log(void **state, const char *text)
{
    sf_autofree char *path = sf_str_format("%s/log", (char *)*state);
    struct sf_matrix_record record = {0};

    sf_test_write_file(*state, "log", text);

    sf_autoclose int fd = open(path, O_RDONLY | O_CLOEXEC);

    assert_true(fd >= 0);
    sf_matrix_record_read_log(fd, &record);
    return record;
}

static void log_of_a_build_says_what_it_made(void **state)
{
    sf_autofree char *text = sf_str_format("sf-builder: configure\n{ not json\n"
                                           "{\"release\":\"old\",\"changed\":true}\n"
                                           "{\"changed\":true,\"path\":\"a.tar.zst\","
                                           "\"release\":\"24.11.5-1-noble-amd64\","
                                           "\"repository\":\"%s\"}\n",
                                           (char *)*state);

    sf_test_write_file(*state, "a.tar.zst", "seven b");

    struct sf_matrix_record record = read_log(state, text);

    assert_string_equal(record.release, "24.11.5-1-noble-amd64");
    assert_int_equal(record.size_bytes, 7);
    assert_string_equal(record.problem, "");
}

static void log_of_a_failure_says_why(void **state)
{
    struct sf_matrix_record record =
        read_log(state, "{\"failed\":true,\"msg\":\"compile: make: exit status 2\"}\n"
                        "sf-builder: compile: make: exit status 2\n");

    assert_string_equal(record.problem, "compile: make: exit status 2");
    record = read_log(state, "Killed\n");
    assert_string_equal(record.problem, "");
    assert_string_equal(record.release, "");
    record = read_log(state, "");
    assert_int_equal(record.size_bytes, 0);
}

#define TREE_TEST(test)                                                                            \
    cmocka_unit_test_setup_teardown(test, sf_test_make_directory, sf_test_remove_directory)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TREE_TEST(record_written_is_read_back),
        TREE_TEST(record_absent_or_damaged_is_none),
        TREE_TEST(log_of_a_build_says_what_it_made),
        TREE_TEST(log_of_a_failure_says_why),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
