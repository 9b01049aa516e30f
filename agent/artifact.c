/* An artifact chosen for installation: its manifest and its verified bytes. */
#include "agent/artifact.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>

#include "agent/context.h"
#include "agent/repository.h"
#include "common/base/buffer.h"
#include "common/base/error.h"
#include "common/base/log.h"
#include "common/base/path.h"
#include "common/base/str.h"
#include "common/content/block_source.h"
#include "common/content/fetch.h"
#include "common/content/html.h"
#include "common/content/keyring.h"
#include "common/content/unpack.h"
#include "common/host/digest.h"
#include "common/host/dir.h"
#include "common/store/layout.h"

#define SIGNATURE_MAX_BYTES 65536

static bool is_same_release(const struct sf_release *a, const struct sf_release *b)
{
    char text_a[SF_RELEASE_ID_SIZE];
    char text_b[SF_RELEASE_ID_SIZE];

    sf_release_format(a, text_a);
    sf_release_format(b, text_b);
    return sf_str_is_equal(text_a, text_b);
}

/* The manifest at one of the mirrors, believed because the index names its digest. */
static int fetch_manifest_from(struct sf_fetcher *fetcher, const struct sf_index_artifact *entry,
                               const char *url, struct sf_manifest **ret, struct sf_error *err)
{
    sf_auto(buffer) struct sf_buffer unverified = {.limit_bytes = entry->manifest_size_bytes};
    char digest[SF_DIGEST_HEX];

    int r = sf_fetch_small(fetcher, url, &unverified, NULL, NULL, err);

    if (r == 0) {
        r = sf_digest_bytes(unverified.data, unverified.size, digest, err);
    }
    if (r < 0) {
        return r;
    }
    if (!sf_str_is_equal(digest, entry->manifest_sha256)) {
        if (sf_html_is_likely(unverified.data, unverified.size)) {
            return sf_error_set(err, SF_E_REMOTE, "'%s': " SF_HTML_SENTENCE, url);
        }
        return sf_error_set(err, SF_E_INTEGRITY,
                            "%s is not the manifest that the index names (%zu bytes, %llu "
                            "expected): the repository is being published, or was tampered with",
                            url, unverified.size, (unsigned long long)entry->manifest_size_bytes);
    }
    return sf_manifest_parse(unverified.data, unverified.size, ret, err);
}

static int fetch_manifest(const struct sf_agent *agent, struct sf_fetcher *fetcher,
                          const struct sf_index_artifact *entry,
                          const struct sf_index_origin *origin, struct sf_manifest **ret,
                          struct sf_error *err)
{
    sf_auto(strlist) struct sf_strlist urls = {0};
    sf_autofree char *path = sf_str_format("%s.manifest.json", entry->path);

    if (path == NULL) {
        return sf_error_no_memory(err);
    }
    int r = sf_repository_urls(agent, origin, path, &urls, err);

    if (r < 0) {
        return r;
    }
    for (size_t i = 0; i < urls.count; i++) {
        r = fetch_manifest_from(fetcher, entry, urls.items[i], ret, err);
        if (r == 0 || r == -(int)SF_E_INTERRUPTED) {
            return r;
        }
        if (i + 1 < urls.count) {
            sf_log(SF_LOG_WARNING, "%s, continuing with the next mirror", err->message);
        }
    }
    return r;
}

int sf_artifact_open_remote(const struct sf_agent *agent, struct sf_fetcher *fetcher,
                            const struct sf_index_artifact *entry,
                            const struct sf_index_origin *origin, struct sf_artifact *ret,
                            struct sf_error *err)
{
    sf_auto(artifact) struct sf_artifact artifact = {
        .file.fd = -1, .fetcher = fetcher, .size_bytes = entry->size_bytes};
    int r = fetch_manifest(agent, fetcher, entry, origin, &artifact.manifest, err);

    if (r == 0) {
        r = sf_repository_urls(agent, origin, entry->path, &artifact.urls, err);
    }
    if (r < 0) {
        return r;
    }
    if (!is_same_release(&artifact.manifest->release, &entry->release) ||
        artifact.manifest->artifact_size_bytes != entry->size_bytes) {
        return sf_error_set(err, SF_E_INTEGRITY,
                            "the manifest of %s describes another release or size than the index",
                            entry->path);
    }
    (void)snprintf(artifact.partial_name, sizeof artifact.partial_name, "%s.partial",
                   entry->sha256);
    *ret = artifact;
    artifact = (struct sf_artifact){.file.fd = -1};
    return 0;
}

bool sf_artifact_is_path(const char *operand)
{
    return strchr(operand, '/') != NULL || sf_str_has_suffix(operand, ".tar.zst");
}

/* Reads <path>.asc; an empty buffer when there is none. */
static int read_signature(int dir_fd, const char *name, struct sf_buffer *unverified,
                          struct sf_error *err)
{
    sf_autofree char *asc = sf_str_format("%s.asc", name);

    if (asc == NULL) {
        return sf_error_no_memory(err);
    }
    return sf_dir_has(dir_fd, asc) ? sf_dir_read_file(dir_fd, asc, unverified, err) : 0;
}

static int verify_by_index(const struct sf_agent *agent, int unverified_fd, const char *name,
                           struct sf_verified_file *ret, struct sf_error *err)
{
    sf_auto(repo_index) struct sf_repo_index *index = NULL;
    struct sf_index_origin origin;
    struct sf_error ignored;

    if (sf_repository_stored(agent, &index, &origin, &ignored) == 0) {
        for (size_t i = 0; i < index->artifact_count; i++) {
            if (sf_str_is_equal(sf_path_base(index->artifacts[i].path), name)) {
                return sf_verified_file_by_digest(unverified_fd, index->artifacts[i].sha256, ret,
                                                  err);
            }
        }
    }
    return sf_error_set(err, SF_E_SIGNATURE,
                        "not signed: put its detached signature beside it as %s.asc, or run "
                        "`sf-agent refresh` on a repository that lists it",
                        name);
}

static int verify_by_signature(const struct sf_agent *agent, int unverified_fd,
                               const struct sf_buffer *unverified_signature,
                               struct sf_verified_file *ret, struct sf_error *err)
{
    sf_auto(keyring) struct sf_keyring *keyring = NULL;

    if (agent->keys_fd < 0) {
        return sf_error_set(err, SF_E_SIGNATURE,
                            "there is no key directory %s: put the publisher's public key there",
                            agent->keys_name == NULL ? "/etc/sf-agent/keys.d" : agent->keys_name);
    }
    int r = sf_keyring_open(agent->keys_fd, agent->keys_name, &keyring, err);

    return r < 0 ? r
                 : sf_signature_verify_file(keyring, unverified_fd, unverified_signature->data,
                                            unverified_signature->size, agent->now_s, ret, err);
}

static int verify_local(const struct sf_agent *agent, const char *path,
                        struct sf_verified_file *ret, struct sf_error *err)
{
    sf_auto(buffer) struct sf_buffer signature = {.limit_bytes = SIGNATURE_MAX_BYTES};
    sf_autofree char *directory = sf_path_parent(path);
    sf_autoclose int dir_fd = -1;
    sf_autoclose int unverified_fd = -1;
    const char *name = sf_path_base(path);

    if (directory == NULL) {
        return sf_error_no_memory(err);
    }
    int r = sf_dir_open_follow(directory, &dir_fd, err);

    if (r == 0) {
        r = sf_dir_open_file(dir_fd, name, O_RDONLY, 0, &unverified_fd, err);
    }
    if (r == 0) {
        r = read_signature(dir_fd, name, &signature, err);
    }
    if (r < 0) {
        return r;
    }
    r = signature.size > 0 ? verify_by_signature(agent, unverified_fd, &signature, ret, err)
                           : verify_by_index(agent, unverified_fd, name, ret, err);
    if (r == 0) {
        (void)sf_steal_fd(&unverified_fd);
    }
    return r;
}

/* A renamed file is somebody's mistake, or an old release offered as a new one (threat 22). */
static int check_name(const char *path, const struct sf_manifest *manifest, struct sf_error *err)
{
    struct sf_release named;
    struct sf_error ignored;
    char id[SF_RELEASE_ID_SIZE];

    if (sf_release_parse_artifact_name(sf_path_base(path), &named, &ignored) < 0 ||
        is_same_release(&named, &manifest->release)) {
        return 0;
    }
    sf_release_format(&manifest->release, id);
    return sf_error_set(err, SF_E_INTEGRITY,
                        "holds release %s, not the one its name says: give it back its own name",
                        id);
}

int sf_artifact_open_local(const struct sf_agent *agent, const char *path, struct sf_artifact *ret,
                           struct sf_error *err)
{
    sf_auto(artifact) struct sf_artifact artifact = {.file.fd = -1, .is_local = true};
    sf_auto(block_source) struct sf_block_source *source = NULL;
    int r = verify_local(agent, path, &artifact.file, err);

    if (r == 0) {
        r = sf_block_source_open_file(&artifact.file, &source, err);
    }
    if (r == 0) {
        r = sf_unpack_read_manifest(source, &artifact.manifest, err);
    }
    if (r == 0) {
        r = check_name(path, artifact.manifest, err);
    }
    if (r < 0) {
        return sf_error_prefix(err, "'%s': ", path);
    }
    artifact.size_bytes = artifact.file.size_bytes;
    *ret = artifact;
    artifact = (struct sf_artifact){.file.fd = -1};
    return 0;
}

int sf_artifact_stream(const struct sf_agent *agent, const struct sf_artifact *artifact,
                       void (*progress)(uint64_t), struct sf_block_source **ret,
                       struct sf_error *err)
{
    if (artifact->is_local) {
        return sf_block_source_open_file(&artifact->file, ret, err);
    }
    const struct sf_block_remote remote = {
        .fetcher = artifact->fetcher,
        .urls = &artifact->urls,
        .manifest = artifact->manifest,
        .cache_fd = agent->layout->cache_fd,
        .partial_name = artifact->partial_name,
        .progress = progress,
    };

    return sf_block_source_open_remote(&remote, ret, err);
}

void sf_artifact_forget_partial(const struct sf_agent *agent, const struct sf_artifact *artifact)
{
    struct sf_error err;

    if (!artifact->is_local &&
        sf_dir_remove(agent->layout->cache_fd, artifact->partial_name, &err) < 0) {
        sf_log(SF_LOG_WARNING, "%s, continuing without removing the download", err.message);
    }
}

void sf_artifact_done(struct sf_artifact *artifact)
{
    if (artifact->manifest != NULL) {
        sf_manifest_free(artifact->manifest);
    }
    sf_verified_file_done(&artifact->file);
    sf_strlist_done(&artifact->urls);
    *artifact = (struct sf_artifact){.file.fd = -1};
}
