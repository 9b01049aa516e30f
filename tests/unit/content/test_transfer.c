/* One request and its response, judged: what is passing, what is final. */
#include "tests/unit/content/server_fixture.h"

#include "common/content/transfer.h"

static struct sf_transfer *transfer;

static int start(void **state)
{
    static const struct sf_fetch_options options = {.connect_timeout_s = 5, .stall_timeout_s = 5};
    struct sf_error error;

    if (server_fixture_start(state) < 0) {
        return -1;
    }
    return sf_transfer_new(&options, &transfer, &error);
}

static int stop(void **state)
{
    sf_transfer_free(transfer);
    return server_fixture_stop(state);
}

/* How often each callback came, and how often the second is to be refused. */
struct calls {
    unsigned header;
    unsigned body;
    size_t bytes;
    bool is_refused;
};

static int count_header(void *context, const struct sf_http_header *header, struct sf_error *err)
{
    struct calls *calls = context;

    assert_int_equal(calls->body, 0);
    assert_true(header->status >= 200 && header->status < 300);
    calls->header++;
    return calls->is_refused ? sf_error_set(err, SF_E_INCOMPATIBLE, "not this one") : 0;
}

static int count_body(void *context, const void *bytes, size_t size, struct sf_error *err)
{
    struct calls *calls = context;

    (void)bytes;
    (void)err;
    calls->body++;
    calls->bytes += size;
    return 0;
}

static int run(const char *path, uint64_t first, struct calls *calls, bool *ret_is_transient,
               struct sf_error *err)
{
    struct sf_http_header header;
    const struct sf_transfer_request request = {
        .url = server_url(path),
        .shown_url = path,
        .start = first,
        .on_header = count_header,
        .on_body = count_body,
        .context = calls,
    };

    return sf_transfer_run(transfer, &request, &header, ret_is_transient, err);
}

static void transfer_judges_the_header_once_before_the_body(void **state)
{
    struct calls calls = {.header = 0};
    bool is_transient = false;
    struct sf_error error;

    (void)state;
    assert_sf_ok(run("/ok", 0, &calls, &is_transient, &error), &error);
    assert_int_equal(calls.header, 1);
    assert_int_equal(calls.bytes, SERVER_DATA_BYTES);
    calls = (struct calls){.header = 0};
    assert_sf_ok(run("/ok", 100, &calls, &is_transient, &error), &error);
    assert_int_equal(calls.bytes, SERVER_DATA_BYTES - 100);
}

static void transfer_refused_by_header_reads_no_body(void **state)
{
    struct calls calls = {.is_refused = true};
    bool is_transient = true;
    struct sf_error error;

    (void)state;
    assert_sf_fails(run("/ok", 0, &calls, &is_transient, &error), &error, SF_E_INCOMPATIBLE,
                    "'/ok': not this one");
    assert_int_equal(calls.body, 0);
    assert_false(is_transient);
}

static void transfer_tells_passing_faults_from_final_ones(void **state)
{
    static const struct {
        const char *path;
        enum sf_code code;
        bool is_transient;
    } rows[] = {
        {"/down", SF_E_NETWORK, true},       {"/busy", SF_E_NETWORK, true},
        {"/cut-always", SF_E_NETWORK, true}, {"/missing", SF_E_REMOTE, false},
        {"/forbidden", SF_E_REMOTE, false},  {"/proxy-password", SF_E_NETWORK, false},
        {"/loop", SF_E_REMOTE, false},       {"/to-file", SF_E_REMOTE, false},
        {"/headers", SF_E_REMOTE, false},    {"/unchanged", SF_E_REMOTE, false},
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct calls calls = {.header = 0};
        bool is_transient = !rows[i].is_transient;
        struct sf_error error;

        assert_sf_fails(run(rows[i].path, 0, &calls, &is_transient, &error), &error, rows[i].code,
                        rows[i].path);
        assert_int_equal(is_transient, rows[i].is_transient);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(transfer_judges_the_header_once_before_the_body),
        cmocka_unit_test(transfer_refused_by_header_reads_no_body),
        cmocka_unit_test(transfer_tells_passing_faults_from_final_ones),
    };

    return cmocka_run_group_tests(tests, start, stop);
}
