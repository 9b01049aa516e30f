/* Tests of what stands in for descriptors that were closed. */
#include "tests/unit/sf_test.h"

#include <stdbool.h>

#include "common/host/descriptors.h"

static void descriptors_closed_are_opened_and_no_others(void **state)
{
    int output_fd = dup(STDOUT_FILENO);
    int input_fd = dup(STDIN_FILENO);
    int next_fd = dup(STDERR_FILENO);

    (void)state;
    assert_true(output_fd >= 0 && input_fd >= 0 && next_fd >= 0);
    (void)close(next_fd);
    (void)close(STDIN_FILENO);
    (void)close(STDOUT_FILENO);
    sf_descriptors_fill();

    bool has_input = fcntl(STDIN_FILENO, F_GETFD) >= 0;
    bool has_output = fcntl(STDOUT_FILENO, F_GETFD) >= 0;
    bool has_more = fcntl(next_fd, F_GETFD) >= 0;

    (void)dup2(input_fd, STDIN_FILENO);
    (void)dup2(output_fd, STDOUT_FILENO);
    (void)close(input_fd);
    (void)close(output_fd);
    assert_true(has_input);
    assert_true(has_output);
    assert_false(has_more);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(descriptors_closed_are_opened_and_no_others),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
