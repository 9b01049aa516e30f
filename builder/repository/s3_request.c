/* One signed request to S3 and its answer, by libcurl. */
#include "builder/repository/s3_request.h"

#include <curl/curl.h>
#include <errno.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include "builder/repository/s3_settings.h"
#include "common/base/clock.h"
#include "common/base/error.h"
#include "common/base/str.h"
#include "common/content/http_header.h"
#include "common/host/digest.h"
#include "common/host/interrupt.h"

/* The option is of 7.75. Before 7.87 it signs neither our fields nor what is uploaded. */
#define MIN_VERSION_NUMBER 0x075700U
#if LIBCURL_VERSION_NUM < 0x074b00
#define CURLOPT_AWS_SIGV4 ((CURLoption)(CURLOPTTYPE_OBJECTPOINT + 305))
#endif

#define CONNECT_TIMEOUT_S 30L
#define MAX_HEADER_BYTES  65536
#define EMPTY_SHA256      "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"

struct sf_s3_session {
    CURL *curl;
    const struct sf_s3_settings *settings;
    char reason[CURL_ERROR_SIZE];
};

/* A request in progress. */
struct run {
    const struct sf_s3_request *request;
    struct sf_s3_answer answer;
    struct sf_http_header header;
    size_t header_bytes;
    size_t text_bytes;
    uint64_t sent_bytes;
    int result; /* negative: `error` is why it was ended from here */
    struct sf_error error;
};

int sf_s3_session_check(unsigned version_number, const char *version, struct sf_error *err)
{
    if (version_number >= MIN_VERSION_NUMBER) {
        return 0;
    }
    return sf_error_set(err, SF_E_INCOMPATIBLE,
                        "this libcurl (%s) cannot sign uploads to S3, 7.87 and later can: publish "
                        "to a directory or over rsync, or copy a directory there with another "
                        "tool, index.json.asc last",
                        version);
}

/* A field of ours, which sf_http_header_line() does not know. */
static void take_field(struct sf_s3_answer *answer, const char *line, size_t size)
{
    static const char sha256[] = "x-amz-meta-sha256:";
    static const char region[] = "x-amz-bucket-region:";
    char text[128] = "";

    if (size >= sizeof text) {
        return;
    }
    memcpy(text, line, size);
    if (strncasecmp(text, sha256, sizeof sha256 - 1) == 0) {
        const char *value = sf_str_trim(text + sizeof sha256 - 1);

        if (strlen(value) < sizeof answer->sha256) {
            memcpy(answer->sha256, value, strlen(value) + 1);
        }
    } else if (strncasecmp(text, region, sizeof region - 1) == 0) {
        const char *value = sf_str_trim(text + sizeof region - 1);

        if (strlen(value) < sizeof answer->region) {
            memcpy(answer->region, value, strlen(value) + 1);
        }
    }
}

static size_t take_header(char *line, size_t one, size_t size, void *context)
{
    struct run *run = context;

    (void)one;
    run->header_bytes += size;
    if (run->header_bytes > MAX_HEADER_BYTES) {
        run->result = sf_error_set(&run->error, SF_E_REMOTE, "sends more than %d bytes of header",
                                   MAX_HEADER_BYTES);
        return 0;
    }
    sf_http_header_line(&run->header, line, size, sf_clock_now_s());
    take_field(&run->answer, line, size);
    return size;
}

static int write_all(int fd, const char *bytes, size_t size, struct sf_error *err)
{
    while (size > 0) {
        ssize_t written = write(fd, bytes, size);

        if (written < 0 && errno != EINTR) {
            return sf_error_errno(err, errno, "write what was received");
        }
        bytes += written > 0 ? written : 0;
        size -= written > 0 ? (size_t)written : 0;
    }
    return 0;
}

static int take_good_body(struct run *run, const char *bytes, size_t size)
{
    const struct sf_s3_request *request = run->request;

    if (request->method != SF_S3_GET) {
        return 0;
    }
    if (request->digest != NULL) {
        sf_digest_update(request->digest, bytes, size);
        return 0;
    }
    return write_all(request->fd, bytes, size, &run->error);
}

/* Of an error's text the start is kept; all of it is read, to keep the connection. */
static size_t take_body(char *bytes, size_t one, size_t size, void *context)
{
    struct run *run = context;
    size_t kept = SF_S3_ERROR_BYTES - run->text_bytes;

    (void)one;
    if (run->header.status >= 200 && run->header.status < 300) {
        run->result = take_good_body(run, bytes, size);
        return run->result < 0 ? 0 : size;
    }
    kept = size < kept ? size : kept;
    memcpy(run->answer.unverified_text + run->text_bytes, bytes, kept);
    run->text_bytes += kept;
    return size;
}

static size_t give_body(char *bytes, size_t one, size_t room, void *context)
{
    struct run *run = context;
    ssize_t got = -1;

    do {
        got = pread(run->request->fd, bytes, one * room, (off_t)run->sent_bytes);
    } while (got < 0 && errno == EINTR);
    if (got < 0) {
        run->result = sf_error_errno(&run->error, errno, "read what is sent");
        return CURL_READFUNC_ABORT;
    }
    run->sent_bytes += (uint64_t)got;
    return (size_t)got;
}

/* When a connection that was kept open turns out to be dead, curl begins anew on another. */
static int go_back(void *context, curl_off_t offset, int origin)
{
    struct run *run = context;

    if (origin != SEEK_SET || offset < 0) {
        return CURL_SEEKFUNC_CANTSEEK;
    }
    run->sent_bytes = (uint64_t)offset;
    return CURL_SEEKFUNC_OK;
}

static int watch(void *context, curl_off_t total, curl_off_t now, curl_off_t up_total,
                 curl_off_t up_now)
{
    struct run *run = context;

    (void)total;
    (void)now;
    (void)up_total;
    (void)up_now;
    if (run->result == 0 && sf_interrupt_is_pending()) {
        run->result = sf_error_set(&run->error, SF_E_INTERRUPTED, "interrupted");
    }
    return run->result < 0 ? 1 : 0;
}

static bool add_line(struct curl_slist **lines, const char *line)
{
    struct curl_slist *longer = line == NULL ? NULL : curl_slist_append(*lines, line);

    *lines = longer == NULL ? *lines : longer;
    return longer != NULL;
}

/* Session tokens stand in them. */
static void free_lines(struct curl_slist *lines)
{
    for (struct curl_slist *line = lines; line != NULL; line = line->next) {
        explicit_bzero(line->data, strlen(line->data));
    }
    curl_slist_free_all(lines);
}

/* Owned by the caller, also on failure. All of them are signed. */
static bool make_lines(const struct sf_s3_request *request, const char *token,
                       struct curl_slist **ret)
{
    const char *sha256 = request->method == SF_S3_PUT ? request->sha256 : EMPTY_SHA256;
    sf_autofree char *digest = sf_str_format("x-amz-content-sha256: %s", sha256);
    bool is_good = add_line(ret, digest);

    for (size_t i = 0; is_good && request->fields != NULL && request->fields[i] != NULL; i++) {
        is_good = add_line(ret, request->fields[i]);
    }
    if (is_good && token != NULL) {
        char *line = sf_str_format("x-amz-security-token: %s", token);

        is_good = add_line(ret, line);
        if (line != NULL) {
            explicit_bzero(line, strlen(line));
            free(line);
        }
    }
    return is_good;
}

static void set_method(CURL *curl, const struct sf_s3_request *request)
{
    (void)curl_easy_setopt(curl, CURLOPT_CUSTOMREQUEST, NULL);
    (void)curl_easy_setopt(curl, CURLOPT_HTTPGET, 1L);
    if (request->method == SF_S3_HEAD) {
        (void)curl_easy_setopt(curl, CURLOPT_NOBODY, 1L);
    } else if (request->method == SF_S3_DELETE) {
        (void)curl_easy_setopt(curl, CURLOPT_CUSTOMREQUEST, "DELETE");
    } else if (request->method == SF_S3_PUT) {
        (void)curl_easy_setopt(curl, CURLOPT_UPLOAD, 1L);
        (void)curl_easy_setopt(curl, CURLOPT_INFILESIZE_LARGE, (curl_off_t)request->size_bytes);
    }
}

static CURLcode perform(struct sf_s3_session *session, struct run *run, struct curl_slist *lines)
{
    CURL *curl = session->curl;

    set_method(curl, run->request);
    (void)curl_easy_setopt(curl, CURLOPT_HTTPHEADER, lines);
    (void)curl_easy_setopt(curl, CURLOPT_HEADERDATA, run);
    (void)curl_easy_setopt(curl, CURLOPT_WRITEDATA, run);
    (void)curl_easy_setopt(curl, CURLOPT_READDATA, run);
    (void)curl_easy_setopt(curl, CURLOPT_SEEKDATA, run);
    (void)curl_easy_setopt(curl, CURLOPT_XFERINFODATA, run);
    CURLcode code = curl_easy_setopt(curl, CURLOPT_URL, run->request->url);

    session->reason[0] = '\0';
    return code == CURLE_OK ? curl_easy_perform(curl) : code;
}

/* There was no answer. */
static int judge_curl(const struct sf_s3_session *session, CURLcode code, bool *ret_is_transient,
                      struct sf_error *err)
{
    /* Curl's reason can repeat what was configured; of a proxy that would be its password. */
    bool is_telling = session->reason[0] != '\0' && code != CURLE_COULDNT_RESOLVE_PROXY &&
                      code != CURLE_URL_MALFORMAT;
    sf_autofree char *text =
        sf_str_printable(is_telling ? session->reason : curl_easy_strerror(code));

    if (text == NULL || code == CURLE_OUT_OF_MEMORY) {
        return sf_error_no_memory(err);
    }
    switch ((int)code) {
    case CURLE_PEER_FAILED_VERIFICATION:
    case CURLE_SSL_CACERT_BADFILE:
        return sf_error_set(err, SF_E_CONFIG, "%s: see AWS_CA_BUNDLE", text);
    case CURLE_UNSUPPORTED_PROTOCOL:
    case CURLE_URL_MALFORMAT:
    case CURLE_BAD_FUNCTION_ARGUMENT:
        return sf_error_set(err, SF_E_REMOTE, "%s", text);
    default:
        *ret_is_transient = true;
        return sf_error_set(err, SF_E_NETWORK, "%s", text);
    }
}

static int judge(const struct sf_s3_session *session, const struct run *run, CURLcode code,
                 bool *ret_is_transient, struct sf_error *err)
{
    if (run->result < 0) {
        *err = run->error;
        return run->result;
    }
    /* Who refuses an upload need not wait for its end. */
    if (code != CURLE_OK && run->header.status < 300) {
        return judge_curl(session, code, ret_is_transient, err);
    }
    if (run->header.status == 0) {
        return sf_error_set(err, SF_E_REMOTE, "the answer is not HTTP");
    }
    return 0;
}

int sf_s3_session_run(struct sf_s3_session *session, const struct sf_s3_request *request,
                      struct sf_s3_answer *ret_answer, bool *ret_is_transient, struct sf_error *err)
{
    struct curl_slist *lines = NULL;
    struct run run = {.request = request};
    int r = 0;

    *ret_is_transient = false;
    if (!make_lines(request, session->settings->session_token, &lines)) {
        r = sf_error_no_memory(err);
    } else {
        r = judge(session, &run, perform(session, &run, lines), ret_is_transient, err);
    }
    (void)curl_easy_setopt(session->curl, CURLOPT_HTTPHEADER, NULL);
    free_lines(lines);
    if (r < 0) {
        return r;
    }
    *ret_answer = run.answer;
    ret_answer->status = run.header.status;
    ret_answer->retry_after_s = run.header.retry_after_s;
    memcpy(ret_answer->etag, run.header.etag, sizeof ret_answer->etag);
    return 0;
}

static CURLcode limit_protocols(CURL *curl)
{
#if LIBCURL_VERSION_NUM >= 0x075500
    return curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "http,https");
#else
    return curl_easy_setopt(curl, CURLOPT_PROTOCOLS, CURLPROTO_HTTP | CURLPROTO_HTTPS);
#endif
}

/* Options that curl cannot refuse are not checked. */
static void set_policy(struct sf_s3_session *session, uint32_t stall_timeout_s)
{
    CURL *curl = session->curl;

    (void)curl_easy_setopt(curl, CURLOPT_USERAGENT, "sf-builder/" SF_VERSION);
    (void)curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
    (void)curl_easy_setopt(curl, CURLOPT_SUPPRESS_CONNECT_HEADERS, 1L);
    (void)curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT, CONNECT_TIMEOUT_S);
    (void)curl_easy_setopt(curl, CURLOPT_LOW_SPEED_LIMIT, 1L);
    (void)curl_easy_setopt(curl, CURLOPT_LOW_SPEED_TIME, (long)stall_timeout_s);
    (void)curl_easy_setopt(curl, CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
    (void)curl_easy_setopt(curl, CURLOPT_NOPROGRESS, 0L);
    (void)curl_easy_setopt(curl, CURLOPT_ERRORBUFFER, session->reason);
    (void)curl_easy_setopt(curl, CURLOPT_HEADERFUNCTION, take_header);
    (void)curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, take_body);
    (void)curl_easy_setopt(curl, CURLOPT_READFUNCTION, give_body);
    (void)curl_easy_setopt(curl, CURLOPT_SEEKFUNCTION, go_back);
    (void)curl_easy_setopt(curl, CURLOPT_XFERINFOFUNCTION, watch);
}

static int set_identity(struct sf_s3_session *session, struct sf_error *err)
{
    const struct sf_s3_settings *settings = session->settings;
    CURL *curl = session->curl;
    sf_autofree char *scheme = sf_str_format("aws:amz:%s:s3", settings->region);

    if (scheme == NULL) {
        return sf_error_no_memory(err);
    }
    CURLcode code = curl_easy_setopt(curl, CURLOPT_AWS_SIGV4, scheme);

    if (code == CURLE_OK) {
        code = curl_easy_setopt(curl, CURLOPT_USERNAME, settings->access_key);
    }
    if (code == CURLE_OK) {
        code = curl_easy_setopt(curl, CURLOPT_PASSWORD, settings->secret_key);
    }
    if (code == CURLE_OK && settings->ca_bundle != NULL) {
        code = curl_easy_setopt(curl, CURLOPT_CAINFO, settings->ca_bundle);
    }
    if (code == CURLE_OK) {
        code = limit_protocols(curl);
    }
    return code == CURLE_OK
               ? 0
               : sf_error_set(err, SF_E_INCOMPATIBLE, "this libcurl (%s) cannot be used for S3: %s",
                              curl_version_info(CURLVERSION_NOW)->version,
                              curl_easy_strerror(code));
}

int sf_s3_session_new(const struct sf_s3_settings *settings, uint32_t stall_timeout_s,
                      struct sf_s3_session **ret, struct sf_error *err)
{
    const curl_version_info_data *curl = curl_version_info(CURLVERSION_NOW);
    int r = sf_s3_session_check(curl->version_num, curl->version, err);

    if (r < 0) {
        return r;
    }
    if (curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK) {
        return sf_error_set(err, SF_E_INTERNAL, "libcurl does not start");
    }
    struct sf_s3_session *made = calloc(1, sizeof *made);

    if (made == NULL) {
        curl_global_cleanup();
        return sf_error_no_memory(err);
    }
    sf_auto(s3_session) struct sf_s3_session *session = made;

    session->settings = settings;
    session->curl = curl_easy_init();
    if (session->curl == NULL) {
        return sf_error_no_memory(err);
    }
    set_policy(session, stall_timeout_s);

    r = set_identity(session, err);
    if (r < 0) {
        return r;
    }
    *ret = sf_steal(&session);
    return 0;
}

void sf_s3_session_free(struct sf_s3_session *session)
{
    if (session != NULL) {
        curl_easy_cleanup(session->curl);
        free(session);
        curl_global_cleanup();
    }
}
