/* One request and its response by libcurl, judged. */
#include "common/content/transfer.h"

#include <curl/curl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/base/clock.h"
#include "common/base/error.h"
#include "common/base/str.h"
#include "common/content/url.h"

#define MAX_HEADER_BYTES 65536
#define MAX_ERROR_BODY   65536 /* read to keep the connection; beyond it is dropped */
#define MAX_REDIRECTS    5L

struct sf_transfer {
    CURL *curl;
    char reason[CURL_ERROR_SIZE];
    char *proxy;
    struct sf_fetch_options options;
};

/* A run in progress. */
struct run {
    const struct sf_transfer_request *request;
    const struct sf_fetch_options *options;
    struct sf_http_header header;
    size_t header_bytes;
    uint64_t body_bytes;
    bool has_body;
    int64_t now_s;
    int64_t start_ms; /* moved on by the time spent in on_body: a slow reader is no slow network */
    int64_t last_ms;
    bool is_transient;
    int result; /* negative: `error` is why the run was ended from here */
    struct sf_error error;
};

static bool is_good(const struct run *run)
{
    return (run->header.status >= 200 && run->header.status < 300) ||
           (run->header.status == 0 && sf_url_is_file(run->request->url));
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
    sf_http_header_line(&run->header, line, size, run->now_s);
    return size;
}

static int take_good_body(struct run *run, const char *bytes, size_t size)
{
    const struct sf_transfer_request *request = run->request;

    if (!run->has_body && request->on_header != NULL) {
        int r = request->on_header(request->context, &run->header, &run->error);

        if (r < 0) {
            return r;
        }
    }
    run->has_body = true;
    return request->on_body(request->context, bytes, size, &run->error);
}

static size_t take_body(char *bytes, size_t one, size_t size, void *context)
{
    struct run *run = context;
    int64_t before_ms = sf_clock_monotonic_ms();

    (void)one;
    run->body_bytes += size;
    if (!is_good(run)) {
        return run->body_bytes > MAX_ERROR_BODY ? 0 : size;
    }
    run->result = take_good_body(run, bytes, size);
    run->last_ms = sf_clock_monotonic_ms();
    run->start_ms += run->last_ms - before_ms;
    return run->result < 0 ? 0 : size;
}

static int check_rate(struct run *run)
{
    int64_t now_ms = sf_clock_monotonic_ms();
    int64_t stall_ms = (int64_t)run->options->stall_timeout_s * 1000;
    uint32_t rate = run->options->min_rate_bytes_per_s;

    if (stall_ms > 0 && now_ms - run->last_ms > stall_ms) {
        run->is_transient = true;
        return sf_error_set(&run->error, SF_E_NETWORK, "no data for %u s",
                            run->options->stall_timeout_s);
    }
    int64_t granted_ms = rate == 0 ? 0 : (int64_t)(run->body_bytes / rate * 1000) + stall_ms;

    if (rate != 0 && now_ms - run->start_ms > granted_ms) {
        run->is_transient = true;
        return sf_error_set(&run->error, SF_E_NETWORK, "slower than %u bytes/s", rate);
    }
    return 0;
}

static int watch(void *context, curl_off_t total, curl_off_t now, curl_off_t up_total,
                 curl_off_t up_now)
{
    struct run *run = context;
    const struct sf_transfer_request *request = run->request;

    (void)total;
    (void)now;
    (void)up_total;
    (void)up_now;
    /* Curl asks once more after a callback ended the run: the reason stays. */
    if (run->result < 0) {
        return 1;
    }
    if ((run->options->is_cancelled != NULL && *run->options->is_cancelled) ||
        (request->is_ended != NULL && request->is_ended(request->context))) {
        run->result = sf_error_set(&run->error, SF_E_INTERRUPTED, "interrupted");
    } else {
        run->result = check_rate(run);
    }
    return run->result < 0 ? 1 : 0;
}

/* The newer form of the option is a string; the older is gone from newer headers' good graces. */
static CURLcode limit_protocols(CURL *curl, const char *url)
{
#if LIBCURL_VERSION_NUM >= 0x075500
    CURLcode code = curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "http,https,file");

    if (code != CURLE_OK) {
        return code;
    }
    return curl_easy_setopt(curl, CURLOPT_REDIR_PROTOCOLS_STR,
                            sf_url_is_https(url) ? "https" : "http,https");
#else
    CURLcode code = curl_easy_setopt(curl, CURLOPT_PROTOCOLS,
                                     CURLPROTO_HTTP | CURLPROTO_HTTPS | CURLPROTO_FILE);

    if (code != CURLE_OK) {
        return code;
    }
    return curl_easy_setopt(curl, CURLOPT_REDIR_PROTOCOLS,
                            sf_url_is_https(url) ? CURLPROTO_HTTPS
                                                 : CURLPROTO_HTTP | CURLPROTO_HTTPS);
#endif
}

/* What is the same for every request. Options that curl cannot refuse are not checked. */
static void set_policy(struct sf_transfer *transfer)
{
    CURL *curl = transfer->curl;

    (void)curl_easy_setopt(curl, CURLOPT_USERAGENT, "sf-agent/" SF_VERSION);
    (void)curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
    (void)curl_easy_setopt(curl, CURLOPT_FOLLOWLOCATION, 1L);
    (void)curl_easy_setopt(curl, CURLOPT_MAXREDIRS, MAX_REDIRECTS);
    /* An empty text keeps curl from reading http_proxy and no_proxy of the environment. */
    (void)curl_easy_setopt(curl, CURLOPT_PROXY, transfer->proxy == NULL ? "" : transfer->proxy);
    (void)curl_easy_setopt(curl, CURLOPT_NOPROXY, "");
    (void)curl_easy_setopt(curl, CURLOPT_SUPPRESS_CONNECT_HEADERS, 1L);
    (void)curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT, (long)transfer->options.connect_timeout_s);
    (void)curl_easy_setopt(curl, CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
    (void)curl_easy_setopt(curl, CURLOPT_BUFFERSIZE, 256L * 1024);
    (void)curl_easy_setopt(curl, CURLOPT_NOPROGRESS, 0L);
    (void)curl_easy_setopt(curl, CURLOPT_ERRORBUFFER, transfer->reason);
    (void)curl_easy_setopt(curl, CURLOPT_HEADERFUNCTION, take_header);
    (void)curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, take_body);
    (void)curl_easy_setopt(curl, CURLOPT_XFERINFOFUNCTION, watch);
}

static void add_line(struct curl_slist **lines, bool *has_failed, const char *name,
                     const char *value)
{
    sf_autofree char *line = sf_str_format("%s: %s", name, value);
    struct curl_slist *longer = line == NULL ? NULL : curl_slist_append(*lines, line);

    if (longer == NULL) {
        *has_failed = true;
    } else {
        *lines = longer;
    }
}

/* Owned by the caller, also on failure. */
static bool make_lines(const struct sf_transfer_request *request, struct curl_slist **ret)
{
    bool has_failed = false;

    if (request->if_range != NULL && request->start > 0) {
        add_line(ret, &has_failed, "If-Range", request->if_range);
    }
    if (request->validator != NULL && request->validator->etag[0] != '\0') {
        add_line(ret, &has_failed, "If-None-Match", request->validator->etag);
    } else if (request->validator != NULL && request->validator->last_modified[0] != '\0') {
        add_line(ret, &has_failed, "If-Modified-Since", request->validator->last_modified);
    }
    return !has_failed;
}

static CURLcode set_request(struct sf_transfer *transfer, struct run *run, struct curl_slist *lines)
{
    CURL *curl = transfer->curl;
    char range[32] = "";

    (void)snprintf(range, sizeof range, "%llu-", (unsigned long long)run->request->start);
    (void)curl_easy_setopt(curl, CURLOPT_HEADERDATA, run);
    (void)curl_easy_setopt(curl, CURLOPT_WRITEDATA, run);
    (void)curl_easy_setopt(curl, CURLOPT_XFERINFODATA, run);
    (void)curl_easy_setopt(curl, CURLOPT_HTTPHEADER, lines);
    CURLcode code = curl_easy_setopt(curl, CURLOPT_RANGE, run->request->start > 0 ? range : NULL);

    if (code == CURLE_OK) {
        code = curl_easy_setopt(curl, CURLOPT_URL, run->request->url);
    }
    if (code == CURLE_OK) {
        code = limit_protocols(curl, run->request->url);
    }
    return code;
}

static int judge_status(struct run *run, struct sf_error *err)
{
    unsigned status = run->header.status;

    if (is_good(run) || (status == 304 && run->request->validator != NULL)) {
        return 0;
    }
    run->is_transient = status == 408 || status == 429 || status >= 500;
    if (run->is_transient) {
        return sf_error_set(err, SF_E_NETWORK, "the server answers %u", status);
    }
    if (status == 404 || status == 410) {
        return sf_error_set(err, SF_E_REMOTE, "the repository has no such file (%u)", status);
    }
    if (status == 407) {
        return sf_error_set(err, SF_E_NETWORK,
                            "the proxy wants a user and password (407): see 'proxy' in the "
                            "configuration");
    }
    if (status == 0) {
        return sf_error_set(err, SF_E_REMOTE, "the answer is not HTTP");
    }
    return sf_error_set(err, SF_E_REMOTE, "the server answers %u", status);
}

static int judge_curl(struct run *run, CURLcode code, const char *reason, struct sf_error *err)
{
    static const CURLcode final_remote[] = {CURLE_UNSUPPORTED_PROTOCOL, CURLE_URL_MALFORMAT,
                                            CURLE_TOO_MANY_REDIRECTS,   CURLE_BAD_DOWNLOAD_RESUME,
                                            CURLE_RANGE_ERROR,          CURLE_BAD_CONTENT_ENCODING};
    static const CURLcode final_network[] = {CURLE_PEER_FAILED_VERIFICATION,
                                             CURLE_SSL_CACERT_BADFILE, CURLE_SSL_CERTPROBLEM,
                                             CURLE_SSL_CIPHER, CURLE_COULDNT_RESOLVE_PROXY};
    sf_autofree char *text = sf_str_printable(reason);

    if (text == NULL || code == CURLE_OUT_OF_MEMORY) {
        return sf_error_no_memory(err);
    }
    if (code == CURLE_FILE_COULDNT_READ_FILE) {
        return sf_error_set(err, SF_E_REMOTE, "the repository has no such file");
    }
    for (size_t i = 0; i < sizeof final_remote / sizeof *final_remote; i++) {
        if (code == final_remote[i]) {
            return sf_error_set(err, SF_E_REMOTE, "%s", text);
        }
    }
    run->is_transient = true;
    for (size_t i = 0; i < sizeof final_network / sizeof *final_network; i++) {
        run->is_transient = run->is_transient && code != final_network[i];
    }
    return sf_error_set(err, SF_E_NETWORK, "%s", text);
}

/* Curl's reason can repeat what was configured; of these it would be the proxy with its password.
 */
static const char *choose_reason(const struct sf_transfer *transfer, CURLcode code)
{
    if (transfer->reason[0] == '\0' || code == CURLE_COULDNT_RESOLVE_PROXY ||
        code == CURLE_URL_MALFORMAT) {
        return curl_easy_strerror(code);
    }
    return transfer->reason;
}

static int judge(const struct sf_transfer *transfer, struct run *run, CURLcode code,
                 struct sf_error *err)
{
    if (run->result < 0) {
        *err = run->error;
        return run->result;
    }
    bool is_refused = run->header.status >= 300 && code == CURLE_WRITE_ERROR;

    if (code != CURLE_OK && !is_refused) {
        return judge_curl(run, code, choose_reason(transfer, code), err);
    }
    int r = judge_status(run, err);

    /* A complete answer without a body was not looked at yet. */
    if (r == 0 && !run->has_body && run->header.status != 304) {
        r = take_good_body(run, "", 0);
        *err = run->error;
    }
    return r;
}

int sf_transfer_run(struct sf_transfer *transfer, const struct sf_transfer_request *request,
                    struct sf_http_header *ret_header, bool *ret_is_transient, struct sf_error *err)
{
    struct curl_slist *lines = NULL;
    struct run run = {
        .request = request,
        .options = &transfer->options,
        .now_s = sf_clock_now_s(),
        .start_ms = sf_clock_monotonic_ms() + (int64_t)transfer->options.connect_timeout_s * 1000,
    };
    int r = 0;

    run.last_ms = run.start_ms;
    transfer->reason[0] = '\0';
    if (!make_lines(request, &lines)) {
        r = sf_error_no_memory(err);
    } else {
        CURLcode code = set_request(transfer, &run, lines);

        if (code == CURLE_OK) {
            code = curl_easy_perform(transfer->curl);
        }
        r = judge(transfer, &run, code, err);
    }
    (void)curl_easy_setopt(transfer->curl, CURLOPT_HTTPHEADER, NULL);
    curl_slist_free_all(lines);
    *ret_header = run.header;
    *ret_is_transient = run.is_transient;
    return r < 0 ? sf_error_prefix(err, "'%s': ", request->shown_url) : 0;
}

int sf_transfer_new(const struct sf_fetch_options *options, struct sf_transfer **ret,
                    struct sf_error *err)
{
    sf_auto(transfer) struct sf_transfer *transfer = NULL;

    if (curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK) {
        return sf_error_set(err, SF_E_INTERNAL, "libcurl cannot be used");
    }
    transfer = calloc(1, sizeof *transfer);
    if (transfer == NULL) {
        curl_global_cleanup();
        return sf_error_no_memory(err);
    }
    transfer->options = *options;
    transfer->proxy = options->proxy == NULL ? NULL : strdup(options->proxy);
    transfer->options.proxy = NULL;
    transfer->curl = curl_easy_init();
    if (transfer->curl == NULL || (options->proxy != NULL && transfer->proxy == NULL)) {
        return sf_error_no_memory(err);
    }
    set_policy(transfer);
    *ret = sf_steal(&transfer);
    return 0;
}

void sf_transfer_free(struct sf_transfer *transfer)
{
    if (transfer == NULL) {
        return;
    }
    curl_easy_cleanup(transfer->curl);
    free(transfer->proxy);
    free(transfer);
    curl_global_cleanup();
}
