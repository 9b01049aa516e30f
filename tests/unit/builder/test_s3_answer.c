/* Tests of what S3's answers mean. */
#include "builder/repository/s3_answer.h"

#include "tests/unit/sf_test.h"

static void fill(struct sf_s3_answer *answer, unsigned status, const char *text)
{
    *answer = (struct sf_s3_answer){.status = status};
    (void)snprintf(answer->unverified_text, sizeof answer->unverified_text, "%s", text);
}

static void answer_element_is_found(void **state)
{
    static const struct {
        const char *text;
        const char *expected;
    } cases[] = {
        {"<Error><Code>SlowDown</Code></Error>", "SlowDown"},
        {"<Code></Code>", ""},
        {"<Code>cut", ""},
        {"<Code>cut</Cod", ""},
        {"<Code>other</Message>", ""},
        {"<Code attribute=\"1\">x</Code>", ""},
        {"<Codex>x</Codex>", ""},
        {"<Code>1234567890123456</Code>", ""},
        {"<Code>123456789012345</Code>", "123456789012345"},
        {"", ""},
        {"<html>", ""},
    };
    char value[16];

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        sf_s3_answer_element(cases[i].text, "Code", value, sizeof value);
        assert_string_equal(value, cases[i].expected);
    }
}

static void answer_that_is_looked_for_is_fine(void **state)
{
    static const struct {
        unsigned status;
        unsigned expected;
        const char *text;
    } cases[] = {
        {200, 0, ""},
        {204, 0, ""},
        {404, 404, ""},
        {404, 404, "<Code>NoSuchKey</Code>"},
        {412, 412, "<Code>PreconditionFailed</Code>"},
    };
    struct sf_s3_answer answer;
    bool is_transient = true;
    struct sf_error err;

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        fill(&answer, cases[i].status, cases[i].text);
        assert_sf_ok(
            sf_s3_answer_judge(&answer, cases[i].expected, "the file", &is_transient, &err), &err);
        assert_false(is_transient);
    }
}

static void answer_final_is_told_with_the_way_out(void **state)
{
    static const struct {
        unsigned status;
        const char *text;
        enum sf_code code;
        const char *fragment;
    } cases[] = {
        {403, "<Code>InvalidAccessKeyId</Code>", SF_E_CONFIG,
         "S3 does not know the access key (InvalidAccessKeyId; the keys are from the file)"},
        {403, "<Code>SignatureDoesNotMatch</Code>", SF_E_CONFIG, "the secret key is not the one"},
        {403, "<Code>RequestTimeTooSkewed</Code>", SF_E_CONFIG, "set the clock"},
        {400, "<Code>ExpiredToken</Code>", SF_E_CONFIG, "the session is over"},
        {403, "<Code>AccessDenied</Code>", SF_E_PERMISSION, "the keys need s3:ListBucket"},
        {403, "", SF_E_PERMISSION, "the keys need s3:ListBucket"},
        {404, "<Code>NoSuchBucket</Code>", SF_E_NOT_FOUND, "there is no such bucket: create it"},
        {403, "<Code>QuotaExceeded</Code>", SF_E_NO_SPACE, "quota"},
        {507, "", SF_E_NO_SPACE, "no space"},
        {400, "<Code>XAmzContentSHA256Mismatch</Code>", SF_E_IO, "changed while it was sent"},
        {400, "<Code>AuthorizationHeaderMalformed</Code><Region>eu-north-1</Region>", SF_E_CONFIG,
         "the bucket is in region 'eu-north-1': set AWS_REGION=eu-north-1"},
        {301, "", SF_E_CONFIG, "set AWS_REGION or AWS_ENDPOINT_URL"},
        {412, "", SF_E_REMOTE, "the server answers 412"},
        {501, "<Code>NotImplemented</Code><Message>a \033 header</Message>", SF_E_REMOTE,
         "the server answers 501 NotImplemented: a \\x1b header"},
        {418, "<html>", SF_E_REMOTE, "the server answers 418"},
    };
    struct sf_s3_answer answer;
    bool is_transient = true;
    struct sf_error err;

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        fill(&answer, cases[i].status, cases[i].text);
        assert_sf_fails(sf_s3_answer_judge(&answer, 404, "the file", &is_transient, &err), &err,
                        cases[i].code, cases[i].fragment);
        assert_false(is_transient);
    }
}

static void answer_that_may_go_away_is_transient(void **state)
{
    static const struct {
        unsigned status;
        const char *text;
    } cases[] = {
        {503, "<Code>SlowDown</Code>"},
        {500, "<Code>InternalError</Code>"},
        {502, "<html>"},
        {504, ""},
        {429, ""},
        {408, ""},
        {400, "<Code>RequestTimeout</Code>"},
        {409, "<Code>ConditionalRequestConflict</Code>"},
        {409, "<Code>OperationAborted</Code>"},
    };
    struct sf_s3_answer answer;
    bool is_transient = false;
    struct sf_error err;

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        fill(&answer, cases[i].status, cases[i].text);
        is_transient = false;
        assert_sf_fails(sf_s3_answer_judge(&answer, 404, "the file", &is_transient, &err), &err,
                        SF_E_NETWORK, "the server answers ");
        assert_true(is_transient);
    }
}

static void answer_region_of_the_header_is_told(void **state)
{
    struct sf_s3_answer answer;
    bool is_transient = true;
    struct sf_error err;

    (void)state;
    fill(&answer, 301, "");
    (void)snprintf(answer.region, sizeof answer.region, "eu-west-1");
    assert_sf_fails(sf_s3_answer_judge(&answer, 404, "the file", &is_transient, &err), &err,
                    SF_E_CONFIG, "set AWS_REGION=eu-west-1");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(answer_element_is_found),
        cmocka_unit_test(answer_that_is_looked_for_is_fine),
        cmocka_unit_test(answer_final_is_told_with_the_way_out),
        cmocka_unit_test(answer_that_may_go_away_is_transient),
        cmocka_unit_test(answer_region_of_the_header_is_told),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
