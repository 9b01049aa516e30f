/* `sf-builder index`: lists and signs what a repository holds. */
#include "builder/commands.h"

#include <stdlib.h>
#include <sys/file.h>

#include "builder/repository/index_make.h"
#include "builder/repository/index_old.h"
#include "builder/repository/index_report.h"
#include "builder/repository/index_scan.h"
#include "common/base/buffer.h"
#include "common/base/error.h"
#include "common/base/strlist.h"
#include "common/cli/report.h"
#include "common/content/sign.h"
#include "common/format/repo_index.h"
#include "common/host/atomic_file.h"
#include "common/host/dir.h"

struct index_options {
    struct sf_builder_options common;
    const char *repository;
    const char *name;
    const char *signer;
    const char *keys;
    const char *percent;
    uint32_t expires_days;
    bool is_halted;
    struct sf_strlist yanked;
};

static const struct sf_option table[] = {
    {"repository", 0, SF_OPTION_TEXT, "REPO", offsetof(struct index_options, repository),
     "the repository, a directory"},
    {"name", 0, SF_OPTION_TEXT, "NAME", offsetof(struct index_options, name),
     "name of the repository; later runs keep it"},
    {"sign", 0, SF_OPTION_TEXT, "FINGERPRINT", offsetof(struct index_options, signer),
     "key to sign with, default the only one in GNUPGHOME"},
    {"keys", 0, SF_OPTION_TEXT, "DIR", offsetof(struct index_options, keys),
     "check the old index against these public keys first"},
    {"expires-days", 0, SF_OPTION_NUMBER, "N", offsetof(struct index_options, expires_days),
     "days until it has to be signed anew, default 30"},
    {"percent", 0, SF_OPTION_TEXT, "N", offsetof(struct index_options, percent),
     "share of nodes that may upgrade by itself; ends a halt"},
    {"halt", 0, SF_OPTION_FLAG, NULL, offsetof(struct index_options, is_halted),
     "no node upgrades by itself until --percent is given"},
    {"yank", 0, SF_OPTION_LIST, "VERSION-BUILD", offsetof(struct index_options, yanked),
     "withdraw this release; it stays withdrawn"},
    {0},
};

static int check_options(const struct index_options *options, struct sf_error *err)
{
    if (options->repository == NULL) {
        return sf_error_set(err, SF_E_USAGE, "--repository is missing");
    }
    return 0;
}

static int write_index(const char *signer, int repository_fd, const struct sf_repo_index *index,
                       struct sf_error *err)
{
    sf_auto(buffer) struct sf_buffer message = {.limit_bytes = SF_INDEX_MAX_BYTES};
    int r = sf_index_sign(index, signer, &message, err);

    if (r < 0) {
        return r;
    }
    return sf_atomic_file_write(repository_fd, SF_INDEX_NAME, message.data, message.size, 0644,
                                err);
}

static int make_index(const struct index_options *options, int repository_fd,
                      struct sf_repo_index *index, struct sf_error *err)
{
    const struct sf_index_wishes wishes = {
        .name = options->name,
        .percent = options->percent,
        .is_halted = options->is_halted,
        .expires_days = options->expires_days,
        .withdrawn = &options->yanked,
    };
    sf_auto(repo_index) struct sf_repo_index *old = NULL;
    int r = sf_index_old_read(repository_fd, options->keys, &old, err);

    if (r < 0) {
        return r;
    }

    r = sf_index_begin(&wishes, old, index, err);
    if (r < 0) {
        return r;
    }

    r = sf_index_scan(repository_fd, index, err);
    return r < 0 ? r : sf_index_finish(&wishes, old, index, err);
}

static int run(void *context, const void *options, char **operands, int operand_count,
               struct sf_error *err)
{
    const struct sf_builder *builder = context;
    const struct index_options *wanted = options;
    sf_auto(repo_index) struct sf_repo_index *index = NULL;
    sf_autoclose int repository_fd = -1;
    char signer[41];
    int r = check_options(wanted, err);

    (void)operands;
    (void)operand_count;
    if (r < 0) {
        return r;
    }

    r = sf_sign_choose(wanted->signer, signer, err);
    if (r < 0) {
        return r;
    }

    r = sf_dir_open_follow(wanted->repository, &repository_fd, err);
    if (r < 0) {
        return r;
    }
    /* Of two at once the second continues the first; without locks they are the owner's care. */
    (void)flock(repository_fd, LOCK_EX);
    index = calloc(1, sizeof *index);
    if (index == NULL) {
        return sf_error_no_memory(err);
    }

    r = make_index(wanted, repository_fd, index, err);
    if (r < 0) {
        return r;
    }

    r = write_index(signer, repository_fd, index, err);
    if (r < 0) {
        return r;
    }
    sf_index_report(builder->report, "indexed", index);
    sf_report_changed(builder->report);
    return 0;
}

const struct sf_command sf_command_index = {
    .name = "index",
    .aliases = "",
    .operands = "",
    .summary = "list and sign what a repository holds",
    .help = "Checks every block of every artifact, lists them with the newest release of each "
            "series, and signs the list. The serial goes up by one; withdrawn releases and the "
            "rollout are kept from the old index. Run it after each pack, and often enough that "
            "the index does not expire.",
    .options = table,
    .shared = sf_builder_shared_options,
    .options_size = sizeof(struct index_options),
    .run = run,
};
