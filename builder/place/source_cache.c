/* The cache of sources, and the places that it is filled from. */
#include "builder/place/source_cache.h"

#include <fcntl.h>
#include <string.h>

#include "builder/recipe/recipe.h"
#include "common/base/buffer.h"
#include "common/base/error.h"
#include "common/base/log.h"
#include "common/base/path.h"
#include "common/base/str.h"
#include "common/content/fetch.h"
#include "common/content/url.h"
#include "common/host/atomic_file.h"
#include "common/host/digest.h"
#include "common/host/dir.h"
#include "common/host/file_lock.h"
#include "common/host/interrupt.h"

#define MAX_SOURCE_BYTES (512UL << 20)
#define LOCK_TIMEOUT_S   600

struct search {
    const struct sf_source_wanted *wanted;
    int cache_fd;
    struct sf_fetcher *fetcher;
    struct sf_strlist refused; /* "PLACE: why not" */
};

static int refuse(struct search *search, const char *place, const char *why, struct sf_error *err)
{
    sf_autofree char *safe = sf_url_redact(place);

    return sf_strlist_take(&search->refused,
                           safe == NULL ? NULL : sf_str_format("%s: %s", safe, why), err);
}

/* 1 when the digest is right. A wrong one is worth a word whatever happens next. */
static int check_digest(struct search *search, const char *place, const char *found,
                        const struct sf_recipe_source *source, struct sf_error *err)
{
    if (strcmp(found, source->sha256) == 0) {
        return 1;
    }

    sf_autofree char *safe = sf_url_redact(place);

    sf_log(SF_LOG_WARNING, "%s has sha256 %s, the recipe says %s; continuing without it",
           safe == NULL ? source->file : safe, found, source->sha256);
    return refuse(search, place, "another sha256 than the recipe's", err);
}

/* 1 when the cache has it. */
static int open_cached(struct search *search, const struct sf_recipe_source *source, int *ret_fd,
                       struct sf_error *err)
{
    sf_autofree char *path = sf_path_join(search->wanted->cache, source->file);
    sf_autoclose int fd = -1;
    char found[SF_DIGEST_HEX];
    uint64_t size = 0;

    if (path == NULL) {
        return sf_error_no_memory(err);
    }
    if (!sf_dir_has(search->cache_fd, source->file)) {
        return refuse(search, path, "not there", err);
    }

    int r = sf_dir_open_file(search->cache_fd, source->file, O_RDONLY, 0, &fd, err);

    if (r == 0) {
        r = sf_digest_fd(fd, found, &size, err);
    }
    if (r == 0) {
        r = check_digest(search, path, found, source, err);
    }
    if (r == 1) {
        *ret_fd = sf_steal_fd(&fd);
    }
    return r;
}

static int read_directory(const char *path, struct sf_buffer *unverified, struct sf_error *err)
{
    sf_autofree char *parent = sf_path_parent(path);
    sf_autoclose int fd = -1;

    if (parent == NULL) {
        return sf_error_no_memory(err);
    }

    int r = sf_dir_open_follow(parent, &fd, err);

    return r < 0 ? r : sf_dir_read_file(fd, sf_path_base(path), unverified, err);
}

static int fetch(struct search *search, const char *url, struct sf_buffer *unverified,
                 struct sf_error *err)
{
    const struct sf_fetch_options options = {
        .proxy = search->wanted->proxy,
        .connect_timeout_s = 15,
        .stall_timeout_s = 60,
        .retries = 3,
        .is_cancelled = sf_interrupt_flag(),
    };
    int r = search->fetcher == NULL ? sf_fetcher_new(&options, &search->fetcher, err) : 0;

    return r < 0 ? r : sf_fetch_small(search->fetcher, url, unverified, NULL, NULL, err);
}

/* 1 when `place`, a path or a URL, has the source; it is in the cache then. */
static int take_from(struct search *search, const char *place,
                     const struct sf_recipe_source *source, struct sf_error *err)
{
    sf_auto(buffer) struct sf_buffer unverified = {.limit_bytes = MAX_SOURCE_BYTES};
    struct sf_error why = {0};
    char found[SF_DIGEST_HEX];
    bool is_url = strstr(place, "://") != NULL;

    if (sf_interrupt_is_pending()) {
        return sf_error_set(err, SF_E_INTERRUPTED, "stopped by a signal");
    }
    if ((is_url ? fetch(search, place, &unverified, &why)
                : read_directory(place, &unverified, &why)) < 0) {
        return refuse(search, place, why.message, err);
    }

    int r = sf_digest_bytes(unverified.data, unverified.size, found, err);

    if (r == 0) {
        r = check_digest(search, place, found, source, err);
    }
    if (r != 1) {
        return r;
    }
    r = sf_atomic_file_write(search->cache_fd, source->file, unverified.data, unverified.size, 0644,
                             err);
    return r < 0 ? r : 1;
}

static int take_from_mirrors(struct search *search, const struct sf_recipe_source *source,
                             struct sf_error *err)
{
    const struct sf_strlist *mirrors = search->wanted->mirrors;
    int r = 0;

    for (size_t i = 0; r == 0 && mirrors != NULL && i < mirrors->count; i++) {
        sf_autofree char *place = sf_path_join(mirrors->items[i], source->file);

        r = place == NULL ? sf_error_no_memory(err) : take_from(search, place, source, err);
    }
    return r;
}

static int take_from_origin(struct search *search, const struct sf_recipe_source *source,
                            struct sf_error *err)
{
    int r = 0;

    for (size_t i = 0; r == 0 && i < source->urls.count; i++) {
        r = take_from(search, source->urls.items[i], source, err);
    }
    return r;
}

/* Cache first, for all of them; then all mirrors, which are near; the origin last. */
static int find(struct search *search, int *ret_fd, const struct sf_recipe_source **ret_source,
                struct sf_error *err)
{
    const struct sf_source_wanted *wanted = search->wanted;

    for (size_t i = 0; i < wanted->count; i++) {
        int r = open_cached(search, &wanted->sources[i], ret_fd, err);

        if (r != 0) {
            *ret_source = r == 1 ? &wanted->sources[i] : *ret_source;
            return r;
        }
    }
    for (size_t round = 0; round < 2; round++) {
        for (size_t i = 0; i < wanted->count; i++) {
            const struct sf_recipe_source *source = &wanted->sources[i];
            int r = round == 0 ? take_from_mirrors(search, source, err)
                               : take_from_origin(search, source, err);

            if (r == 1) {
                *ret_source = source;
                return open_cached(search, source, ret_fd, err);
            }
            if (r < 0) {
                return r;
            }
        }
    }
    return 0;
}

static int not_found(const struct search *search, struct sf_error *err)
{
    sf_autofree char *places = sf_strlist_join(&search->refused, "; ");

    return sf_error_set(err, SF_E_NOT_FOUND,
                        "the source is nowhere to be had; give --mirror=DIR with it. %s",
                        places == NULL ? "" : places);
}

int sf_source_open(const struct sf_source_wanted *wanted, int *ret_fd,
                   const struct sf_recipe_source **ret_source, struct sf_error *err)
{
    struct search search = {.wanted = wanted, .cache_fd = -1};
    sf_autoclose int lock_fd = -1;
    sf_autoclose int top_fd = -1;
    int r = sf_dir_open_follow("/", &top_fd, err);

    if (r == 0) {
        r = sf_dir_make_in_root(top_fd, wanted->cache, 0755, &search.cache_fd, err);
    }
    /* Builds that need the same source wait for the first of them to fetch it. */
    if (r == 0) {
        r = sf_file_lock_take(search.cache_fd, ".lock", "build", LOCK_TIMEOUT_S, &lock_fd, err);
    }
    if (r == 0) {
        r = find(&search, ret_fd, ret_source, err);
        r = r == 0 ? not_found(&search, err) : r;
    }
    sf_fetcher_free(search.fetcher);
    sf_strlist_done(&search.refused);
    sf_cleanup_close(&search.cache_fd);
    return r == 1 ? 0 : r;
}
