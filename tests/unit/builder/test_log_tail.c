#include "tests/unit/sf_test.h"

#include "builder/make/log_tail.h"
#include "common/base/log.h"
#include "common/base/path.h"

/* What sf_log_tail() prints of a file with this text. */
static void tail_of(const char *directory, const char *text, char *shown, size_t size)
{
    sf_autofree char *path = sf_path_join(directory, "log");
    sf_autofree char *output = sf_path_join(directory, "shown");

    sf_test_write_file(directory, "log", text);
    sf_autoclose int fd = open(path, O_RDONLY | O_CLOEXEC);
    sf_autoclose int out_fd = open(output, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
    int saved = fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, 10);

    assert_true(dup2(out_fd, STDERR_FILENO) >= 0);
    sf_log_init("t", SF_LOG_NOTICE);
    sf_log_tail(fd);
    (void)fflush(stderr);
    assert_true(dup2(saved, STDERR_FILENO) >= 0);
    (void)close(saved);

    ssize_t count = pread(out_fd, shown, size - 1, 0);

    assert_true(count >= 0);
    shown[count] = '\0';
}

static void short_log_is_shown_whole_and_safe(void **state)
{
    char shown[1000];

    tail_of(*state, "one\n\033two\n", shown, sizeof shown);
    assert_string_equal(shown, "t: | one\nt: | \\x1btwo\n");
    tail_of(*state, "", shown, sizeof shown);
    assert_string_equal(shown, "");
}

static void long_log_is_shown_from_near_its_end(void **state)
{
    static char text[30000];
    static char shown[5000];
    size_t length = 0;

    for (int i = 0; i < 3000; i++) {
        length += (size_t)snprintf(text + length, sizeof text - length, "line %d\n", i % 1000);
    }
    tail_of(*state, text, shown, sizeof shown);
    assert_int_equal(strncmp(shown, "t: | line 980\n", 14), 0);
    assert_non_null(strstr(shown, "t: | line 999\n"));
    assert_null(strstr(shown, "line 979"));
}

#define TEST(name)                                                                                 \
    cmocka_unit_test_setup_teardown(name, sf_test_make_directory, sf_test_remove_directory)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(short_log_is_shown_whole_and_safe),
        TEST(long_log_is_shown_from_near_its_end),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
