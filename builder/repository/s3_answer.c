/* What S3 answered, and what that means for the operator. */
#include "builder/repository/s3_answer.h"

#include <stdio.h>
#include <string.h>

#include "common/base/cleanup.h"
#include "common/base/error.h"
#include "common/base/str.h"

#define MAX_CODE_BYTES    64
#define MAX_MESSAGE_BYTES 200

/* What can be told of a code without knowing more. */
struct meaning {
    const char *code;
    enum sf_code error;
    const char *sentence;
};

static const struct meaning meanings[] = {
    {"InvalidAccessKeyId", SF_E_CONFIG, "S3 does not know the access key"},
    {"SignatureDoesNotMatch", SF_E_CONFIG, "the secret key is not the one of the access key"},
    {"InvalidToken", SF_E_CONFIG, "the session token is not the one of the access key"},
    {"ExpiredToken", SF_E_CONFIG, "the session is over: get new keys"},
    {"TokenRefreshRequired", SF_E_CONFIG, "the session is over: get new keys"},
    {"RequestTimeTooSkewed", SF_E_CONFIG,
     "this machine's clock and the server's differ too much: set the clock"},
    {"RequestExpired", SF_E_CONFIG,
     "this machine's clock and the server's differ too much: set the clock"},
    {"NoSuchBucket", SF_E_NOT_FOUND, "there is no such bucket: create it, or mend its name"},
    {"InvalidBucketName", SF_E_USAGE, "the bucket's name is not valid"},
    {"AccessDenied", SF_E_PERMISSION,
     "no permission: the keys need s3:ListBucket for the bucket, and s3:GetObject, s3:PutObject "
     "and s3:DeleteObject for what is in it"},
    {"AllAccessDisabled", SF_E_PERMISSION, "all access to the bucket is disabled"},
    {"AccountProblem", SF_E_PERMISSION, "the account has a problem: ask the provider"},
    {"NotSignedUp", SF_E_PERMISSION, "the account is not signed up for S3"},
    {"EntityTooLarge", SF_E_NO_SPACE, "the file is larger than the server takes"},
    {"QuotaExceeded", SF_E_NO_SPACE, "the quota is used up"},
    {"XMinioStorageFull", SF_E_NO_SPACE, "the server's disks are full"},
    {"XAmzContentSHA256Mismatch", SF_E_IO, "the file changed while it was sent"},
};

/* Codes that may go away, beside the statuses that do. */
static const char *const passing[] = {
    "SlowDown",
    "ServiceUnavailable",
    "InternalError",
    "RequestTimeout",
    "IncompleteBody",
    "OperationAborted",
    "Throttling",
    "ThrottlingException",
    "RequestLimitExceeded",
    "TooManyRequests",
    "Busy",
    "ConditionalRequestConflict",
    "SlowDownRead",
    "SlowDownWrite",
    "BadDigest",
};

/* Their message says that the region is wrong. */
static const char *const elsewhere[] = {"PermanentRedirect", "TemporaryRedirect",
                                        "AuthorizationHeaderMalformed",
                                        "IllegalLocationConstraintException"};

void sf_s3_answer_element(const char *unverified_text, const char *name, char *ret, size_t room)
{
    char tag[MAX_CODE_BYTES];
    int length = snprintf(tag, sizeof tag, "<%s>", name);
    const char *start = strstr(unverified_text, tag);
    size_t size = 0;

    ret[0] = '\0';
    if (start == NULL) {
        return;
    }
    start += length;
    size = strcspn(start, "<");
    (void)snprintf(tag, sizeof tag, "</%s>", name);
    if (size < room && sf_str_has_prefix(start + size, tag)) {
        memcpy(ret, start, size);
        ret[size] = '\0';
    }
}

static bool is_one_of(const char *code, const char *const *codes, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (strcmp(code, codes[i]) == 0) {
            return true;
        }
    }
    return false;
}

static bool is_passing(unsigned status, const char *code)
{
    return status == 408 || status == 429 || (status >= 500 && status != 501 && status != 507) ||
           is_one_of(code, passing, sizeof passing / sizeof *passing);
}

static int say_elsewhere(const struct sf_s3_answer *answer, const char *code, struct sf_error *err)
{
    char region[sizeof answer->region];

    sf_s3_answer_element(answer->unverified_text, "Region", region, sizeof region);
    const char *known = answer->region[0] != '\0' ? answer->region : region;
    sf_autofree char *shown = sf_str_printable(known);

    if (shown == NULL) {
        return sf_error_no_memory(err);
    }
    if (shown[0] == '\0') {
        return sf_error_set(err, SF_E_CONFIG,
                            "the bucket is in another region, or behind another endpoint: set "
                            "AWS_REGION or AWS_ENDPOINT_URL (%s)",
                            code);
    }
    return sf_error_set(err, SF_E_CONFIG, "the bucket is in region '%s': set AWS_REGION=%s (%s)",
                        shown, shown, code);
}

/* A code that says more than its status. */
static int say_meaning(const struct meaning *meaning, const char *source, struct sf_error *err)
{
    if (meaning->error == SF_E_CONFIG || meaning->error == SF_E_PERMISSION) {
        return sf_error_set(err, meaning->error, "%s (%s; the keys are from %s)", meaning->sentence,
                            meaning->code, source);
    }
    return sf_error_set(err, meaning->error, "%s (%s)", meaning->sentence, meaning->code);
}

static int say_other(const struct sf_s3_answer *answer, const char *code, bool is_transient,
                     struct sf_error *err)
{
    enum sf_code error = is_transient ? SF_E_NETWORK : SF_E_REMOTE;
    char message[MAX_MESSAGE_BYTES];

    sf_s3_answer_element(answer->unverified_text, "Message", message, sizeof message);
    sf_autofree char *shown_code = sf_str_printable(code);
    sf_autofree char *shown = sf_str_printable(message);

    if (shown_code == NULL || shown == NULL) {
        return sf_error_no_memory(err);
    }
    if (answer->status == 507) {
        return sf_error_set(err, SF_E_NO_SPACE, "the server has no space (507)");
    }
    if (code[0] == '\0') {
        return sf_error_set(err, error, "the server answers %u", answer->status);
    }
    return sf_error_set(err, error, "the server answers %u %s%s%s", answer->status, shown_code,
                        shown[0] == '\0' ? "" : ": ", shown);
}

/* The body of an answer to HEAD is not sent. */
static const char *code_of_status(unsigned status)
{
    switch (status) {
    case 301:
    case 307:
        return "PermanentRedirect";
    case 403:
        return "AccessDenied";
    default:
        return "";
    }
}

int sf_s3_answer_judge(const struct sf_s3_answer *answer, unsigned expected, const char *source,
                       bool *ret_is_transient, struct sf_error *err)
{
    char element[MAX_CODE_BYTES];
    const char *code = element;

    sf_s3_answer_element(answer->unverified_text, "Code", element, sizeof element);
    if (code[0] == '\0') {
        code = code_of_status(answer->status);
    }
    *ret_is_transient = false;
    if ((answer->status >= 200 && answer->status < 300) ||
        (answer->status == expected && strcmp(code, "NoSuchBucket") != 0)) {
        return 0;
    }
    *ret_is_transient = is_passing(answer->status, code);
    if (is_one_of(code, elsewhere, sizeof elsewhere / sizeof *elsewhere)) {
        return say_elsewhere(answer, code, err);
    }
    for (size_t i = 0; i < sizeof meanings / sizeof *meanings; i++) {
        if (strcmp(code, meanings[i].code) == 0) {
            return say_meaning(&meanings[i], source, err);
        }
    }
    return say_other(answer, code, *ret_is_transient, err);
}
