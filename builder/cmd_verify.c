/* `sf-builder verify`: looks at a repository as a node does, and at all of it. */
#include "builder/commands.h"

#include "builder/operand_url.h"
#include "builder/repository/index_report.h"
#include "builder/repository/remote_check.h"
#include "common/base/buffer.h"
#include "common/base/clock.h"
#include "common/base/error.h"
#include "common/base/str.h"
#include "common/base/strlist.h"
#include "common/cli/report.h"
#include "common/content/fetch.h"
#include "common/content/keyring.h"
#include "common/content/signature.h"
#include "common/format/manifest.h"
#include "common/format/repo_index.h"
#include "common/host/dir.h"

struct verify_options {
    struct sf_builder_options common;
    const char *keys;
    bool is_full;
};

static const struct sf_option table[] = {
    {"keys", 0, SF_OPTION_TEXT, "DIR", offsetof(struct verify_options, keys),
     "public keys that nodes trust"},
    {"full", 0, SF_OPTION_FLAG, NULL, offsetof(struct verify_options, is_full),
     "get the artifacts too and check every block"},
    {0},
};

static const struct sf_fetch_options fetch_options = {
    .connect_timeout_s = 15, .stall_timeout_s = 30, .min_rate_bytes_per_s = 1024, .retries = 2};

static int verify_text(const char *keys, const struct sf_buffer *unverified,
                       struct sf_buffer *ret_text, struct sf_signer *ret_signer,
                       struct sf_error *err)
{
    sf_auto(keyring) struct sf_keyring *keyring = NULL;
    sf_autoclose int keys_fd = -1;
    int r = sf_dir_open_follow(keys, &keys_fd, err);

    if (r < 0) {
        return r;
    }

    r = sf_keyring_open(keys_fd, keys, &keyring, err);
    if (r < 0) {
        return r;
    }
    return sf_signature_verify_clear(keyring, unverified->data == NULL ? "" : unverified->data,
                                     unverified->size, sf_clock_now_s(), ret_text, ret_signer, err);
}

static int get_index(const struct sf_remote *remote, const char *keys, struct sf_repo_index **ret,
                     struct sf_signer *ret_signer, struct sf_error *err)
{
    sf_auto(buffer) struct sf_buffer unverified = {.limit_bytes = SF_INDEX_MAX_BYTES};
    sf_auto(buffer) struct sf_buffer text = {.limit_bytes = SF_INDEX_MAX_BYTES};
    sf_autofree char *url = sf_str_format("%s/" SF_INDEX_NAME, remote->url);
    int r = url == NULL ? sf_error_no_memory(err)
                        : sf_fetch_small(remote->fetcher, url, &unverified, /* validator= */ NULL,
                                         /* ret_is_unchanged= */ NULL, err);

    if (r < 0) {
        return r;
    }

    r = verify_text(keys, &unverified, &text, ret_signer, err);
    if (r < 0) {
        return sf_error_prefix(err, "%s: ", url);
    }
    return sf_repo_index_parse(text.data, text.size, ret, err);
}

static int check_artifact(const struct sf_remote *remote, const struct sf_index_artifact *artifact,
                          bool is_full, struct sf_error *err)
{
    sf_auto(manifest) struct sf_manifest *manifest = NULL;
    int r = sf_remote_check_manifest(remote, artifact, &manifest, err);

    if (r < 0 || !is_full) {
        return r;
    }
    return sf_remote_check_bytes(remote, artifact, manifest, err);
}

/* Goes on after a problem: whoever repairs a repository wants to know all of them. */
static int check_artifacts(const struct sf_remote *remote, const struct sf_repo_index *index,
                           bool is_full, struct sf_strlist *problems, struct sf_error *err)
{
    struct sf_error problem = {0};
    int r = 0;

    if (index->expires_s < sf_clock_now_s()) {
        r = sf_strlist_add(problems, "the index is expired: run 'sf-builder index'", err);
    }
    for (size_t i = 0; r == 0 && i < index->artifact_count; i++) {
        const struct sf_index_artifact *artifact = &index->artifacts[i];

        if (check_artifact(remote, artifact, is_full, &problem) < 0) {
            r = sf_strlist_take(problems, sf_str_format("%s: %s", artifact->path, problem.message),
                                err);
        }
    }
    return r;
}

static void report_findings(struct sf_report *report, const struct sf_repo_index *index,
                            const struct sf_strlist *problems)
{
    sf_index_report(report, problems->count == 0 ? "good" : "damaged", index);
    sf_report_list(report, "problems", problems);
    for (size_t i = 0; i < problems->count; i++) {
        sf_report_line(report, "problem: %s", problems->items[i]);
    }
}

static int verify(const struct verify_options *options, const struct sf_remote *remote,
                  struct sf_report *report, struct sf_error *err)
{
    sf_auto(repo_index) struct sf_repo_index *index = NULL;
    sf_auto(strlist) struct sf_strlist problems = {0};
    struct sf_signer signer = {0};
    int r = get_index(remote, options->keys, &index, &signer, err);

    if (r < 0) {
        return r;
    }

    r = check_artifacts(remote, index, options->is_full, &problems, err);
    if (r < 0) {
        return r;
    }
    report_findings(report, index, &problems);
    sf_report_line(report, "signed by %s; %s", signer.fingerprint,
                   options->is_full ? "every byte of the artifacts read" : "manifests read");
    sf_report_text(report, "signer", signer.fingerprint);
    sf_report_flag(report, "full", options->is_full);
    if (problems.count > 0) {
        return sf_error_set(err, index->expires_s < sf_clock_now_s() ? SF_E_STALE : SF_E_INTEGRITY,
                            "%s: %zu problems, the first: %s", remote->url, problems.count,
                            problems.items[0]);
    }
    return 0;
}

static int run(void *context, const void *options, char **operands, int operand_count,
               struct sf_error *err)
{
    const struct sf_builder *builder = context;
    const struct verify_options *wanted = options;
    sf_auto(fetcher) struct sf_fetcher *fetcher = NULL;
    sf_autofree char *url = NULL;

    (void)operand_count;
    if (wanted->keys == NULL) {
        return sf_error_set(err, SF_E_USAGE, "--keys is missing");
    }

    int r = sf_operand_url(operands[0], &url, err);

    if (r < 0) {
        return r;
    }

    r = sf_fetcher_new(&fetch_options, &fetcher, err);
    if (r < 0) {
        return r;
    }

    struct sf_remote remote = {fetcher, url};

    return verify(wanted, &remote, builder->report, err);
}

const struct sf_command sf_command_verify = {
    .name = "verify",
    .aliases = "check",
    .operands = "URL|DIR",
    .summary = "check a repository as a node sees it",
    .help = "Gets the index, checks its signature against the keys and its expiry, and compares "
            "the manifest of each artifact with it; with --full every block of the artifacts too. "
            "Prints all problems that it finds.",
    .min_operands = 1,
    .max_operands = 1,
    .options = table,
    .shared = sf_builder_shared_options,
    .options_size = sizeof(struct verify_options),
    .run = run,
};
