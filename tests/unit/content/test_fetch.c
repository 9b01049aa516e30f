/* Transfers from a server that does everything wrong, and from a real one. */
#include "tests/unit/content/nginx_fixture.h"

#include "common/base/buffer.h"
#include "common/base/clock.h"
#include "common/content/fetch.h"

static volatile bool is_cancelled;
static struct sf_fetcher *fetcher;

static const struct sf_fetch_options defaults = {
    .connect_timeout_s = 5,
    .stall_timeout_s = 5,
    .retries = 3,
    .is_cancelled = &is_cancelled,
};

static int start(void **state)
{
    struct sf_error error;

    /* What root's environment says is not asked. */
    (void)setenv("http_proxy", "http://127.0.0.1:1/", 1);
    (void)setenv("HTTPS_PROXY", "http://127.0.0.1:1/", 1);
    (void)setenv("ALL_PROXY", "http://127.0.0.1:1/", 1);
    if (server_fixture_start(state) < 0) {
        return -1;
    }
    return sf_fetcher_new(&defaults, &fetcher, &error);
}

static int stop(void **state)
{
    nginx_fixture_stop();
    sf_fetcher_free(fetcher);
    return server_fixture_stop(state);
}

/* Where bytes of a large transfer go, with what was promised checked. */
struct target {
    unsigned char *bytes;
    uint64_t next;
    uint64_t refuse_at;
    bool is_ended;
};

static int take(void *context, uint64_t offset, const void *bytes, size_t size,
                struct sf_error *err)
{
    struct target *target = context;

    assert_int_equal(offset, target->next);
    assert_true(offset + size <= SERVER_DATA_BYTES);
    if (target->refuse_at != 0 && offset + size > target->refuse_at) {
        return sf_error_set(err, SF_E_NO_SPACE, "the sink is full");
    }
    memcpy(target->bytes + offset, bytes, size);
    target->next += size;
    return 0;
}

static bool is_target_ended(void *context)
{
    return ((struct target *)context)->is_ended;
}

static int fetch_with(struct sf_fetcher *with, const char *url, uint64_t first,
                      struct sf_error *err)
{
    sf_autofree unsigned char *bytes = malloc(SERVER_DATA_BYTES);
    struct target target = {.bytes = bytes, .next = first};
    const struct sf_fetch_range range = {
        .url = url, .start = first, .size_bytes = SERVER_DATA_BYTES};
    int r = sf_fetch_large(with, &range, take, &target, err);

    if (r == 0) {
        assert_int_equal(target.next, SERVER_DATA_BYTES);
        assert_memory_equal(bytes + first, server_data + first, SERVER_DATA_BYTES - first);
    }
    return r;
}

static void assert_large_arrives(const char *path)
{
    struct sf_error error;

    assert_sf_ok(fetch_with(fetcher, server_url(path), 0, &error), &error);
}

static void assert_large_fails(const char *path, enum sf_code code, const char *fragment)
{
    struct sf_error error;

    assert_sf_fails(fetch_with(fetcher, server_url(path), 0, &error), &error, code, fragment);
    assert_non_null(strstr(error.message, path));
}

static int fetch_text(const char *url, struct sf_buffer *text, struct sf_error *err)
{
    return sf_fetch_small(fetcher, url, text, /* validator= */ NULL, /* ret_is_unchanged= */ NULL,
                          err);
}

static void assert_small_fails(const char *path, enum sf_code code, const char *fragment)
{
    sf_auto(buffer) struct sf_buffer text = {.limit_bytes = 4096};
    struct sf_error error;

    assert_sf_fails(fetch_text(server_url(path), &text, &error), &error, code, fragment);
    assert_int_equal(text.size, 0);
}

static void large_file_arrives_whole(void **state)
{
    struct sf_error error;

    (void)state;
    assert_large_arrives("/ok/whole");
    assert_int_equal(server_count("/ok/whole", "range= if-range= encoding= agent=sf-agent/"), 1);
    assert_sf_ok(fetch_with(fetcher, server_url("/ok/rest"), 1000001, &error), &error);
    assert_int_equal(server_count("/ok/rest", "range=bytes=1000001- if-range= "), 1);
    assert_sf_ok(fetch_with(fetcher, server_url("/ok/nothing"), SERVER_DATA_BYTES, &error), &error);
    assert_int_equal(server_count("/ok/nothing", ""), 0);
    assert_large_arrives("/once-moved");
}

static void large_broken_connection_is_resumed(void **state)
{
    (void)state;
    assert_large_arrives("/cut");
    assert_int_equal(server_count("/cut", "if-range=\"v1\""), 1);
    assert_large_arrives("/chunk-cut");
    assert_large_arrives("/chunk-short");
    assert_int_equal(server_count("/chunk-short", "if-range=\"v1\""), 1);
    assert_large_arrives("/whole-on-range");
}

static void large_cut_again_and_again_fails(void **state)
{
    (void)state;
    assert_large_fails("/cut-always", SF_E_NETWORK, "");
}

static void large_wrong_answer_to_range_is_refused(void **state)
{
    (void)state;
    assert_large_fails("/wrong-start", SF_E_REMOTE, "another part of the file");
    assert_int_equal(server_count("/wrong-start", ""), 2);
    assert_large_fails("/wrong-total", SF_E_REMOTE, "another part of the file");
    assert_large_fails("/no-content-range", SF_E_REMOTE, "another part of the file");
    assert_large_fails("/garbled-range", SF_E_REMOTE, "another part of the file");
    assert_large_fails("/unsatisfiable", SF_E_REMOTE, "416");
    assert_large_fails("/changed-partial", SF_E_REMOTE, "changed while it was fetched");
}

static void large_of_another_size_is_refused(void **state)
{
    (void)state;
    assert_large_fails("/longer", SF_E_REMOTE, "bytes, expected");
    assert_large_fails("/endless", SF_E_REMOTE, "more than the expected");
}

static void large_web_page_is_refused(void **state)
{
    (void)state;
    assert_large_fails("/html", SF_E_REMOTE, "captive portal");
    assert_large_fails("/html-chunked", SF_E_REMOTE, "captive portal");
    assert_large_fails("/html-same-length", SF_E_REMOTE, "captive portal");
    assert_large_fails("/html-after-cut", SF_E_REMOTE, "captive portal");
}

static void large_sink_that_refuses_ends_it(void **state)
{
    sf_autofree unsigned char *bytes = malloc(SERVER_DATA_BYTES);
    struct target target = {.bytes = bytes, .refuse_at = 1000000};
    const struct sf_fetch_range range = {.url = server_url("/ok/refused"),
                                         .size_bytes = SERVER_DATA_BYTES};
    struct sf_error error;

    (void)state;
    assert_sf_fails(sf_fetch_large(fetcher, &range, take, &target, &error), &error, SF_E_NO_SPACE,
                    "the sink is full");
    assert_int_equal(server_count("/ok/refused", ""), 1);
}

static void large_that_is_ended_stops_soon(void **state)
{
    sf_autofree unsigned char *bytes = malloc(SERVER_DATA_BYTES);
    struct target target = {.bytes = bytes, .is_ended = true};
    const struct sf_fetch_range range = {.url = server_url("/stop-midway"),
                                         .size_bytes = SERVER_DATA_BYTES,
                                         .is_ended = is_target_ended};
    struct sf_error error;
    int64_t start_ms = sf_clock_monotonic_ms();

    (void)state;
    assert_sf_fails(sf_fetch_large(fetcher, &range, take, &target, &error), &error,
                    SF_E_INTERRUPTED, "interrupted");
    assert_true(sf_clock_monotonic_ms() - start_ms < 3000);
}

static void transfer_when_cancelled_is_interrupted(void **state)
{
    (void)state;
    is_cancelled = true;
    assert_small_fails("/hang", SF_E_INTERRUPTED, "interrupted");
    is_cancelled = false;
}

static void slow_server_is_left(void **state)
{
    struct sf_fetch_options options = defaults;
    sf_auto(fetcher) struct sf_fetcher *impatient = NULL;
    struct sf_error error;

    (void)state;
    options.connect_timeout_s = 1;
    options.stall_timeout_s = 1;
    options.min_rate_bytes_per_s = 1000;
    options.retries = 0;
    assert_sf_ok(sf_fetcher_new(&options, &impatient, &error), &error);
    assert_sf_fails(fetch_with(impatient, server_url("/slow"), 0, &error), &error, SF_E_NETWORK,
                    "slower than 1000 bytes/s");
    assert_sf_fails(fetch_with(impatient, server_url("/stop-midway"), 0, &error), &error,
                    SF_E_NETWORK, "no data for 1 s");
}

static void errors_that_pass_are_retried(void **state)
{
    int64_t start_ms = sf_clock_monotonic_ms();

    (void)state;
    assert_large_arrives("/busy");
    assert_true(sf_clock_monotonic_ms() - start_ms >= 1000);
    assert_large_arrives("/three-errors");
    assert_int_equal(server_count("/three-errors", ""), 4);
    assert_small_fails("/down", SF_E_NETWORK, "503");
    assert_int_equal(server_count("/down", ""), 4);
}

static void errors_that_stay_are_not_retried(void **state)
{
    (void)state;
    assert_small_fails("/missing", SF_E_REMOTE, "the repository has no such file (404)");
    assert_small_fails("/forbidden", SF_E_REMOTE, "403");
    assert_small_fails("/no-http", SF_E_REMOTE, "HTTP");
    assert_small_fails("/unchanged", SF_E_REMOTE, "304");
    assert_small_fails("/headers", SF_E_REMOTE, "bytes of header");
    assert_int_equal(server_count("/missing", ""), 1);
    assert_int_equal(server_count("/forbidden", ""), 1);
}

static void redirects_are_bounded(void **state)
{
    (void)state;
    assert_small_fails("/loop", SF_E_REMOTE, "redirects");
    assert_int_equal(server_count("/loop", ""), 6);
    assert_small_fails("/to-file", SF_E_REMOTE, "Protocol \"file\"");
    assert_small_fails("/to-ftp", SF_E_REMOTE, "Protocol \"ftp\"");
}

static void small_file_above_the_limit_is_refused(void **state)
{
    (void)state;
    assert_small_fails("/ok/small", SF_E_REMOTE, "more than 4096 bytes");
    assert_small_fails("/endless", SF_E_REMOTE, "more than 4096 bytes");
}

static void small_file_that_is_known_is_not_sent_again(void **state)
{
    sf_auto(buffer) struct sf_buffer text = {.limit_bytes = SERVER_DATA_BYTES};
    static const char *const paths[] = {"/etag", "/modified"};
    struct sf_error error;

    (void)state;
    for (size_t i = 0; i < 2; i++) {
        struct sf_fetch_validator validator = {.etag = ""};
        bool is_unchanged = true;

        sf_buffer_done(&text);
        assert_sf_ok(
            sf_fetch_small(fetcher, server_url(paths[i]), &text, &validator, &is_unchanged, &error),
            &error);
        assert_false(is_unchanged);
        assert_true(text.size > 0);
        assert_true(validator.etag[0] != '\0' || validator.last_modified[0] != '\0');
        sf_buffer_done(&text);
        assert_sf_ok(
            sf_fetch_small(fetcher, server_url(paths[i]), &text, &validator, &is_unchanged, &error),
            &error);
        assert_true(is_unchanged);
        assert_int_equal(text.size, 0);
    }
}

static void local_file_is_read(void **state)
{
    sf_auto(buffer) struct sf_buffer text = {.limit_bytes = 4096};
    char url[600];
    struct sf_error error;

    sf_test_write_file(*state, "note", "hello");
    (void)snprintf(url, sizeof url, "file://%s/note", server_directory);
    assert_sf_ok(fetch_text(url, &text, &error), &error);
    assert_string_equal(text.data, "hello");
    (void)snprintf(url, sizeof url, "file://%s/data", server_directory);
    assert_sf_ok(fetch_with(fetcher, url, 0, &error), &error);
    assert_sf_ok(fetch_with(fetcher, url, 1234567, &error), &error);
    (void)snprintf(url, sizeof url, "file://%s/absent", server_directory);
    assert_sf_fails(fetch_with(fetcher, url, 0, &error), &error, SF_E_REMOTE, "no such file");
    (void)snprintf(url, sizeof url, "file://%s/note", server_directory);
    assert_sf_fails(fetch_with(fetcher, url, 0, &error), &error, SF_E_NETWORK, "ended after 5 of");
}

static void passwords_are_not_shown(void **state)
{
    sf_auto(buffer) struct sf_buffer text = {.limit_bytes = 4096};
    struct sf_fetch_options options = defaults;
    sf_auto(fetcher) struct sf_fetcher *proxied = NULL;
    char url[256];
    char proxy[256];
    struct sf_error error;

    (void)state;
    (void)snprintf(url, sizeof url, "http://user:geheim@127.0.0.1:%u/missing?token=geheim",
                   server_port);
    assert_sf_fails(fetch_text(url, &text, &error), &error, SF_E_REMOTE, "***");
    assert_null(strstr(error.message, "geheim"));
    (void)snprintf(proxy, sizeof proxy, "http://user:geheim@127.0.0.1:%u", server_port);
    options.proxy = proxy;
    assert_sf_ok(sf_fetcher_new(&options, &proxied, &error), &error);
    assert_sf_ok(fetch_with(proxied, "http://repository.invalid/ok/proxied", 0, &error), &error);
    assert_sf_fails(fetch_with(proxied, "http://repository.invalid/proxy-password", 0, &error),
                    &error, SF_E_NETWORK, "the proxy wants a user and password");
    sf_fetcher_free(sf_steal(&proxied));
    options.proxy = "nonsense://user:geheim@[:x";
    options.retries = 0;
    assert_sf_ok(sf_fetcher_new(&options, &proxied, &error), &error);
    assert_sf_fails(fetch_with(proxied, "http://repository.invalid/", 0, &error), &error,
                    SF_E_NETWORK, "");
    assert_null(strstr(error.message, "geheim"));
}

static void absent_server_is_a_network_error(void **state)
{
    struct sf_fetch_options options = defaults;
    sf_auto(fetcher) struct sf_fetcher *once = NULL;
    struct sf_error error;

    (void)state;
    options.retries = 1;
    assert_sf_ok(sf_fetcher_new(&options, &once, &error), &error);
    assert_sf_fails(fetch_with(once, "http://127.0.0.1:1/x", 0, &error), &error, SF_E_NETWORK,
                    "http://127.0.0.1:1/x");
}

static void nginx_is_understood(void **state)
{
    sf_auto(buffer) struct sf_buffer text = {.limit_bytes = 4096};
    struct sf_fetch_validator validator = {.etag = ""};
    bool is_unchanged = true;
    char url[256];
    struct sf_error error;

    if (!nginx_fixture_start()) {
        skip();
    }
    sf_test_write_file(*state, "index", "hello");
    (void)snprintf(url, sizeof url, "http://127.0.0.1:%u/data", nginx_port);
    assert_sf_ok(fetch_with(fetcher, url, 0, &error), &error);
    assert_sf_ok(fetch_with(fetcher, url, SERVER_DATA_BYTES - 1, &error), &error);
    (void)snprintf(url, sizeof url, "http://127.0.0.1:%u/absent", nginx_port);
    assert_sf_fails(fetch_with(fetcher, url, 0, &error), &error, SF_E_REMOTE, "no such file");
    (void)snprintf(url, sizeof url, "http://127.0.0.1:%u/index", nginx_port);
    for (int i = 0; i < 2; i++) {
        assert_sf_ok(sf_fetch_small(fetcher, url, &text, &validator, &is_unchanged, &error),
                     &error);
        assert_int_equal(is_unchanged, i == 1);
        assert_string_equal(text.data, "hello");
    }
    (void)snprintf(url, sizeof url, "https://127.0.0.1:%u/index", nginx_tls_port);
    assert_sf_fails(fetch_text(url, &text, &error), &error, SF_E_NETWORK, "certificate");
    assert_int_equal(text.size, 5);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(large_file_arrives_whole),
        cmocka_unit_test(large_broken_connection_is_resumed),
        cmocka_unit_test(large_cut_again_and_again_fails),
        cmocka_unit_test(large_wrong_answer_to_range_is_refused),
        cmocka_unit_test(large_of_another_size_is_refused),
        cmocka_unit_test(large_web_page_is_refused),
        cmocka_unit_test(large_sink_that_refuses_ends_it),
        cmocka_unit_test(large_that_is_ended_stops_soon),
        cmocka_unit_test(transfer_when_cancelled_is_interrupted),
        cmocka_unit_test(slow_server_is_left),
        cmocka_unit_test(errors_that_pass_are_retried),
        cmocka_unit_test(errors_that_stay_are_not_retried),
        cmocka_unit_test(redirects_are_bounded),
        cmocka_unit_test(small_file_above_the_limit_is_refused),
        cmocka_unit_test(small_file_that_is_known_is_not_sent_again),
        cmocka_unit_test(local_file_is_read),
        cmocka_unit_test(passwords_are_not_shown),
        cmocka_unit_test(absent_server_is_a_network_error),
        cmocka_unit_test(nginx_is_understood),
    };

    return cmocka_run_group_tests(tests, start, stop);
}
