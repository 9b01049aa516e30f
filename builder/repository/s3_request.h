/*
 * One signed request to S3 and its answer, by libcurl. The connection stays open for the next one.
 *
 * Lifecycle: sf_s3_session_new(), run any number of requests, sf_s3_session_free().
 */
#ifndef SF_BUILDER_REPOSITORY_S3_REQUEST_H
#define SF_BUILDER_REPOSITORY_S3_REQUEST_H

#include "builder/repository/s3_answer.h"
#include "common/base/cleanup.h"

struct sf_digest;
struct sf_s3_session;
struct sf_s3_settings;

enum sf_s3_method { SF_S3_GET, SF_S3_HEAD, SF_S3_PUT, SF_S3_DELETE };

struct sf_s3_request {
    enum sf_s3_method method;
    const char *url;
    const char *const *fields; /* "name: value", names in small letters, NULL at the end */
    int fd;                    /* PUT: what is sent, from its start; GET: where what is received
                                * is written, at its position */
    struct sf_digest *digest;  /* GET: what gets it instead; else NULL */
    uint64_t size_bytes;       /* PUT: of the file */
    const char *sha256;        /* PUT: of the file; S3 takes no other bytes */
};

/* Errors: INCOMPATIBLE when libcurl of this version number (0xXXYYZZ), called `version`, cannot
 * sign what S3 wants signed. */
int sf_s3_session_check(unsigned version_number, const char *version, struct sf_error *err);

/* Borrows `settings` until freed; `stall_timeout_s` is how long nothing may move. Errors:
 * INCOMPATIBLE, CONFIG (settings that libcurl cannot use), NO_MEMORY, INTERNAL. */
int sf_s3_session_new(const struct sf_s3_settings *settings, uint32_t stall_timeout_s,
                      struct sf_s3_session **ret, struct sf_error *err);

/*
 * Runs the request once. 0 when there was an answer, whatever it says. Else `*ret_is_transient`
 * says whether it may work next time. Errors: NETWORK, REMOTE (no HTTP), CONFIG (certificates), IO
 * and NO_SPACE of the file, INTERRUPTED by a signal.
 */
int sf_s3_session_run(struct sf_s3_session *session, const struct sf_s3_request *request,
                      struct sf_s3_answer *ret_answer, bool *ret_is_transient,
                      struct sf_error *err);

void sf_s3_session_free(struct sf_s3_session *session);

SF_DEFINE_AUTO(s3_session, struct sf_s3_session *, sf_s3_session_free)

#endif
