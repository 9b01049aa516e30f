/*
 * One request and its response by libcurl, judged: fine, or an error that may or may not go away
 * when tried again. The connection stays open for the next one.
 *
 * Lifecycle: sf_transfer_new(), run any number of times, sf_transfer_free().
 */
#ifndef SF_CONTENT_TRANSFER_H
#define SF_CONTENT_TRANSFER_H

#include "common/base/cleanup.h"
#include "common/content/fetch.h"
#include "common/content/http_header.h"

struct sf_error;
struct sf_transfer;

struct sf_transfer_request {
    const char *url;
    const char *shown_url;                      /* for messages: no password in it */
    const struct sf_fetch_validator *validator; /* conditional GET; NULL: not */
    const char *if_range;                       /* strong ETag; NULL: none */
    uint64_t start;                             /* above 0: Range from there */
    /* Judges the header of a 2xx, before any byte of the body; may be NULL. */
    int (*on_header)(void *context, const struct sf_http_header *header, struct sf_error *err);
    /* Takes bytes of the body of a 2xx. A negative return of either ends the run with it. */
    int (*on_body)(void *context, const void *bytes, size_t size, struct sf_error *err);
    bool (*is_ended)(void *context); /* may be NULL */
    void *context;
};

/* Copies what it needs of `options`, but borrows is_cancelled until freed. Errors: NO_MEMORY,
 * INTERNAL. */
int sf_transfer_new(const struct sf_fetch_options *options, struct sf_transfer **ret,
                    struct sf_error *err);

/*
 * Runs the request; 0 after a complete 2xx or 304. `*ret_header` is what the last response said and
 * `*ret_is_transient` whether a failure may go away; both are also set on failure. Errors: NETWORK,
 * REMOTE, INTERRUPTED, the callbacks' own.
 */
int sf_transfer_run(struct sf_transfer *transfer, const struct sf_transfer_request *request,
                    struct sf_http_header *ret_header, bool *ret_is_transient,
                    struct sf_error *err);

void sf_transfer_free(struct sf_transfer *transfer);

SF_DEFINE_AUTO(transfer, struct sf_transfer *, sf_transfer_free)

#endif
