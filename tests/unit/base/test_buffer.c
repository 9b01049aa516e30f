/* Growing bytes with a ceiling. */
#include "common/base/buffer.h"

#include "tests/unit/sf_test.h"

static void buffer_appended_to_holds_all_bytes_and_a_nul(void **state)
{
    sf_auto(buffer) struct sf_buffer buffer = {.limit_bytes = 100000};
    struct sf_error err;
    char block[1000];

    (void)state;
    memset(block, 'x', sizeof block);
    for (size_t i = 0; i < 100; i++) {
        assert_sf_ok(sf_buffer_append(&buffer, block, sizeof block, &err), &err);
    }
    assert_int_equal(buffer.size, 100000);
    assert_int_equal(strlen(buffer.data), 100000);
}

static void buffer_empty_append_gives_an_empty_string(void **state)
{
    sf_auto(buffer) struct sf_buffer buffer = {.limit_bytes = 0};
    struct sf_error err;

    (void)state;
    assert_sf_ok(sf_buffer_append(&buffer, NULL, 0, &err), &err);
    assert_string_equal(buffer.data, "");
}

static void buffer_past_its_ceiling_is_refused_and_unchanged(void **state)
{
    sf_auto(buffer) struct sf_buffer buffer = {.limit_bytes = 4};
    struct sf_error err;

    (void)state;
    assert_sf_ok(sf_buffer_append(&buffer, "abc", 3, &err), &err);
    assert_sf_fails(sf_buffer_append(&buffer, "de", 2, &err), &err, SF_E_FORMAT,
                    "larger than 4 bytes");
    assert_sf_fails(sf_buffer_append(&buffer, "x", SIZE_MAX, &err), &err, SF_E_FORMAT, "larger");
    assert_string_equal(buffer.data, "abc");
    assert_sf_ok(sf_buffer_append(&buffer, "d", 1, &err), &err);
    assert_string_equal(buffer.data, "abcd");
}

static void buffer_format_appends_text(void **state)
{
    sf_auto(buffer) struct sf_buffer buffer = {.limit_bytes = 8};
    struct sf_error err;

    (void)state;
    assert_sf_ok(sf_buffer_format(&buffer, &err, "%s=%d", "a", 12), &err);
    assert_sf_ok(sf_buffer_format(&buffer, &err, ";"), &err);
    assert_string_equal(buffer.data, "a=12;");
    assert_sf_fails(sf_buffer_format(&buffer, &err, "%s", "long"), &err, SF_E_FORMAT, "8 bytes");
    assert_string_equal(buffer.data, "a=12;");
}

static void buffer_done_can_be_used_again(void **state)
{
    struct sf_buffer buffer = {.limit_bytes = 8};
    struct sf_error err;

    (void)state;
    assert_sf_ok(sf_buffer_append(&buffer, "abc", 3, &err), &err);
    sf_buffer_done(&buffer);
    assert_null(buffer.data);
    assert_int_equal(buffer.limit_bytes, 8);
    assert_sf_ok(sf_buffer_append(&buffer, "d", 1, &err), &err);
    assert_string_equal(buffer.data, "d");
    sf_buffer_done(&buffer);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(buffer_appended_to_holds_all_bytes_and_a_nul),
        cmocka_unit_test(buffer_empty_append_gives_an_empty_string),
        cmocka_unit_test(buffer_past_its_ceiling_is_refused_and_unchanged),
        cmocka_unit_test(buffer_format_appends_text),
        cmocka_unit_test(buffer_done_can_be_used_again),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
