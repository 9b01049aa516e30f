/* Growing bytes with a ceiling. */
#include "common/base/buffer.h"

#include "tests/unit/sf_test.h"

static void buffer_appended_is_terminated_and_whole(void **state)
{
    sf_auto(buffer) struct sf_buffer buffer = {.limit_bytes = 10000};
    struct sf_error err = {0};

    (void)state;
    for (int i = 0; i < 1000; i++) {
        assert_sf_ok(sf_buffer_append(&buffer, "0123456789", 10, &err), &err);
        assert_int_equal(buffer.data[buffer.size], '\0');
    }
    assert_int_equal(buffer.size, 10000);
    assert_memory_equal(buffer.data + 9990, "0123456789", 11);
}

static void buffer_at_the_ceiling_is_full_and_unchanged(void **state)
{
    sf_auto(buffer) struct sf_buffer buffer = {.limit_bytes = 4};
    struct sf_error err = {0};

    (void)state;
    assert_sf_ok(sf_buffer_append(&buffer, "abcd", 4, &err), &err);
    assert_sf_fails(sf_buffer_append(&buffer, "e", 1, &err), &err, SF_E_FORMAT,
                    "larger than 4 bytes");
    assert_sf_fails(sf_buffer_append(&buffer, "e", SIZE_MAX, &err), &err, SF_E_FORMAT,
                    "larger than 4 bytes");
    assert_sf_fails(sf_buffer_format(&buffer, &err, "%d", 5), &err, SF_E_FORMAT, "larger than");
    assert_string_equal(buffer.data, "abcd");
    assert_sf_ok(sf_buffer_append(&buffer, "", 0, &err), &err);
}

static void buffer_done_is_empty_and_keeps_its_ceiling(void **state)
{
    struct sf_buffer buffer = {.limit_bytes = 100};
    struct sf_error err = {0};

    (void)state;
    assert_sf_ok(sf_buffer_format(&buffer, &err, "%s-%d", "a", 7), &err);
    assert_string_equal(buffer.data, "a-7");
    sf_buffer_done(&buffer);
    assert_null(buffer.data);
    assert_int_equal(buffer.size, 0);
    assert_int_equal(buffer.limit_bytes, 100);
}

static void buffer_empty_append_gives_an_empty_string(void **state)
{
    sf_auto(buffer) struct sf_buffer buffer = {.limit_bytes = 0};
    struct sf_error err = {0};

    (void)state;
    assert_sf_ok(sf_buffer_append(&buffer, NULL, 0, &err), &err);
    assert_string_equal(buffer.data, "");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(buffer_appended_is_terminated_and_whole),
        cmocka_unit_test(buffer_at_the_ceiling_is_full_and_unchanged),
        cmocka_unit_test(buffer_done_is_empty_and_keeps_its_ceiling),
        cmocka_unit_test(buffer_empty_append_gives_an_empty_string),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
