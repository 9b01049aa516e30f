/* Telling a web page from data. */
#include "tests/unit/sf_test.h"

#include "common/content/html.h"

static void html_page_is_recognised(void **state)
{
    static const char *const pages[] = {"<!DOCTYPE html>", "<html>", " \r\n\t<HTML lang=en>",
                                        "\xEF\xBB\xBF<!doctype html>", "<?xml version=\"1.0\"?>"};

    (void)state;
    for (size_t i = 0; i < sizeof pages / sizeof *pages; i++) {
        assert_true(sf_html_is_likely(pages[i], strlen(pages[i])));
    }
}

static void html_is_not_seen_in_data(void **state)
{
    static const char *const texts[] = {"",
                                        " ",
                                        "<htm",
                                        "{\"a\": \"<html>\"}",
                                        "\x28\xB5\x2F\xFD",
                                        "-----BEGIN PGP SIGNED MESSAGE-----"};

    (void)state;
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        assert_false(sf_html_is_likely(texts[i], strlen(texts[i])));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(html_page_is_recognised),
        cmocka_unit_test(html_is_not_seen_in_data),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
