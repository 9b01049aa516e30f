/* Tests of what a log says of a build. */
#include "tests/unit/sf_test.h"

#include "builder/matrix/record.h"
#include "common/base/str.h"

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
    struct sf_matrix_record record =
        read_log(state, "sf-builder: configure\n{ not json\n"
                        "{\"release\":\"old\",\"changed\":true}\n"
                        "{\"changed\":true,\"release\":\"24.11.5-1-noble-amd64\",\"size\":7}\n");

    assert_string_equal(record.release, "24.11.5-1-noble-amd64");
    assert_int_equal(record.size_bytes, 7);
    assert_true(record.has_changed);
    assert_string_equal(record.problem, "");
    record = read_log(state, "{\"changed\":true}\n{\"changed\":false}\n");
    assert_false(record.has_changed);
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
        TREE_TEST(log_of_a_build_says_what_it_made),
        TREE_TEST(log_of_a_failure_says_why),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
