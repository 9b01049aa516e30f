/*
 * The repository as this node accepts it: mirrors in order, the index verified by pinned keys and
 * judged against what was accepted before.
 */
#ifndef SF_AGENT_REPOSITORY_H
#define SF_AGENT_REPOSITORY_H

#include "common/format/repo_index.h"
#include "common/store/state.h"

#include <stdbool.h>
#include <stdint.h>

struct sf_agent;
struct sf_error;
struct sf_fetcher;
struct sf_strlist;

/* A fetcher as the configuration wants it. */
int sf_repository_fetcher(const struct sf_agent *agent, struct sf_fetcher **ret,
                          struct sf_error *err);

/*
 * Asks the mirrors in order until one gives an acceptable index, and stores it (not with --check,
 * nor one from --repo that the configuration does not name). `*ret_is_new`: other than the stored
 * one. A mirror that fails is a warning when a later one succeeds. Errors: CONFIG (no repository),
 * NETWORK, REMOTE, SIGNATURE, STALE, FORMAT.
 */
int sf_repository_refresh(struct sf_agent *agent, struct sf_fetcher *fetcher,
                          struct sf_repo_index **ret_index, struct sf_index_origin *ret_origin,
                          bool *ret_is_new, struct sf_error *err);

/* The last accepted index, without the network. Errors: NOT_FOUND, STALE (expired since). */
int sf_repository_stored(const struct sf_agent *agent, struct sf_repo_index **ret_index,
                         struct sf_index_origin *ret_origin, struct sf_error *err);

/* `path` at each mirror, the one that gave the index first. */
int sf_repository_urls(const struct sf_agent *agent, const struct sf_index_origin *origin,
                       const char *path, struct sf_strlist *ret_urls, struct sf_error *err);

/*
 * The rules by which an authenticated index is accepted (pure). `stored` is NULL when none was
 * accepted before; the text's sha256 tells whether the same serial has other content. A clock
 * behind what was already seen does not make an expired index fresh. Errors: STALE, with dates or
 * serials and the way out.
 */
int sf_repository_judge(const struct sf_repo_index *index, const char *sha256,
                        const struct sf_repo_index *stored, const struct sf_index_origin *origin,
                        int64_t now_s, struct sf_error *err);

#endif
