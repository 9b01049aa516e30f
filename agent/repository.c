/* The repository as this node accepts it: mirrors, signature, freshness. */
#include "agent/repository.h"

#include <stdlib.h>
#include <string.h>

#include "agent/context.h"
#include "agent/options.h"
#include "common/base/buffer.h"
#include "common/base/clock.h"
#include "common/base/error.h"
#include "common/base/log.h"
#include "common/base/path.h"
#include "common/base/str.h"
#include "common/base/strlist.h"
#include "common/content/fetch.h"
#include "common/content/html.h"
#include "common/content/keyring.h"
#include "common/content/signature.h"
#include "common/format/config.h"
#include "common/host/digest.h"
#include "common/store/layout.h"

/* A node's clock may be this much behind the one that made the index. */
#define CLOCK_SKEW_S 600

/* What is known from before; `index` is NULL on a node that never accepted one. */
struct known {
    struct sf_repo_index *index;
    struct sf_index_origin origin;
    char keys_digest[SF_DIGEST_HEX];
};

int sf_repository_fetcher(const struct sf_agent *agent, struct sf_fetcher **ret,
                          struct sf_error *err)
{
    const struct sf_config *config = agent->config;
    const struct sf_fetch_options options = {
        .proxy = config->proxy,
        .connect_timeout_s = config->connect_timeout_s,
        .stall_timeout_s = config->stall_timeout_s,
        .min_rate_bytes_per_s = config->min_rate_bytes_per_s,
        .retries = config->retries,
        .is_cancelled = agent->is_cancelled,
    };

    return sf_fetcher_new(&options, ret, err);
}

static bool is_configured(const struct sf_agent *agent, const char *url)
{
    return sf_strlist_has(&agent->config->urls, url);
}

/* The mirrors to ask: the one named by --repo, else the configured ones. */
static int add_mirrors(const struct sf_agent *agent, struct sf_strlist *mirrors,
                       struct sf_error *err)
{
    if (agent->options->repository != NULL) {
        return sf_strlist_add(mirrors, agent->options->repository, err);
    }
    for (size_t i = 0; i < agent->config->urls.count; i++) {
        int r = sf_strlist_add(mirrors, agent->config->urls.items[i], err);

        if (r < 0) {
            return r;
        }
    }
    if (mirrors->count == 0) {
        return sf_error_set(err, SF_E_CONFIG,
                            "no repository is configured: set url= in section [repository] of "
                            "/etc/sf-agent/sf-agent.conf, or name one with --repo");
    }
    return 0;
}

static int judge_time(const struct sf_repo_index *index, const struct sf_repo_index *stored,
                      int64_t now_s, struct sf_error *err)
{
    char date[SF_CLOCK_TEXT_SIZE];
    char now[SF_CLOCK_TEXT_SIZE];
    int64_t floor_s = stored == NULL ? 0 : stored->created_s;
    int64_t at_least_s = now_s > floor_s ? now_s : floor_s;

    if (index->expires_s <= at_least_s) {
        sf_clock_format(index->expires_s, date);
        return sf_error_set(err, SF_E_STALE,
                            "the index of repository '%s' expired on %s (serial %llu): have it "
                            "signed anew with `sf-builder index`, or use a mirror that is up to "
                            "date",
                            index->repository, date, (unsigned long long)index->serial);
    }
    if (index->created_s > now_s + CLOCK_SKEW_S) {
        sf_clock_format(index->created_s, date);
        sf_clock_format(now_s, now);
        return sf_error_set(err, SF_E_STALE,
                            "the index of repository '%s' was made on %s, but this node's clock "
                            "says %s: set the clock",
                            index->repository, date, now);
    }
    return 0;
}

int sf_repository_judge(const struct sf_repo_index *index, const char *sha256,
                        const struct sf_repo_index *stored, const struct sf_index_origin *origin,
                        int64_t now_s, struct sf_error *err)
{
    int r = judge_time(index, stored, now_s, err);

    if (r < 0 || stored == NULL) {
        return r;
    }
    if (!sf_str_is_equal(index->repository, stored->repository)) {
        return sf_error_set(err, SF_E_STALE,
                            "the repository calls itself '%s', but '%s' was accepted from there "
                            "before: if that is meant, remove /var/lib/sf-agent/index.json",
                            index->repository, stored->repository);
    }
    if (index->serial < stored->serial) {
        return sf_error_set(err, SF_E_STALE,
                            "the serial of repository '%s' went back from %llu to %llu: an old "
                            "mirror or a replayed index; what was accepted before stays",
                            index->repository, (unsigned long long)stored->serial,
                            (unsigned long long)index->serial);
    }
    if (index->serial == stored->serial && !sf_str_is_equal(sha256, origin->sha256)) {
        return sf_error_set(err, SF_E_STALE,
                            "serial %llu of repository '%s' was seen before with other content: "
                            "have it published anew under the next serial",
                            (unsigned long long)index->serial, index->repository);
    }
    return 0;
}

/* What was accepted counts as long as the administrator still names where it came from. */
static int load_known(const struct sf_agent *agent, const struct sf_strlist *mirrors,
                      struct known *known, struct sf_error *err)
{
    int r = agent->keys_fd < 0 ? 0 : sf_keyring_digest(agent->keys_fd, known->keys_digest, err);

    if (r < 0) {
        return sf_error_prefix(err, "pinned keys '%s': ", agent->keys_name);
    }
    r = sf_state_load_index(agent->layout, &known->index, &known->origin, err);
    if (r < 0 && err->code == SF_E_FORMAT) {
        sf_log(SF_LOG_WARNING, "%s, continuing without what it remembered", err->message);
        r = -(int)SF_E_NOT_FOUND;
    }
    if (r < 0) {
        return r == -(int)SF_E_NOT_FOUND ? 0 : r;
    }
    if (!is_configured(agent, known->origin.url) && !sf_strlist_has(mirrors, known->origin.url)) {
        sf_repo_index_free(known->index);
        known->index = NULL;
    }
    return 0;
}

static int open_keyring(const struct sf_agent *agent, struct sf_keyring **ret, struct sf_error *err)
{
    if (agent->keys_fd < 0) {
        return sf_error_set(err, SF_E_SIGNATURE,
                            "there is no key directory %s: put the repository's public key there",
                            agent->keys_name == NULL ? "/etc/sf-agent/keys.d" : agent->keys_name);
    }
    return sf_keyring_open(agent->keys_fd, agent->keys_name, ret, err);
}

/* What the new index has to follow on: not what another repository, asked once by --repo, said. */
static const struct sf_repo_index *comparable(const struct sf_agent *agent,
                                              const struct known *known,
                                              const struct sf_repo_index *index,
                                              const struct sf_index_origin *origin)
{
    bool is_other = known->index != NULL && !is_configured(agent, origin->url) &&
                    !sf_str_is_equal(index->repository, known->index->repository);

    return is_other ? NULL : known->index;
}

/* What carries no signature at all is told apart: a web page is somebody else's answer. */
static int verify_text(const struct sf_agent *agent, const struct sf_keyring *keyring,
                       const struct sf_buffer *unverified, struct sf_buffer *text,
                       struct sf_signer *signer, struct sf_error *err)
{
    int r = sf_signature_verify_clear(keyring, unverified->data, unverified->size, agent->now_s,
                                      text, signer, err);

    if (r != -(int)SF_E_FORMAT) {
        return r;
    }
    if (sf_html_is_likely(unverified->data, unverified->size)) {
        return sf_error_set(err, SF_E_REMOTE, "the index is " SF_HTML_SENTENCE);
    }
    return sf_error_set(err, SF_E_SIGNATURE,
                        "the index is not signed: have it signed with `sf-builder index`");
}

/* From bytes of the network to an index that may be believed. */
static int accept_bytes(struct sf_agent *agent, const struct sf_buffer *unverified,
                        const struct known *known, struct sf_buffer *text,
                        struct sf_repo_index **ret_index, struct sf_index_origin *origin,
                        struct sf_error *err)
{
    sf_auto(keyring) struct sf_keyring *keyring = NULL;
    sf_auto(repo_index) struct sf_repo_index *index = NULL;
    struct sf_signer signer = {0};
    int r = open_keyring(agent, &keyring, err);

    if (r == 0) {
        r = verify_text(agent, keyring, unverified, text, &signer, err);
    }
    if (r == 0) {
        r = sf_repo_index_parse(text->data, text->size, &index, err);
    }
    if (r == 0) {
        r = sf_digest_bytes(text->data, text->size, origin->sha256, err);
    }
    if (r == 0) {
        r = sf_repository_judge(index, origin->sha256, comparable(agent, known, index, origin),
                                &known->origin, agent->now_s, err);
    }
    if (r < 0) {
        return r;
    }
    (void)snprintf(origin->signer, sizeof origin->signer, "%s", signer.fingerprint);
    *ret_index = sf_steal(&index);
    return 0;
}

static int store(struct sf_agent *agent, const struct sf_buffer *text,
                 const struct sf_index_origin *origin, struct sf_error *err)
{
    if (agent->options->is_check || !is_configured(agent, origin->url) ||
        agent->layout->state_fd < 0) {
        return 0;
    }
    return sf_state_save_index(agent->layout, text->data, text->size, origin, err);
}

/* The stored index stands: the mirror has nothing newer. */
static int keep_known(const struct sf_agent *agent, struct known *known,
                      struct sf_repo_index **ret_index, struct sf_index_origin *ret_origin,
                      struct sf_error *err)
{
    int r = judge_time(known->index, known->index, agent->now_s, err);

    if (r < 0) {
        return r;
    }
    *ret_index = sf_steal(&known->index);
    *ret_origin = known->origin;
    return 0;
}

static int ask_mirror(struct sf_agent *agent, struct sf_fetcher *fetcher, const char *mirror,
                      struct known *known, struct sf_repo_index **ret_index,
                      struct sf_index_origin *ret_origin, struct sf_error *err)
{
    sf_auto(buffer) struct sf_buffer unverified = {.limit_bytes = SF_INDEX_MAX_BYTES};
    sf_auto(buffer) struct sf_buffer text = {.limit_bytes = SF_INDEX_MAX_BYTES};
    sf_autofree char *url = sf_path_join(mirror, SF_INDEX_NAME);
    struct sf_fetch_validator validator = {0};
    struct sf_index_origin origin = {.accepted_s = agent->now_s};
    bool is_unchanged = false;

    if (url == NULL) {
        return sf_error_no_memory(err);
    }
    if (known->index != NULL && sf_str_is_equal(known->origin.url, mirror) &&
        sf_str_is_equal(known->origin.keys_digest, known->keys_digest)) {
        memcpy(validator.etag, known->origin.etag, sizeof validator.etag);
        memcpy(validator.last_modified, known->origin.last_modified,
               sizeof validator.last_modified);
    }
    int r = sf_fetch_small(fetcher, url, &unverified, &validator, &is_unchanged, err);

    if (r < 0) {
        return r;
    }
    if (is_unchanged) {
        return keep_known(agent, known, ret_index, ret_origin, err);
    }
    (void)snprintf(origin.url, sizeof origin.url, "%s", mirror);
    memcpy(origin.etag, validator.etag, sizeof origin.etag);
    memcpy(origin.last_modified, validator.last_modified, sizeof origin.last_modified);
    memcpy(origin.keys_digest, known->keys_digest, sizeof origin.keys_digest);
    r = accept_bytes(agent, &unverified, known, &text, ret_index, &origin, err);
    if (r < 0) {
        return sf_error_prefix(err, "%s: ", mirror);
    }
    *ret_origin = origin;
    return store(agent, &text, &origin, err);
}

/*
 * Of the failures of several mirrors the one to tell is the first that says something is wrong
 * with the repository; that a host could not be reached is told when there is nothing else.
 */
static void keep_most_telling(struct sf_error *kept, const struct sf_error *next)
{
    if (kept->code == SF_OK || (kept->code == SF_E_NETWORK && next->code != SF_E_NETWORK)) {
        *kept = *next;
    }
}

int sf_repository_refresh(struct sf_agent *agent, struct sf_fetcher *fetcher,
                          struct sf_repo_index **ret_index, struct sf_index_origin *ret_origin,
                          bool *ret_is_new, struct sf_error *err)
{
    sf_auto(strlist) struct sf_strlist mirrors = {0};
    struct known known = {0};
    struct sf_error kept = {0};
    int r = add_mirrors(agent, &mirrors, err);

    if (r == 0) {
        r = load_known(agent, &mirrors, &known, err);
    }
    if (r < 0) {
        return r;
    }
    for (size_t i = 0; i < mirrors.count; i++) {
        uint64_t before = known.index == NULL ? 0 : known.index->serial;

        r = ask_mirror(agent, fetcher, mirrors.items[i], &known, ret_index, ret_origin, err);
        if (r == 0) {
            *ret_is_new = (*ret_index)->serial != before;
            break;
        }
        keep_most_telling(&kept, err);
        if (r == -(int)SF_E_INTERRUPTED) {
            break;
        }
        if (i + 1 < mirrors.count) {
            sf_log(SF_LOG_WARNING, "%s, continuing with the next mirror", err->message);
        }
    }
    if (known.index != NULL) {
        sf_repo_index_free(known.index);
    }
    if (r < 0) {
        *err = kept;
        return -(int)kept.code;
    }
    return 0;
}

int sf_repository_stored(const struct sf_agent *agent, struct sf_repo_index **ret_index,
                         struct sf_index_origin *ret_origin, struct sf_error *err)
{
    sf_auto(repo_index) struct sf_repo_index *index = NULL;
    int r = sf_state_load_index(agent->layout, &index, ret_origin, err);

    if (r == 0) {
        r = judge_time(index, index, agent->now_s, err);
    }
    if (r < 0) {
        return r;
    }
    *ret_index = sf_steal(&index);
    return 0;
}

int sf_repository_urls(const struct sf_agent *agent, const struct sf_index_origin *origin,
                       const char *path, struct sf_strlist *ret_urls, struct sf_error *err)
{
    sf_auto(strlist) struct sf_strlist mirrors = {0};
    int r = sf_strlist_add(&mirrors, origin->url, err);

    if (r == 0) {
        r = add_mirrors(agent, &mirrors, err);
    }
    for (size_t i = 0; r == 0 && i < mirrors.count; i++) {
        if (i == 0 || !sf_str_is_equal(mirrors.items[i], origin->url)) {
            r = sf_strlist_take(ret_urls, sf_path_join(mirrors.items[i], path), err);
        }
    }
    return r;
}
