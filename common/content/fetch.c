/* Whole files from a repository: retries, resume, conditional GET. */
#include "common/content/fetch.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "common/base/backoff.h"
#include "common/base/buffer.h"
#include "common/base/clock.h"
#include "common/base/error.h"
#include "common/content/html.h"
#include "common/content/http_header.h"
#include "common/content/transfer.h"
#include "common/content/url.h"

#define SLICE_MS       100
#define PROGRESS_BYTES (1UL << 20) /* that much received earns the full number of retries again */

struct sf_fetcher {
    struct sf_transfer *transfer;
    uint32_t retries;
    const volatile bool *is_cancelled;
};

int sf_fetcher_new(const struct sf_fetch_options *options, struct sf_fetcher **ret,
                   struct sf_error *err)
{
    sf_auto(fetcher) struct sf_fetcher *fetcher = calloc(1, sizeof *fetcher);

    if (fetcher == NULL) {
        return sf_error_no_memory(err);
    }
    fetcher->retries = options->retries;
    fetcher->is_cancelled = options->is_cancelled;
    int r = sf_transfer_new(options, &fetcher->transfer, err);

    if (r < 0) {
        return r;
    }
    *ret = sf_steal(&fetcher);
    return 0;
}

void sf_fetcher_free(struct sf_fetcher *fetcher)
{
    if (fetcher != NULL) {
        sf_transfer_free(fetcher->transfer);
        free(fetcher);
    }
}

static bool is_over(const struct sf_fetcher *fetcher, const struct sf_transfer_request *request)
{
    return (fetcher->is_cancelled != NULL && *fetcher->is_cancelled) ||
           (request->is_ended != NULL && request->is_ended(request->context));
}

/*
 * Waits before the next try. Errors: `err` as it is when there is none (the failure is final or the
 * tries are used up), INTERRUPTED.
 */
static int wait_for_retry(const struct sf_fetcher *fetcher, uint32_t tries,
                          const struct sf_http_header *header,
                          const struct sf_transfer_request *request, struct sf_error *err)
{
    const struct timespec slice = {.tv_nsec = SLICE_MS * 1000000L};
    int64_t wait_ms = sf_backoff_ms(tries);

    if (tries >= fetcher->retries) {
        return -(int)err->code;
    }
    if (wait_ms < (int64_t)header->retry_after_s * 1000) {
        wait_ms = (int64_t)header->retry_after_s * 1000;
    }
    int64_t end_ms = sf_clock_monotonic_ms() + wait_ms;

    while (sf_clock_monotonic_ms() < end_ms) {
        if (is_over(fetcher, request)) {
            return sf_error_set(err, SF_E_INTERRUPTED, "interrupted");
        }
        (void)nanosleep(&slice, NULL);
    }
    return 0;
}

static int append_small(void *context, const void *bytes, size_t size, struct sf_error *err)
{
    struct sf_buffer *buffer = context;
    int r = sf_buffer_append(buffer, bytes, size, err);

    if (r == -(int)SF_E_FORMAT) {
        return sf_error_set(err, SF_E_REMOTE, "more than %zu bytes", buffer->limit_bytes);
    }
    return r;
}

static int get_small(struct sf_fetcher *fetcher, const struct sf_transfer_request *request,
                     struct sf_http_header *ret_header, struct sf_error *err)
{
    struct sf_buffer *buffer = request->context;
    size_t size_before = buffer->size;

    for (uint32_t tries = 0;; tries++) {
        bool is_transient = false;
        int r = sf_transfer_run(fetcher->transfer, request, ret_header, &is_transient, err);

        if (r == 0) {
            return 0;
        }
        buffer->size = size_before;
        if (!is_transient) {
            return r;
        }
        r = wait_for_retry(fetcher, tries, ret_header, request, err);
        if (r < 0) {
            return r;
        }
    }
}

int sf_fetch_small(struct sf_fetcher *fetcher, const char *url, struct sf_buffer *unverified,
                   struct sf_fetch_validator *validator, bool *ret_is_unchanged,
                   struct sf_error *err)
{
    sf_autofree char *shown = sf_url_redact(url);
    struct sf_http_header header = {.status = 0};
    bool is_conditional =
        validator != NULL && (validator->etag[0] != '\0' || validator->last_modified[0] != '\0');
    struct sf_transfer_request request = {
        .url = url,
        .shown_url = shown,
        .validator = is_conditional ? validator : NULL,
        .on_body = append_small,
        .context = unverified,
    };

    if (shown == NULL) {
        return sf_error_no_memory(err);
    }
    int r = get_small(fetcher, &request, &header, err);

    if (r < 0) {
        return r;
    }
    if (validator != NULL && header.status != 304) {
        memcpy(validator->etag, header.etag, sizeof validator->etag);
        memcpy(validator->last_modified, header.last_modified, sizeof validator->last_modified);
    }
    if (ret_is_unchanged != NULL) {
        *ret_is_unchanged = header.status == 304;
    }
    return 0;
}

/* A large file on its way into the sink. */
struct large {
    const struct sf_fetch_range *range;
    sf_fetch_sink sink;
    void *context;
    uint64_t position; /* the next byte the sink gets */
    uint64_t skip;     /* bytes of this response that it has already */
    bool is_started;   /* this response's first bytes were looked at */
    bool is_whole;     /* this response starts at byte 0 */
    char etag[256];    /* strong, else "" */
};

static int check_partial(const struct large *large, const struct sf_http_header *header,
                         struct sf_error *err)
{
    if (!header->has_range || header->range_first != large->position ||
        header->range_last + 1 != large->range->size_bytes ||
        header->range_total != large->range->size_bytes) {
        return sf_error_set(err, SF_E_REMOTE,
                            "the answer to a range request is another part of the file");
    }
    if (large->etag[0] != '\0' && sf_http_header_has_strong_etag(header) &&
        strcmp(large->etag, header->etag) != 0) {
        return sf_error_set(err, SF_E_REMOTE, "the file changed while it was fetched");
    }
    return 0;
}

static int check_whole(const struct large *large, const struct sf_http_header *header,
                       struct sf_error *err)
{
    if (!header->has_length || header->length == large->range->size_bytes) {
        return 0;
    }
    if (header->is_html) {
        return sf_error_set(err, SF_E_REMOTE, SF_HTML_SENTENCE);
    }
    return sf_error_set(err, SF_E_REMOTE, "the file has %llu bytes, expected %llu",
                        (unsigned long long)header->length,
                        (unsigned long long)large->range->size_bytes);
}

static int judge_large(void *context, const struct sf_http_header *header, struct sf_error *err)
{
    struct large *large = context;
    int r = 0;

    large->is_started = false;
    large->is_whole = header->status == 200;
    large->skip = header->status == 200 ? large->position : 0;
    if (header->status == 206) {
        r = check_partial(large, header, err);
    } else if (header->status == 200) {
        r = check_whole(large, header, err);
    } else if (header->status != 0) {
        r = sf_error_set(err, SF_E_REMOTE, "the server answers %u", header->status);
    }
    if (r == 0 && sf_http_header_has_strong_etag(header)) {
        memcpy(large->etag, header->etag, sizeof large->etag);
    }
    return r;
}

static int take_large(void *context, const void *unverified, size_t size, struct sf_error *err)
{
    struct large *large = context;
    const char *bytes = unverified;

    if (!large->is_started && large->is_whole && sf_html_is_likely(bytes, size)) {
        return sf_error_set(err, SF_E_REMOTE, SF_HTML_SENTENCE);
    }
    large->is_started = true;
    size_t skipped = size < large->skip ? size : (size_t)large->skip;

    large->skip -= skipped;
    bytes += skipped;
    size -= skipped;
    if (size == 0) {
        return 0;
    }
    if (size > large->range->size_bytes - large->position) {
        return sf_error_set(err, SF_E_REMOTE, "the file has more than the expected %llu bytes",
                            (unsigned long long)large->range->size_bytes);
    }
    int r = large->sink(large->context, large->position, bytes, size, err);

    if (r == 0) {
        large->position += size;
    }
    return r;
}

static bool is_large_ended(void *context)
{
    const struct large *large = context;

    return large->range->is_ended != NULL && large->range->is_ended(large->context);
}

/* One try from the position on. */
static int run_large(struct sf_fetcher *fetcher, struct large *large,
                     struct sf_transfer_request *request, struct sf_http_header *ret_header,
                     bool *ret_is_transient, struct sf_error *err)
{
    request->start = large->position;
    request->if_range = large->etag[0] == '\0' ? NULL : large->etag;
    int r = sf_transfer_run(fetcher->transfer, request, ret_header, ret_is_transient, err);

    if (r == 0 && large->position < large->range->size_bytes) {
        *ret_is_transient = true;
        return sf_error_set(err, SF_E_NETWORK, "'%s': ended after %llu of %llu bytes",
                            request->shown_url, (unsigned long long)large->position,
                            (unsigned long long)large->range->size_bytes);
    }
    return r;
}

static int get_large(struct sf_fetcher *fetcher, struct large *large, const char *shown_url,
                     struct sf_error *err)
{
    struct sf_transfer_request request = {
        .url = large->range->url,
        .shown_url = shown_url,
        .on_header = judge_large,
        .on_body = take_large,
        .is_ended = is_large_ended,
        .context = large,
    };
    uint64_t mark = large->position;

    for (uint32_t tries = 0; large->position < large->range->size_bytes; tries++) {
        struct sf_http_header header = {.status = 0};
        bool is_transient = false;
        int r = run_large(fetcher, large, &request, &header, &is_transient, err);

        if (r == 0) {
            return 0;
        }
        if (!is_transient) {
            return r;
        }
        if (large->position - mark >= PROGRESS_BYTES) {
            mark = large->position;
            tries = 0;
        }
        r = wait_for_retry(fetcher, tries, &header, &request, err);
        if (r < 0) {
            return r;
        }
    }
    return 0;
}

int sf_fetch_large(struct sf_fetcher *fetcher, const struct sf_fetch_range *range,
                   sf_fetch_sink sink, void *context, struct sf_error *err)
{
    sf_autofree char *shown = sf_url_redact(range->url);
    struct large large = {
        .range = range,
        .sink = sink,
        .context = context,
        .position = range->start,
    };

    if (shown == NULL) {
        return sf_error_no_memory(err);
    }
    return get_large(fetcher, &large, shown, err);
}
