/*
 * Bytes from a repository by libcurl: http, https, file. Mirrors in order, proxy only from the
 * configuration, conditional GET, resume with If-Range, stall and total deadlines, retries with
 * full jitter and Retry-After, sizes counted as they arrive, never believed from headers.
 * Redirects: at most 5, http and https only, never from https to http.
 *
 * Lifecycle: sf_fetcher_new() once a run, any number of calls, sf_fetcher_free().
 */
#ifndef SF_CONTENT_FETCH_H
#define SF_CONTENT_FETCH_H

#include "common/base/cleanup.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct sf_buffer;
struct sf_error;
struct sf_fetcher;

struct sf_fetch_options {
    const char *proxy; /* NULL: none; the environment is not read */
    uint32_t connect_timeout_s;
    uint32_t stall_timeout_s;      /* without a byte */
    uint32_t min_rate_bytes_per_s; /* on average, the stall timeout granted in advance; 0: any */
    uint32_t retries;              /* after the first try, anew after each MiB received */
    const volatile bool *is_cancelled; /* set by a signal handler; may be NULL */
};

/* Copies what it needs of `options`. Errors: NO_MEMORY, INTERNAL. */
int sf_fetcher_new(const struct sf_fetch_options *options, struct sf_fetcher **ret,
                   struct sf_error *err);
void sf_fetcher_free(struct sf_fetcher *fetcher);
SF_DEFINE_AUTO(fetcher, struct sf_fetcher *, sf_fetcher_free)

/* What identifies the copy one has, for a conditional GET; empty strings for none. */
struct sf_fetch_validator {
    char etag[256];
    char last_modified[64];
};

/*
 * Gets the small file `url` whole into `unverified` (its ceiling is the limit; FORMAT is recoded
 * REMOTE "more than N bytes"). With `validator` non-NULL and non-empty the GET is conditional:
 * `*ret_is_unchanged` true means 304 and nothing was read; on 200 the validator is updated. Pass
 * NULL for both otherwise. Errors: NETWORK (after the retries; naming URL and reason), REMOTE (404
 * and the like, HTML where data was expected is the caller's to see), INTERRUPTED.
 */
int sf_fetch_small(struct sf_fetcher *fetcher, const char *url, struct sf_buffer *unverified,
                   struct sf_fetch_validator *validator, bool *ret_is_unchanged,
                   struct sf_error *err);

/*
 * Receives bytes of a large transfer in order. `offset` is where `bytes` belong in the whole
 * file. A negative return ends the transfer with that error (not retried).
 */
typedef int (*sf_fetch_sink)(void *context, uint64_t offset, const void *bytes, size_t size,
                             struct sf_error *err);

struct sf_fetch_range {
    const char *url;
    uint64_t start;      /* first byte wanted */
    uint64_t size_bytes; /* of the whole file; one byte more is an error */
    /* Polled about once a second, with the sink's context; true ends the transfer, INTERRUPTED. May
     * be NULL. */
    bool (*is_ended)(void *context);
};

/*
 * Gets the rest of a file from `start` into `sink`, with Range, and If-Range once a strong ETag is
 * known. After a broken connection it resumes where the sink was (the bytes the sink took stay
 * taken). A 200 to a Range request: the bytes before the position are skipped. A 206 that does not
 * start where asked, 416, another total, an HTML page: REMOTE. Errors also: NETWORK, INTERRUPTED,
 * the sink's. What the bytes are is the sink's to check: a file replaced by another of the same
 * size while it is fetched looks like one file here.
 */
int sf_fetch_large(struct sf_fetcher *fetcher, const struct sf_fetch_range *range,
                   sf_fetch_sink sink, void *context, struct sf_error *err);

#endif
