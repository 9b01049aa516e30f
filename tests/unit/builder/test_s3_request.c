/* Tests of single requests to S3. */
#include "builder/repository/s3_request.h"

#include "builder/repository/s3_settings.h"
#include "tests/unit/builder/s3_fixture.h"

#define EMPTY "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"

static void s3_request_old_libcurl_is_refused(void **state)
{
    struct sf_error err;

    (void)state;
    assert_sf_ok(sf_s3_session_check(0x075700, "7.87.0", &err), &err);
    assert_sf_ok(sf_s3_session_check(0x080e01, "8.14.1", &err), &err);
    assert_sf_fails(sf_s3_session_check(0x073d00, "7.61.0", &err), &err, SF_E_INCOMPATIBLE,
                    "this libcurl (7.61.0) cannot sign uploads to S3");
    assert_sf_fails(sf_s3_session_check(0x075600, "7.86.0", &err), &err, SF_E_INCOMPATIBLE,
                    "publish to a directory or over rsync, or copy a directory there with another "
                    "tool, index.json.asc last");
}

/* Runs one GET of `path` with a stall timeout of a second. */
static int run(const char *path, struct sf_s3_answer *answer, bool *is_transient,
               struct sf_error *err)
{
    sf_auto(s3_settings) struct sf_s3_settings settings = {.region = NULL};
    sf_auto(s3_session) struct sf_s3_session *session = NULL;
    sf_autoclose int fd = open("/dev/null", O_WRONLY | O_CLOEXEC);
    char url[256];

    (void)snprintf(url, sizeof url, "%s%s", s3_endpoint, path);
    const struct sf_s3_request request = {.method = SF_S3_GET, .url = url, .fd = fd};

    assert_sf_ok(sf_s3_settings_read(&settings, err), err);
    assert_sf_ok(sf_s3_session_new(&settings, 1, &session, err), err);
    return sf_s3_session_run(session, &request, answer, is_transient, err);
}

static void s3_request_any_answer_is_given(void **state)
{
    struct sf_s3_answer answer;
    bool is_transient = true;
    struct sf_error err;

    (void)state;
    assert_sf_ok(run("/repo/absent", &answer, &is_transient, &err), &err);
    assert_int_equal(answer.status, 404);
    assert_false(is_transient);
    assert_non_null(strstr(answer.unverified_text, "<Code>NoSuchKey</Code>"));
}

static void s3_request_without_an_answer_is_transient(void **state)
{
    static const char *const faults[] = {"reset", "short", "hang"};
    static const char *const fragments[] = {"reset by peer", "transfer closed", "too slow"};
    struct sf_s3_answer answer;
    char rules[64];
    struct sf_error err;

    (void)state;
    for (size_t i = 0; i < 3; i++) {
        bool is_transient = false;

        (void)snprintf(rules, sizeof rules, "GET /repo/x %s 1\n", faults[i]);
        sf_test_write_file(s3_directory, "faults", rules);
        assert_sf_fails(run("/repo/x", &answer, &is_transient, &err), &err, SF_E_NETWORK,
                        fragments[i]);
        assert_true(is_transient);
    }
}

static void s3_request_slow_answer_is_waited_for(void **state)
{
    struct sf_s3_answer answer;
    bool is_transient = false;
    struct sf_error err;

    (void)state;
    sf_test_write_file(s3_directory, "faults", "GET /repo/slow slow 1\n");
    assert_sf_ok(run("/repo/slow", &answer, &is_transient, &err), &err);
    assert_int_equal(answer.status, 404);
}

static void s3_request_nobody_listens_is_transient(void **state)
{
    struct sf_s3_answer answer;
    bool is_transient = false;
    struct sf_error err;

    (void)state;
    (void)snprintf(s3_endpoint, sizeof s3_endpoint, "http://127.0.0.1:9");
    assert_sf_fails(run("/repo/x", &answer, &is_transient, &err), &err, SF_E_NETWORK, "127.0.0.1");
    assert_true(is_transient);
}

static void s3_request_full_disk_is_told(void **state)
{
    sf_auto(s3_settings) struct sf_s3_settings settings = {.region = NULL};
    sf_auto(s3_session) struct sf_s3_session *session = NULL;
    sf_autoclose int fd = open("/dev/full", O_RDWR | O_CLOEXEC);
    struct sf_s3_answer answer;
    bool is_transient = true;
    char url[256];
    struct sf_error err;

    (void)state;
    (void)snprintf(url, sizeof url, "%s/repo/?list-type=2&prefix=", s3_endpoint);
    struct sf_s3_request request = {.method = SF_S3_GET, .url = url, .fd = fd};

    assert_sf_ok(sf_s3_settings_read(&settings, &err), &err);
    assert_sf_ok(sf_s3_session_new(&settings, 5, &session, &err), &err);
    assert_sf_fails(sf_s3_session_run(session, &request, &answer, &is_transient, &err), &err,
                    SF_E_NO_SPACE, "write what was received");
    assert_false(is_transient);
    /* What cannot be read is not sent, either. */
    request = (struct sf_s3_request){
        .method = SF_S3_PUT, .url = url, .fd = -1, .size_bytes = 10, .sha256 = EMPTY};
    assert_sf_fails(sf_s3_session_run(session, &request, &answer, &is_transient, &err), &err,
                    SF_E_IO, "read what is sent");
}

#define S3_TEST(name) cmocka_unit_test_setup(name, s3_fixture_environment)

int main(void)
{
    const struct CMUnitTest tests[] = {
        S3_TEST(s3_request_old_libcurl_is_refused),
        S3_TEST(s3_request_any_answer_is_given),
        S3_TEST(s3_request_without_an_answer_is_transient),
        S3_TEST(s3_request_slow_answer_is_waited_for),
        S3_TEST(s3_request_full_disk_is_told),
        S3_TEST(s3_request_nobody_listens_is_transient),
    };

    return cmocka_run_group_tests(tests, s3_fixture_start, s3_fixture_stop);
}
