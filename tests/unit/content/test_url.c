/* URLs as text. */
#include "tests/unit/sf_test.h"

#include "common/content/url.h"

static void url_secrets_are_redacted(void **state)
{
    static const char *const rows[][2] = {
        {"https://host/a/b", "https://host/a/b"},
        {"https://user:pw@host:8080/a", "https://***@host:8080/a"},
        {"https://user:p@w@host/a", "https://***@host/a"},
        {"https://host/a@b", "https://host/a@b"},
        {"https://host/a?token=x@y", "https://host/a?***"},
        {"https://host?token=x@y", "https://host?***"},
        {"https://host/a#part", "https://host/a?***"},
        {"user:pw@host:3128", "***@host:3128"},
        {"file:///a/b", "file:///a/b"},
        {"http://host/\x1b[2J", "http://host/\\x1B[2J"},
        {"", ""},
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        sf_autofree char *text = sf_url_redact(rows[i][0]);

        assert_non_null(text);
        assert_int_equal(strcasecmp(text, rows[i][1]), 0);
    }
}

static void url_scheme_is_recognised(void **state)
{
    (void)state;
    assert_true(sf_url_is_https("https://host/"));
    assert_true(sf_url_is_https("HTTPS://host/"));
    assert_false(sf_url_is_https("http://https://"));
    assert_true(sf_url_is_file("file:///a"));
    assert_true(sf_url_is_file("FILE:/a"));
    assert_false(sf_url_is_file("http://file:/"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(url_secrets_are_redacted),
        cmocka_unit_test(url_scheme_is_recognised),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
