/* The error: set once, prefixed, never longer than its buffer. */
#include "common/base/error.h"

#include "tests/unit/sf_test.h"

static void error_set_returns_the_negative_code(void **state)
{
    struct sf_error err = {0};

    (void)state;
    assert_int_equal(sf_error_set(&err, SF_E_BUSY, "lock '%s' is held", "x"), -(int)SF_E_BUSY);
    assert_int_equal(err.code, SF_E_BUSY);
    assert_int_equal(err.sys_errno, 0);
    assert_string_equal(err.message, "lock 'x' is held");
}

static void error_errno_becomes_what_to_do_next(void **state)
{
    static const struct {
        int errnum;
        enum sf_code code;
    } cases[] = {
        {ENOENT, SF_E_NOT_FOUND}, {ENOTDIR, SF_E_NOT_FOUND}, {ENOSPC, SF_E_NO_SPACE},
        {EDQUOT, SF_E_NO_SPACE},  {EACCES, SF_E_PERMISSION}, {EPERM, SF_E_PERMISSION},
        {EROFS, SF_E_PERMISSION}, {ENOMEM, SF_E_NO_MEMORY},  {EINTR, SF_E_INTERRUPTED},
        {EIO, SF_E_IO},           {ELOOP, SF_E_IO},          {ESTALE, SF_E_IO},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct sf_error err = {0};

        assert_int_equal(sf_error_errno(&err, cases[i].errnum, "open '/x'"), -(int)cases[i].code);
        assert_int_equal(err.sys_errno, cases[i].errnum);
        assert_non_null(strstr(err.message, "open '/x': "));
        assert_true(strlen(err.message) > strlen("open '/x': "));
    }
}

static void error_prefix_keeps_code_and_cause(void **state)
{
    struct sf_error err = {0};

    (void)state;
    (void)sf_error_set(&err, SF_E_NETWORK, "cause");
    assert_int_equal(sf_error_prefix(&err, "reading %d: ", 7), -(int)SF_E_NETWORK);
    assert_string_equal(err.message, "reading 7: cause");
}

static void error_prefix_on_a_full_buffer_is_cut_not_the_cause(void **state)
{
    struct sf_error err = {0};
    char cause[sizeof err.message - 4];

    (void)state;
    memset(cause, 'c', sizeof cause);
    cause[sizeof cause - 1] = '\0';
    (void)sf_error_set(&err, SF_E_IO, "%s", cause);
    (void)sf_error_prefix(&err, "context");
    assert_int_equal(strlen(err.message), sizeof err.message - 1);
    assert_memory_equal(err.message, "cont", 4);
    assert_string_equal(err.message + 4, cause);
    (void)sf_error_prefix(&err, "more");
    assert_string_equal(err.message + 4, cause);
}

static void error_message_too_long_is_terminated(void **state)
{
    struct sf_error err = {0};
    char text[2000];

    (void)state;
    memset(text, 't', sizeof text);
    text[sizeof text - 1] = '\0';
    (void)sf_error_set(&err, SF_E_IO, "%s", text);
    assert_int_equal(strlen(err.message), sizeof err.message - 1);
    (void)sf_error_errno(&err, EIO, "%s", text);
    assert_non_null(strstr(err.message, ": Input/output error"));
}

static void error_recode_keeps_the_sentence(void **state)
{
    struct sf_error err = {0};

    (void)state;
    (void)sf_error_set(&err, SF_E_FORMAT, "too large");
    assert_int_equal(sf_error_recode(&err, SF_E_REMOTE), -(int)SF_E_REMOTE);
    assert_string_equal(err.message, "too large");
    assert_int_equal(sf_error_no_memory(&err), -(int)SF_E_NO_MEMORY);
    assert_int_equal(err.sys_errno, ENOMEM);
}

static void code_exit_statuses_are_distinct_and_documented(void **state)
{
    (void)state;
    assert_int_equal(sf_code_exit_status(SF_OK), 0);
    for (int a = 1; a < SF_CODE_COUNT; a++) {
        assert_in_range(sf_code_exit_status((enum sf_code)a), 1, 99);
        assert_true(sf_code_name((enum sf_code)a)[0] != '\0');
        assert_true(sf_code_text((enum sf_code)a)[0] != '\0');
        for (int b = 1; b < a; b++) {
            assert_int_not_equal(sf_code_exit_status((enum sf_code)a),
                                 sf_code_exit_status((enum sf_code)b));
        }
    }
    assert_int_equal(sf_code_exit_status(SF_CODE_COUNT), 1);
    assert_string_equal(sf_code_name(SF_E_NO_SPACE), "NO_SPACE");
    assert_string_equal(sf_code_name(SF_CODE_COUNT), "INTERNAL");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(error_set_returns_the_negative_code),
        cmocka_unit_test(error_errno_becomes_what_to_do_next),
        cmocka_unit_test(error_prefix_keeps_code_and_cause),
        cmocka_unit_test(error_prefix_on_a_full_buffer_is_cut_not_the_cause),
        cmocka_unit_test(error_message_too_long_is_terminated),
        cmocka_unit_test(error_recode_keeps_the_sentence),
        cmocka_unit_test(code_exit_statuses_are_distinct_and_documented),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
