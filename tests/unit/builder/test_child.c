/* Tests of builds as child processes: what they get, how they end, that all of them ends. */
#include "tests/unit/sf_test.h"

#include <signal.h>
#include <time.h>

#include "builder/matrix/child.h"
#include "common/base/buffer.h"
#include "common/base/str.h"
#include "common/base/strlist.h"
#include "common/host/dir.h"

static pid_t start(void **state, const char *program, const char *const *arguments)
{
    sf_autofree char *path = sf_str_format("%s/log", (char *)*state);
    sf_autoclose int fd = open(path, O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
    sf_auto(strlist) struct sf_strlist words = {0};
    pid_t pid = 0;
    struct sf_error err = {0};

    assert_true(fd >= 0);
    for (size_t i = 0; arguments[i] != NULL; i++) {
        assert_sf_ok(sf_strlist_add(&words, arguments[i], &err), &err);
    }
    assert_sf_ok(sf_child_start(program, &words, fd, &pid, &err), &err);
    return pid;
}

static int wait_for(pid_t pid)
{
    const struct timespec step = {.tv_nsec = 5 * 1000000L};
    int status = -1;

    for (int i = 0; i < 2000; i++) {
        if (sf_child_has_ended(pid, &status)) {
            return status;
        }
        (void)nanosleep(&step, NULL);
    }
    fail_msg("the child does not end");
    return -1;
}

static void assert_log(void **state, const char *expected)
{
    sf_auto(buffer) struct sf_buffer text = {.limit_bytes = 65536};
    sf_autoclose int fd = -1;
    struct sf_error err = {0};

    assert_sf_ok(sf_dir_open_follow(*state, &fd, &err), &err);
    assert_sf_ok(sf_dir_read_file(fd, "log", &text, &err), &err);
    assert_non_null(text.data);
    assert_string_equal(text.data, expected);
}

static void program_gets_words_and_environment_and_writes_the_log(void **state)
{
    static const char *const words[] = {"-c", "echo $1 $TEST_WORD; echo bad >&2; cat; exit 3", "sh",
                                        "a b", NULL};

    assert_int_equal(setenv("TEST_WORD", "inherited", 1), 0);
    assert_int_equal(wait_for(start(state, "/bin/sh", words)), 3);
    assert_log(state, "a b inherited\nbad\n");
}

static void signal_that_ends_it_is_in_the_status(void **state)
{
    static const char *const words[] = {"-c", "kill -KILL $$", NULL};

    assert_int_equal(wait_for(start(state, "/bin/sh", words)), 128 + SIGKILL);
}

static void program_that_is_not_there_says_so_in_the_log(void **state)
{
    static const char *const words[] = {"x", NULL};

    assert_int_equal(wait_for(start(state, "/nonexistent/program", words)), 127);
    assert_log(state, "the program cannot be executed\n");
}

static void group_stopped_has_no_process_left(void **state)
{
    static const char *const words[] = {"-c", "sleep 100 & sleep 100", NULL};
    pid_t pid = start(state, "/bin/sh", words);

    assert_int_equal(kill(-pid, 0), 0);
    sf_child_stop(pid);

    /* The grandchild is not ours to wait for; it is dead before its parent is told. */
    for (int i = 0; i < 200 && kill(-pid, 0) == 0; i++) {
        (void)usleep(10000);
    }
    assert_int_equal(kill(-pid, 0), -1);
}

#define TREE_TEST(test)                                                                            \
    cmocka_unit_test_setup_teardown(test, sf_test_make_directory, sf_test_remove_directory)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TREE_TEST(program_gets_words_and_environment_and_writes_the_log),
        TREE_TEST(signal_that_ends_it_is_in_the_status),
        TREE_TEST(program_that_is_not_there_says_so_in_the_log),
        TREE_TEST(group_stopped_has_no_process_left),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
