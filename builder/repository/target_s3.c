/* A bucket of S3 to publish to. */
#include "builder/repository/target.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "builder/repository/s3_listing.h"
#include "builder/repository/s3_place.h"
#include "builder/repository/s3_request.h"
#include "builder/repository/s3_settings.h"
#include "common/base/backoff.h"
#include "common/base/buffer.h"
#include "common/base/clock.h"
#include "common/base/error.h"
#include "common/base/log.h"
#include "common/base/str.h"
#include "common/format/repo_index.h"
#include "common/host/digest.h"
#include "common/host/dir.h"
#include "common/host/interrupt.h"

#define STALL_TIMEOUT_S  60
#define MAX_TRIES        8
#define MAX_WAIT_MS      300000 /* in all, between the tries of one request */
#define SLICE_MS         100
#define MAX_PAGE_BYTES   (8UL << 20)
#define MAX_PAGES        1000
#define MAX_UPLOAD_BYTES (5ULL << 30) /* what S3 takes in one piece */

struct s3 {
    struct sf_s3_settings settings;
    struct sf_s3_place place;
    struct sf_s3_session *session;
    bool has_seen_index;
    struct sf_s3_answer seen_index; /* what it was when it was read last */
};

static void free_s3(void *self)
{
    struct s3 *s3 = self;

    sf_s3_session_free(s3->session);
    sf_s3_place_done(&s3->place);
    sf_s3_settings_done(&s3->settings);
    free(s3);
}

int sf_target_s3_open(const char *where, void **ret_self, struct sf_error *err)
{
    struct s3 *s3 = calloc(1, sizeof *s3);

    if (s3 == NULL) {
        return sf_error_no_memory(err);
    }
    int r = sf_s3_settings_read(&s3->settings, err);

    if (r == 0) {
        r = sf_s3_place_read(&s3->place, where, &s3->settings, err);
    }
    if (r == 0) {
        r = sf_s3_session_new(&s3->settings, STALL_TIMEOUT_S, &s3->session, err);
    }
    if (r < 0) {
        free_s3(s3);
        return r;
    }
    *ret_self = s3;
    return 0;
}

/* False when it was interrupted. */
static bool sleep_ms(uint32_t wait_ms)
{
    const struct timespec slice = {.tv_nsec = SLICE_MS * 1000000L};
    int64_t end_ms = sf_clock_monotonic_ms() + wait_ms;

    while (sf_clock_monotonic_ms() < end_ms && !sf_interrupt_is_pending()) {
        (void)nanosleep(&slice, NULL);
    }
    return !sf_interrupt_is_pending();
}

/* Waits before the next try; negative: there is none. */
static int wait_for_retry(uint32_t tries, uint32_t retry_after_s, uint32_t *waited_ms,
                          struct sf_error *err)
{
    uint32_t wait_ms = sf_backoff_ms(tries);

    wait_ms = wait_ms < retry_after_s * 1000 ? retry_after_s * 1000 : wait_ms;
    if (tries + 1 >= MAX_TRIES || *waited_ms + wait_ms > MAX_WAIT_MS) {
        return sf_error_prefix(err, "tried %u times: ", tries + 1);
    }
    sf_log(SF_LOG_NOTICE, "%s, trying again in %u ms", err->message, wait_ms);
    *waited_ms += wait_ms;
    return sleep_ms(wait_ms) ? 0 : sf_error_set(err, SF_E_INTERRUPTED, "interrupted");
}

static int run_once(struct s3 *s3, const struct sf_s3_request *request, unsigned expected,
                    struct sf_s3_answer *answer, bool *ret_is_transient, struct sf_error *err)
{
    int r = sf_s3_session_run(s3->session, request, answer, ret_is_transient, err);

    if (r == 0) {
        r = sf_s3_answer_judge(answer, expected, s3->settings.source, ret_is_transient, err);
    }
    return r < 0 ? sf_error_prefix(err, "'%s': ", request->url) : 0;
}

/* What a broken try has received does not count. */
static int begin_anew(const struct sf_s3_request *request, off_t start, struct sf_error *err)
{
    if (request->method == SF_S3_GET && request->digest == NULL &&
        (ftruncate(request->fd, start) < 0 || lseek(request->fd, start, SEEK_SET) < 0)) {
        return sf_error_errno(err, errno, "write what was received");
    }
    char ignored[SF_DIGEST_HEX];

    return request->digest == NULL ? 0 : sf_digest_finish(request->digest, ignored, err);
}

/* 0: the answer's status is a 2xx or `expected`. */
static int run(struct s3 *s3, const struct sf_s3_request *request, unsigned expected,
               struct sf_s3_answer *answer, struct sf_error *err)
{
    off_t start = request->method == SF_S3_GET && request->digest == NULL
                      ? lseek(request->fd, 0, SEEK_CUR)
                      : 0;
    uint32_t waited_ms = 0;

    if (start < 0) {
        return sf_error_errno(err, errno, "write what was received");
    }
    for (uint32_t tries = 0;; tries++) {
        bool is_transient = false;

        *answer = (struct sf_s3_answer){.status = 0};
        int r = run_once(s3, request, expected, answer, &is_transient, err);

        if (r == 0 || !is_transient) {
            return r;
        }

        r = wait_for_retry(tries, answer->retry_after_s, &waited_ms, err);
        if (r == 0) {
            r = begin_anew(request, start, err);
        }
        if (r < 0) {
            return r;
        }
    }
}

static int make_url(const struct s3 *s3, const char *path, char **ret, struct sf_error *err)
{
    *ret = sf_s3_place_url(&s3->place, path);
    return *ret == NULL ? sf_error_no_memory(err) : 0;
}

static int get(void *self, const char *path, int fd, bool *ret_is_there, struct sf_error *err)
{
    struct s3 *s3 = self;
    struct sf_s3_answer answer;
    sf_autofree char *url = NULL;
    int r = make_url(s3, path, &url, err);

    if (r < 0) {
        return r;
    }
    const struct sf_s3_request request = {.method = SF_S3_GET, .url = url, .fd = fd};

    r = run(s3, &request, 404, &answer, err);
    if (r < 0) {
        return r;
    }
    if (strcmp(path, SF_INDEX_NAME) == 0) {
        s3->has_seen_index = true;
        s3->seen_index = answer;
    }
    *ret_is_there = answer.status != 404;
    return 0;
}

/* The digest of the object at `url`, "" when there is none; computed where its publisher did not
 * note it. */
static int look(struct s3 *s3, const char *url, char sha256[static SF_DIGEST_HEX],
                struct sf_error *err)
{
    sf_auto(digest) struct sf_digest *digest = NULL;
    struct sf_s3_answer answer;
    const struct sf_s3_request head = {.method = SF_S3_HEAD, .url = url, .fd = -1};
    int r = run(s3, &head, 404, &answer, err);

    if (r < 0) {
        return r;
    }
    memcpy(sha256, answer.sha256, SF_DIGEST_HEX);
    if (answer.status == 404 || sha256[0] != '\0') {
        return 0;
    }

    r = sf_digest_new(&digest, err);
    if (r < 0) {
        return r;
    }
    const struct sf_s3_request whole = {
        .method = SF_S3_GET, .url = url, .fd = -1, .digest = digest};

    r = run(s3, &whole, 404, &answer, err);
    return r < 0 || answer.status == 404 ? r : sf_digest_finish(digest, sha256, err);
}

static const char *type_of(const char *path)
{
    static const char *const types[][2] = {{".json", "content-type: application/json"},
                                           {".asc", "content-type: text/plain"},
                                           {".zst", "content-type: application/zstd"}};

    for (size_t i = 0; i < sizeof types / sizeof *types; i++) {
        if (sf_str_has_suffix(path, types[i][0])) {
            return types[i][1];
        }
    }
    return "content-type: application/octet-stream";
}

/* One file on its way to one URL. */
struct upload {
    const char *path;
    char *url;
    int fd;
    uint64_t size_bytes;
    char sha256[SF_DIGEST_HEX];
    const char *cache_control; /* the whole field */
    const char *condition;     /* the whole field; NULL for none */
};

/* `*ret_status` is 412 when the condition does not hold. A server that knows no conditions (501) is
 * asked without. */
static int send(struct s3 *s3, const struct upload *upload, struct sf_s3_answer *answer,
                struct sf_error *err)
{
    sf_autofree char *digest = sf_str_format("x-amz-meta-sha256: %s", upload->sha256);
    const char *fields[] = {upload->cache_control, type_of(upload->path), digest, upload->condition,
                            NULL};
    const struct sf_s3_request request = {.method = SF_S3_PUT,
                                          .url = upload->url,
                                          .fields = fields,
                                          .fd = upload->fd,
                                          .size_bytes = upload->size_bytes,
                                          .sha256 = upload->sha256};

    if (digest == NULL) {
        return sf_error_no_memory(err);
    }
    int r = run(s3, &request, 412, answer, err);

    if (r < 0 && answer->status == 501 && upload->condition != NULL) {
        fields[3] = NULL;
        r = run(s3, &request, 412, answer, err);
    }
    return r;
}

static int prepare(const struct s3 *s3, struct upload *upload, struct sf_error *err)
{
    struct stat status;

    if (fstat(upload->fd, &status) < 0) {
        return sf_error_errno(err, errno, "read '%s'", upload->path);
    }
    if ((uint64_t)status.st_size > MAX_UPLOAD_BYTES) {
        return sf_error_set(err, SF_E_USAGE,
                            "'%s' is larger than the 5 GiB that S3 takes in one piece: publish to "
                            "a directory or over rsync, or copy a directory there with another "
                            "tool, index.json.asc last",
                            upload->path);
    }

    int r = sf_digest_fd(upload->fd, upload->sha256, &upload->size_bytes, err);

    return r < 0 ? r : make_url(s3, upload->path, &upload->url, err);
}

static int put_new(struct s3 *s3, const struct upload *upload, struct sf_error *err)
{
    char theirs[SF_DIGEST_HEX] = "";
    struct sf_s3_answer answer;
    int r = look(s3, upload->url, theirs, err);

    if (r == 0 && theirs[0] == '\0') {
        r = send(s3, upload, &answer, err);
        /* It may be ours: the answer to an earlier try was lost, or another run was faster. */
        if (r == 0 && answer.status == 412) {
            r = look(s3, upload->url, theirs, err);
        } else if (r == 0) {
            return 0;
        }
    }
    if (r < 0 || strcmp(theirs, upload->sha256) == 0) {
        return r;
    }
    return sf_error_set(err, SF_E_USAGE,
                        "'%s' is published with other bytes, and a name never gets others: raise "
                        "--build",
                        upload->path);
}

static int put(void *self, const char *path, int fd, struct sf_error *err)
{
    struct upload upload = {
        .path = path,
        .fd = fd,
        .cache_control = "cache-control: public, max-age=31536000, immutable",
        .condition = "if-none-match: *",
    };
    int r = prepare(self, &upload, err);

    if (r == 0) {
        r = put_new(self, &upload, err);
    }
    free(upload.url);
    return r;
}

/* What is replaced has to be what was read, where the server can tell. */
static void set_condition(const struct s3 *s3, struct upload *upload, char *text, size_t room)
{
    if (!s3->has_seen_index || strcmp(upload->path, SF_INDEX_NAME) != 0) {
        return;
    }
    if (s3->seen_index.status == 404) {
        upload->condition = "if-none-match: *";
    } else if (s3->seen_index.etag[0] == '"') {
        (void)snprintf(text, room, "if-match: %s", s3->seen_index.etag);
        upload->condition = text;
    }
}

static int replace_seen(struct s3 *s3, const struct upload *upload, struct sf_error *err)
{
    char theirs[SF_DIGEST_HEX] = "";
    struct sf_s3_answer answer;
    int r = send(s3, upload, &answer, err);

    if (r == 0 && answer.status == 412) {
        r = look(s3, upload->url, theirs, err);
        if (r == 0 && strcmp(theirs, upload->sha256) != 0) {
            r = sf_error_set(err, SF_E_BUSY, "'%s' was replaced by another run: try again",
                             upload->path);
        }
    }
    return r;
}

static int replace(void *self, const char *path, int fd, struct sf_error *err)
{
    struct s3 *s3 = self;
    char condition[sizeof s3->seen_index.etag + 16];
    struct upload upload = {.path = path, .fd = fd, .cache_control = "cache-control: no-cache"};
    int r = prepare(s3, &upload, err);

    if (r == 0) {
        set_condition(s3, &upload, condition, sizeof condition);
        r = replace_seen(s3, &upload, err);
    }
    /* What is there now was not read yet. */
    s3->has_seen_index = false;
    free(upload.url);
    return r;
}

static int remove_object(void *self, const char *path, struct sf_error *err)
{
    struct sf_s3_answer answer;
    sf_autofree char *url = NULL;
    int r = make_url(self, path, &url, err);

    if (r < 0) {
        return r;
    }
    const struct sf_s3_request request = {.method = SF_S3_DELETE, .url = url, .fd = -1};

    return run(self, &request, 404, &answer, err);
}

static char *page_url(const struct s3 *s3, const char *last)
{
    const struct sf_s3_place *place = &s3->place;
    sf_autofree char *folder = sf_str_format("%s%s", place->prefix, place->prefix[0] ? "/" : "");
    sf_autofree char *prefix = folder == NULL ? NULL : sf_s3_place_encode(folder, "");
    sf_autofree char *after = sf_s3_place_encode(last == NULL ? "" : last, "");

    if (prefix == NULL || after == NULL) {
        return NULL;
    }
    return sf_str_format("%s/?list-type=2&prefix=%s%s%s", place->base, prefix,
                         last == NULL ? "" : "&start-after=", after);
}

/* The page after the key `*last` (NULL: the first), which becomes the last of this one, NULL when
 * there are no more. */
static int list_page(struct s3 *s3, char **last, struct sf_strlist *paths, struct sf_error *err)
{
    sf_auto(buffer) struct sf_buffer unverified = {.limit_bytes = MAX_PAGE_BYTES};
    sf_autoclose int fd = memfd_create("page", MFD_CLOEXEC);
    sf_autofree char *url = page_url(s3, *last);
    const struct sf_s3_request request = {.method = SF_S3_GET, .url = url, .fd = fd};
    struct sf_s3_answer answer;
    char *next = NULL;

    if (fd < 0 || url == NULL) {
        return sf_error_no_memory(err);
    }
    int r = run(s3, &request, 0, &answer, err);

    if (r == 0) {
        r = lseek(fd, 0, SEEK_SET) < 0 ? sf_error_errno(err, errno, "read a page")
                                       : sf_dir_read_fd(fd, "a page", &unverified, err);
    }
    if (r == 0) {
        r = sf_s3_listing_read(unverified.data == NULL ? "" : unverified.data, s3->place.prefix,
                               paths, &next, err);
    }
    if (r < 0) {
        return r;
    }
    free(*last);
    *last = next;
    return 0;
}

static int list(void *self, struct sf_strlist *ret_paths, struct sf_error *err)
{
    sf_auto(strlist) struct sf_strlist paths = {0};
    sf_autofree char *last = NULL;

    for (int pages = 0; pages == 0 || last != NULL; pages++) {
        int r = pages < MAX_PAGES ? list_page(self, &last, &paths, err)
                                  : sf_error_set(err, SF_E_REMOTE,
                                                 "more than %d pages of files: publish to a prefix "
                                                 "of its own",
                                                 MAX_PAGES);

        if (r < 0) {
            return r;
        }
    }
    sf_strlist_sort(&paths);
    *ret_paths = paths;
    paths = (struct sf_strlist){0};
    return 0;
}

const struct sf_target_kind sf_target_s3 = {
    .get = get,
    .put = put,
    .replace = replace,
    .remove = remove_object,
    .list = list,
    .free = free_s3,
};
