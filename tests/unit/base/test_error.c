/* The error object: set, prefixed, mapped to an exit status. */
#include "common/base/error.h"

#include "tests/unit/sf_test.h"

#include <errno.h>
#include <stdbool.h>

static void error_set_returns_its_code(void **state)
{
    struct sf_error err = {.sys_errno = 5};

    (void)state;
    assert_sf_fails(sf_error_set(&err, SF_E_STALE, "serial %d", 7), &err, SF_E_STALE, "serial 7");
    assert_int_equal(err.sys_errno, 0);
}

static void error_of_a_system_call_names_object_and_reason(void **state)
{
    static const struct {
        int errnum;
        enum sf_code code;
    } rows[] = {
        {ENOENT, SF_E_NOT_FOUND}, {ENOTDIR, SF_E_NOT_FOUND}, {ENOSPC, SF_E_NO_SPACE},
        {EDQUOT, SF_E_NO_SPACE},  {EACCES, SF_E_PERMISSION}, {EPERM, SF_E_PERMISSION},
        {EROFS, SF_E_PERMISSION}, {EINTR, SF_E_INTERRUPTED}, {EIO, SF_E_IO},
        {ENOMEM, SF_E_NO_MEMORY},
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct sf_error err;

        assert_sf_fails(sf_error_errno(&err, rows[i].errnum, "open '%s'", "/x"), &err, rows[i].code,
                        "open '/x': ");
        assert_non_null(strstr(err.message, strerror(rows[i].errnum)));
        assert_int_equal(err.sys_errno, rows[i].errnum);
    }
}

static void error_prefix_stands_in_front(void **state)
{
    struct sf_error err;

    (void)state;
    (void)sf_error_set(&err, SF_E_IO, "cause");
    assert_int_equal(sf_error_prefix(&err, "relocating %s: ", "x"), -(int)SF_E_IO);
    assert_string_equal(err.message, "relocating x: cause");
}

static void error_prefix_without_room_keeps_the_cause(void **state)
{
    char cause[501];
    struct sf_error err;

    (void)state;
    memset(cause, 'c', 500);
    cause[500] = '\0';
    (void)sf_error_set(&err, SF_E_IO, "%s", cause);
    (void)sf_error_prefix(&err, "0123456789ab");
    assert_int_equal(strlen(err.message), sizeof err.message - 1);
    assert_memory_equal(err.message, "0123456789a", 11);
    assert_string_equal(err.message + 11, cause);
    (void)sf_error_prefix(&err, "more");
    assert_string_equal(err.message + 11, cause);
}

static void error_too_long_is_cut_not_overrun(void **state)
{
    char text[2000];
    struct sf_error err;

    (void)state;
    memset(text, 't', sizeof text - 1);
    text[sizeof text - 1] = '\0';
    (void)sf_error_set(&err, SF_E_IO, "%s", text);
    assert_int_equal(strlen(err.message), sizeof err.message - 1);
    (void)sf_error_errno(&err, EIO, "%s", text);
    assert_non_null(strstr(err.message, strerror(EIO)));
}

static void error_recoded_keeps_its_sentence(void **state)
{
    struct sf_error err;

    (void)state;
    (void)sf_error_set(&err, SF_E_FORMAT, "larger than 4 bytes");
    assert_sf_fails(sf_error_recode(&err, SF_E_REMOTE), &err, SF_E_REMOTE, "larger than 4 bytes");
    assert_sf_fails(sf_error_no_memory(&err), &err, SF_E_NO_MEMORY, "out of memory");
    assert_int_equal(err.sys_errno, ENOMEM);
}

static void code_has_name_text_and_a_status_of_its_own(void **state)
{
    bool is_used[256] = {false};

    (void)state;
    assert_int_equal(sf_code_exit_status(SF_OK), 0);
    for (int code = SF_OK; code < SF_CODE_COUNT; code++) {
        int status = sf_code_exit_status((enum sf_code)code);

        assert_in_range(status, 0, 125);
        assert_false(is_used[status]);
        is_used[status] = true;
        assert_true(strlen(sf_code_name((enum sf_code)code)) > 0);
        assert_true(strlen(sf_code_text((enum sf_code)code)) > 0);
    }
}

/* Scripts rely on these numbers: a change breaks them. */
static void exit_status_is_the_documented_one(void **state)
{
    (void)state;
    assert_int_equal(sf_code_exit_status(SF_E_USAGE), 2);
    assert_int_equal(sf_code_exit_status(SF_E_SIGNATURE), 6);
    assert_int_equal(sf_code_exit_status(SF_E_UNHEALTHY), 15);
    assert_int_equal(sf_code_exit_status(SF_E_BUSY), 20);
    assert_int_equal(sf_code_exit_status(SF_E_NETWORK), 21);
    assert_int_equal(sf_code_exit_status(SF_CODE_COUNT), 1);
    assert_string_equal(sf_code_name(SF_E_NOT_FOUND), "NOT_FOUND");
    assert_string_equal(sf_code_name(SF_CODE_COUNT), "INTERNAL");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(error_set_returns_its_code),
        cmocka_unit_test(error_of_a_system_call_names_object_and_reason),
        cmocka_unit_test(error_prefix_stands_in_front),
        cmocka_unit_test(error_prefix_without_room_keeps_the_cause),
        cmocka_unit_test(error_too_long_is_cut_not_overrun),
        cmocka_unit_test(error_recoded_keeps_its_sentence),
        cmocka_unit_test(code_has_name_text_and_a_status_of_its_own),
        cmocka_unit_test(exit_status_is_the_documented_one),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
