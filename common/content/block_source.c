/* A stream of verified blocks, filled by a thread. */
#include "common/content/block_source.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "common/base/error.h"
#include "common/base/str.h"
#include "common/base/strlist.h"
#include "common/content/block_queue.h"
#include "common/content/fetch.h"
#include "common/content/html.h"
#include "common/content/verified_file.h"
#include "common/format/manifest.h"
#include "common/host/digest.h"
#include "common/host/dir.h"

#define MAX_BLOCK_BYTES (16UL << 20)
#define NO_BLOCK        UINT64_MAX

/* What the bytes must be. */
struct plan {
    uint64_t size_bytes;
    uint64_t block_size_bytes;
    const char (*blocks)[65]; /* borrowed */
    size_t block_count;
};

struct sf_block_source {
    struct plan plan;
    int (*produce)(struct sf_block_source *source, struct sf_error *err);
    struct sf_block_queue *queue;
    int file_fd; /* verified file: borrowed; remote: the partial, owned */
    bool is_remote;
    struct sf_block_remote remote; /* when is_remote */
    pthread_t thread;
    bool has_thread;

    /* The thread's alone. */
    uint64_t position;  /* first byte of the block that is next */
    char *block;        /* it, while it is being filled; else NULL */
    size_t fill;        /* bytes in it */
    uint64_t bad_block; /* index of the last block that differed, or NO_BLOCK */
};

static int open_block(struct sf_block_source *source, struct sf_error *err)
{
    source->fill = 0;
    return sf_block_queue_room(source->queue, &source->block, err);
}

/* A block that did not become whole or good is begun anew. */
static void drop_block(struct sf_block_source *source)
{
    source->block = NULL;
    source->fill = 0;
}

static size_t block_size(const struct sf_block_source *source)
{
    uint64_t left = source->plan.size_bytes - source->position;

    return (size_t)(left < source->plan.block_size_bytes ? left : source->plan.block_size_bytes);
}

static uint64_t block_index(const struct sf_block_source *source)
{
    return source->position / source->plan.block_size_bytes;
}

/* INTEGRITY unless the bytes are those the digest was made of. */
static int check_block(struct sf_block_source *source, struct sf_error *err)
{
    uint64_t index = block_index(source);
    char hex[SF_DIGEST_HEX];
    int r = sf_digest_bytes(source->block, source->fill, hex, err);

    if (r < 0) {
        return r;
    }
    if (sf_str_is_equal(hex, source->plan.blocks[index])) {
        return 0;
    }
    return sf_error_set(err, SF_E_INTEGRITY, "block %llu of %zu is not what was signed%s%s",
                        (unsigned long long)index + 1, source->plan.block_count,
                        sf_html_is_likely(source->block, source->fill) ? ": " : "",
                        sf_html_is_likely(source->block, source->fill) ? SF_HTML_SENTENCE : "");
}

/* Hands the block, which was checked, to the reader. */
static void push_block(struct sf_block_source *source)
{
    size_t size = source->fill;

    source->position += size;
    drop_block(source);
    sf_block_queue_push(source->queue, size);
    if (source->is_remote && source->remote.progress != NULL) {
        source->remote.progress(size);
    }
}

static int read_block(struct sf_block_source *source, struct sf_error *err)
{
    size_t size = block_size(source);

    while (source->fill < size) {
        ssize_t n = pread(source->file_fd, source->block + source->fill, size - source->fill,
                          (off_t)(source->position + source->fill));

        if (n < 0 && errno == EINTR) {
            continue;
        }
        if (n < 0) {
            return sf_error_errno(err, errno, "read block %llu",
                                  (unsigned long long)block_index(source) + 1);
        }
        if (n == 0) {
            return sf_error_set(err, SF_E_INTEGRITY,
                                "the file is shorter than when it was verified");
        }
        source->fill += (size_t)n;
    }
    return check_block(source, err);
}

/* Streams the blocks of the file, checking each again, until the end or the first that differs. */
static int produce_from_file(struct sf_block_source *source, struct sf_error *err)
{
    while (source->position < source->plan.size_bytes) {
        int r = open_block(source, err);

        if (r == 0) {
            r = read_block(source, err);
        }
        if (r < 0) {
            return r;
        }
        push_block(source);
    }
    return 0;
}

/* Appends the block's bytes to the partial file. */
static int keep_block(struct sf_block_source *source, struct sf_error *err)
{
    size_t done = 0;

    while (done < source->fill) {
        ssize_t n = pwrite(source->file_fd, source->block + done, source->fill - done,
                           (off_t)(source->position + done));

        if (n < 0 && errno == EINTR) {
            continue;
        }
        if (n < 0) {
            return sf_error_errno(err, errno, "write '%s'", source->remote.partial_name);
        }
        done += (size_t)n;
    }
    return 0;
}

static int end_block(struct sf_block_source *source, struct sf_error *err)
{
    int r = check_block(source, err);

    if (r == 0) {
        r = keep_block(source, err);
    }
    if (r == 0) {
        push_block(source);
    }
    return r;
}

/* The sink of the transfer: cuts what arrives into blocks. */
static int take_bytes(void *context, uint64_t offset, const void *unverified, size_t size,
                      struct sf_error *err)
{
    struct sf_block_source *source = context;
    const char *bytes = unverified;
    int r = 0;

    if (offset != source->position + source->fill) {
        return sf_error_set(err, SF_E_INTERNAL, "bytes arrive out of order");
    }
    while (r == 0 && size > 0) {
        if (source->block == NULL) {
            r = open_block(source, err);
        }
        if (r < 0) {
            return r;
        }
        size_t room = block_size(source) - source->fill;
        size_t part = size < room ? size : room;

        memcpy(source->block + source->fill, bytes, part);
        source->fill += part;
        bytes += part;
        size -= part;
        if (part == room) {
            r = end_block(source, err);
        }
    }
    return r;
}

/* Whether another mirror, or one more try, may help. */
static bool is_worth_another(struct sf_block_source *source, size_t tries, enum sf_code code)
{
    bool has_mirror = tries + 1 < source->remote.urls->count;
    uint64_t index = block_index(source);

    if (code == SF_E_NETWORK || code == SF_E_REMOTE) {
        return has_mirror;
    }
    if (code != SF_E_INTEGRITY || source->bad_block == index) {
        return false;
    }
    source->bad_block = index;
    return true;
}

static bool is_unwanted(void *context)
{
    const struct sf_block_source *source = context;

    return sf_block_queue_is_closed(source->queue);
}

static int fetch_rest(struct sf_block_source *source, struct sf_error *err)
{
    const struct sf_strlist *urls = source->remote.urls;

    for (size_t tries = 0; source->position < source->plan.size_bytes; tries++) {
        struct sf_fetch_range range = {
            .url = urls->items[tries % urls->count],
            .start = source->position,
            .size_bytes = source->plan.size_bytes,
            .is_ended = is_unwanted,
        };
        int r = sf_fetch_large(source->remote.fetcher, &range, take_bytes, source, err);

        drop_block(source);
        if (r < 0 && !is_worth_another(source, tries, err->code)) {
            return r;
        }
    }
    return 0;
}

static int produce_from_remote(struct sf_block_source *source, struct sf_error *err)
{
    struct sf_error doubt;
    int r = produce_from_file(source, &doubt);

    /* The partial is only a help: from its first doubtful block on the network is asked. */
    if (r == -(int)SF_E_INTERRUPTED || r == -(int)SF_E_NO_MEMORY) {
        *err = doubt;
        return r;
    }
    drop_block(source);
    if (ftruncate(source->file_fd, (off_t)source->position) < 0) {
        return sf_error_errno(err, errno, "truncate '%s'", source->remote.partial_name);
    }
    return fetch_rest(source, err);
}

static void *run_thread(void *context)
{
    struct sf_block_source *source = context;
    struct sf_error error = {.code = SF_OK};
    int r = source->produce(source, &error);

    sf_block_queue_end(source->queue, r, &error);
    return NULL;
}

/* Signals are the main thread's. */
static int start_thread(struct sf_block_source *source, struct sf_error *err)
{
    sigset_t all;
    sigset_t before;

    (void)sigfillset(&all);
    (void)pthread_sigmask(SIG_SETMASK, &all, &before);
    int errnum = pthread_create(&source->thread, NULL, run_thread, source);

    (void)pthread_sigmask(SIG_SETMASK, &before, NULL);
    if (errnum != 0) {
        return sf_error_errno(err, errnum, "start a thread");
    }
    source->has_thread = true;
    return 0;
}

/* So that no index computed from the plan can leave the table. */
static bool is_plan_sound(const struct plan *plan)
{
    if (plan->block_size_bytes == 0 || plan->block_size_bytes > MAX_BLOCK_BYTES ||
        plan->size_bytes > INT64_MAX) {
        return false;
    }
    uint64_t whole = plan->size_bytes / plan->block_size_bytes;

    return plan->block_count == whole + (plan->size_bytes % plan->block_size_bytes != 0);
}

static int source_new(const struct plan *plan, struct sf_block_source **ret, struct sf_error *err)
{
    if (!is_plan_sound(plan)) {
        return sf_error_set(err, SF_E_FORMAT, "the block digests do not fit the artifact's size");
    }
    sf_auto(block_source) struct sf_block_source *source = calloc(1, sizeof *source);

    if (source == NULL) {
        return sf_error_no_memory(err);
    }
    source->plan = *plan;
    source->file_fd = -1;
    source->bad_block = NO_BLOCK;
    int r = sf_block_queue_new(SF_BLOCK_SOURCE_DEPTH, plan->block_size_bytes, &source->queue, err);

    if (r < 0) {
        return r;
    }
    *ret = sf_steal(&source);
    return 0;
}

static int open_partial(const struct sf_block_remote *remote, int *ret_fd, struct sf_error *err)
{
    sf_autoclose int fd = -1;
    struct stat status;
    int r = sf_dir_open_file(remote->cache_fd, remote->partial_name,
                             O_RDWR | O_CREAT | O_NOFOLLOW | O_NONBLOCK, 0600, &fd, err);

    if (r < 0) {
        return r;
    }
    if (fstat(fd, &status) < 0 || !S_ISREG(status.st_mode)) {
        return sf_error_set(err, SF_E_IO, "'%s' is not a regular file", remote->partial_name);
    }
    *ret_fd = sf_steal_fd(&fd);
    return 0;
}

int sf_block_source_open_remote(const struct sf_block_remote *remote, struct sf_block_source **ret,
                                struct sf_error *err)
{
    sf_auto(block_source) struct sf_block_source *source = NULL;
    const struct plan plan = {
        .size_bytes = remote->manifest->artifact_size_bytes,
        .block_size_bytes = remote->manifest->block_size_bytes,
        .blocks = (const char(*)[65])remote->manifest->blocks,
        .block_count = remote->manifest->block_count,
    };

    if (remote->urls->count == 0) {
        return sf_error_set(err, SF_E_INTERNAL, "no mirror to fetch from");
    }
    int r = source_new(&plan, &source, err);

    if (r < 0) {
        return r;
    }
    source->produce = produce_from_remote;
    source->is_remote = true;
    source->remote = *remote;
    r = open_partial(remote, &source->file_fd, err);
    if (r == 0) {
        r = start_thread(source, err);
    }
    if (r < 0) {
        return r;
    }
    *ret = sf_steal(&source);
    return 0;
}

int sf_block_source_open_file(const struct sf_verified_file *file, struct sf_block_source **ret,
                              struct sf_error *err)
{
    sf_auto(block_source) struct sf_block_source *source = NULL;
    const struct plan plan = {
        .size_bytes = file->size_bytes,
        .block_size_bytes = file->block_size_bytes,
        .blocks = (const char(*)[65])file->blocks,
        .block_count = file->block_count,
    };
    int r = source_new(&plan, &source, err);

    if (r < 0) {
        return r;
    }
    source->produce = produce_from_file;
    source->file_fd = file->fd;
    r = start_thread(source, err);
    if (r < 0) {
        return r;
    }
    *ret = sf_steal(&source);
    return 0;
}

int sf_block_source_next(struct sf_block_source *source, const void **ret_bytes, size_t *ret_size,
                         struct sf_error *err)
{
    return sf_block_queue_take(source->queue, ret_bytes, ret_size, err);
}

void sf_block_source_free(struct sf_block_source *source)
{
    if (source == NULL) {
        return;
    }
    if (source->has_thread) {
        sf_block_queue_close(source->queue);
        (void)pthread_join(source->thread, NULL);
    }
    if (source->is_remote) {
        sf_cleanup_close(&source->file_fd);
    }
    sf_block_queue_free(source->queue);
    free(source);
}
