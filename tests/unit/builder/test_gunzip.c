/* Tests of gzip'ed texts in memory. */
#include "tests/unit/sf_test.h"

#include "builder/spack/gunzip.h"
#include "common/base/buffer.h"

/* "hello\n", by gzip -n. */
static const unsigned char hello[] = {0x1f, 0x8b, 0x08, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00,
                                      0x03, 0xcb, 0x48, 0xcd, 0xc9, 0xc9, 0xe7, 0x02, 0x00,
                                      0x20, 0x30, 0x3a, 0x36, 0x06, 0x00, 0x00, 0x00};

static void gzip_gives_back_the_text(void **state)
{
    sf_auto(buffer) struct sf_buffer text = {.limit_bytes = 64};
    struct sf_error err;

    (void)state;
    assert_sf_ok(sf_gunzip(hello, sizeof hello, &text, &err), &err);
    assert_string_equal(text.data, "hello\n");
}

static void what_is_no_gzip_is_refused(void **state)
{
    sf_auto(buffer) struct sf_buffer text = {.limit_bytes = 64};
    struct sf_error err;

    (void)state;
    assert_sf_fails(sf_gunzip("", 0, &text, &err), &err, SF_E_FORMAT, "not gzip");
    assert_sf_fails(sf_gunzip("hello\n", 6, &text, &err), &err, SF_E_FORMAT, "not gzip");
    assert_sf_fails(sf_gunzip(hello, 14, &text, &err), &err, SF_E_FORMAT, "not valid gzip");
}

static void text_above_the_ceiling_is_refused(void **state)
{
    sf_auto(buffer) struct sf_buffer text = {.limit_bytes = 5};
    struct sf_error err;

    (void)state;
    assert_sf_fails(sf_gunzip(hello, sizeof hello, &text, &err), &err, SF_E_FORMAT,
                    "larger than 5 bytes");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(gzip_gives_back_the_text),
        cmocka_unit_test(what_is_no_gzip_is_refused),
        cmocka_unit_test(text_above_the_ceiling_is_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
