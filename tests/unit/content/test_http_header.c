/* What the header lines of an HTTP response say. */
#include "tests/unit/sf_test.h"

#include "common/base/clock.h"
#include "common/content/http_header.h"

static int64_t now_s;

static struct sf_http_header read_lines(const char *const *lines)
{
    struct sf_http_header header = {.status = 0};

    for (; *lines != NULL; lines++) {
        sf_http_header_line(&header, *lines, strlen(*lines), now_s);
    }
    return header;
}

#define READ(...) read_lines((const char *const[]){__VA_ARGS__, NULL})

static void header_of_a_usual_answer_is_read(void **state)
{
    struct sf_http_header header =
        READ("HTTP/1.1 200 OK\r\n", "Content-Length: 12\r\n", "etag:\"v1\"\r\n",
             "Last-Modified: Sat, 21 Nov 2026 01:00:00 GMT\r\n",
             "CONTENT-TYPE: text/html; charset=utf-8\r\n", "\r\n");

    (void)state;
    assert_int_equal(header.status, 200);
    assert_true(header.has_length);
    assert_int_equal(header.length, 12);
    assert_string_equal(header.etag, "\"v1\"");
    assert_string_equal(header.last_modified, "Sat, 21 Nov 2026 01:00:00 GMT");
    assert_true(header.is_html);
    assert_true(sf_http_header_has_strong_etag(&header));
    header = READ("HTTP/2 304\r\n");
    assert_int_equal(header.status, 304);
}

static void header_of_the_last_answer_counts(void **state)
{
    struct sf_http_header header =
        READ("HTTP/1.1 302 Found\r\n", "ETag: \"old\"\r\n", "Retry-After: 9\r\n", "\r\n",
             "HTTP/1.1 206 Partial\r\n", "Content-Range: bytes 5-9/10\r\n");

    (void)state;
    assert_int_equal(header.status, 206);
    assert_string_equal(header.etag, "");
    assert_int_equal(header.retry_after_s, 0);
    assert_true(header.has_range);
    assert_int_equal(header.range_first, 5);
    assert_int_equal(header.range_last, 9);
    assert_int_equal(header.range_total, 10);
}

static void header_content_range_that_is_not_exact_is_none(void **state)
{
    static const char *const values[] = {"bytes 5-9/*",
                                         "bytes */10",
                                         "bytes 9-5/10",
                                         "bytes 5-10/10",
                                         "bytes 5-9",
                                         "bytes 5-9/10x",
                                         "bytes  5-9/10",
                                         "bytes -5-9/10",
                                         "items 5-9/10",
                                         "bytes 05-9/10",
                                         "bytes 5-9/99999999999999999999",
                                         "",
                                         "bytes",
                                         "bytes ",
                                         "bytes 5",
                                         "bytes 5-9/10/11"};

    (void)state;
    for (size_t i = 0; i < sizeof values / sizeof *values; i++) {
        char line[100];

        (void)snprintf(line, sizeof line, "Content-Range: %s\r\n", values[i]);
        struct sf_http_header header = READ("HTTP/1.1 206 x\r\n", line);

        assert_false(header.has_range);
    }
}

static void header_retry_after_is_bounded(void **state)
{
    now_s = 1794222000; /* Mon, 09 Nov 2026 11:00:00 GMT */
    (void)state;
    assert_int_equal(READ("Retry-After: 7\r\n").retry_after_s, 7);
    assert_int_equal(READ("Retry-After: 100000\r\n").retry_after_s, SF_HTTP_MAX_RETRY_AFTER_S);
    assert_int_equal(READ("Retry-After: Mon, 09 Nov 2026 11:00:30 GMT\r\n").retry_after_s, 30);
    assert_int_equal(READ("Retry-After: Mon, 09 Nov 2026 10:00:00 GMT\r\n").retry_after_s, 0);
    assert_int_equal(READ("Retry-After: Mon, 09 Nov 2099 11:00:00 GMT\r\n").retry_after_s,
                     SF_HTTP_MAX_RETRY_AFTER_S);
    assert_int_equal(READ("Retry-After: soon\r\n").retry_after_s, 0);
}

static void header_validators_that_cannot_be_sent_back_are_none(void **state)
{
    char line[400] = "ETag: \"";

    (void)state;
    memset(line + 7, 'x', 300);
    assert_string_equal(READ(line).etag, "");
    assert_string_equal(READ("ETag: \"a\x01\"\r\n").etag, "");
    assert_string_equal(READ("ETag: \"\xC3\xA4\"\r\n").etag, "");
    struct sf_http_header weak = READ("ETag: W/\"v1\"\r\n");

    assert_string_equal(weak.etag, "W/\"v1\"");
    assert_false(sf_http_header_has_strong_etag(&weak));
}

static void header_garbage_is_left_out(void **state)
{
    struct sf_http_header header = READ("HTTP/1.1\r\n", "nonsense\r\n", ":\r\n",
                                        "Content-Length: -1\r\n", "Content-Length : 5\r\n");

    (void)state;
    assert_int_equal(header.status, 0);
    assert_false(header.has_length);
    sf_http_header_line(&header, "ETag: \"a\0b\"", 11, 0);
    assert_string_equal(header.etag, "");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(header_of_a_usual_answer_is_read),
        cmocka_unit_test(header_of_the_last_answer_counts),
        cmocka_unit_test(header_content_range_that_is_not_exact_is_none),
        cmocka_unit_test(header_retry_after_is_bounded),
        cmocka_unit_test(header_validators_that_cannot_be_sent_back_are_none),
        cmocka_unit_test(header_garbage_is_left_out),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
