/* `sf-builder prune`: takes releases out of a repository. */
#include "builder/commands.h"

#include "builder/repository/publisher.h"
#include "builder/repository/target.h"
#include "common/base/error.h"
#include "common/content/sign.h"
#include "common/host/interrupt.h"

struct prune_options {
    struct sf_builder_options common;
    const char *repository;
    struct sf_publication publication;
};

#define MEMBER(name) offsetof(struct prune_options, publication.name)

static const struct sf_option table[] = {
    {"repository", 0, SF_OPTION_TEXT, "TARGET", offsetof(struct prune_options, repository),
     "the repository, whatever publish can publish to"},
    {"sign", 0, SF_OPTION_TEXT, "FINGERPRINT", MEMBER(signer),
     "key to sign with, default the only one in GNUPGHOME"},
    {"keys", 0, SF_OPTION_TEXT, "DIR", MEMBER(keys),
     "public keys that the old index may be signed by, default the key to sign with"},
    {"keep", 0, SF_OPTION_NUMBER, "N", MEMBER(keep),
     "keep the newest N of each series, toolchain, architecture and variant"},
    {"expire", 0, SF_OPTION_LIST, "VERSION-BUILD", MEMBER(expired),
     "take out this release, whatever else there is"},
    {"wait", 0, SF_OPTION_NUMBER, "SECONDS", MEMBER(wait_s),
     "how long to wait for another publisher, default 60"},
    {"dry-run", 'n', SF_OPTION_FLAG, NULL, MEMBER(is_dry_run),
     "tell what would be done, change nothing"},
    {0},
};

static int check_options(const struct prune_options *options, struct sf_error *err)
{
    if (options->repository == NULL) {
        return sf_error_set(err, SF_E_USAGE, "--repository is missing: give " SF_TARGET_FORMS);
    }
    if (options->publication.keep == 0 && options->publication.expired.count == 0) {
        return sf_error_set(err, SF_E_USAGE,
                            "say what to remove: --keep N (at least 1) or --expire VERSION-BUILD");
    }
    return 0;
}

static int run(void *context, const void *options, char **operands, int operand_count,
               struct sf_error *err)
{
    const struct sf_builder *builder = context;
    const struct prune_options *wanted = options;
    struct sf_publication publication = wanted->publication;
    sf_auto(target) struct sf_target *target = NULL;
    char signer[41];
    int r = check_options(wanted, err);

    (void)operands;
    (void)operand_count;
    if (r < 0) {
        return r;
    }

    r = sf_sign_choose(publication.signer, signer, err);
    if (r < 0) {
        return r;
    }
    publication.signer = signer;
    r = sf_target_open(wanted->repository, &target, err);
    if (r < 0) {
        return r;
    }
    publication.target = target;
    sf_interrupt_catch();
    return sf_publisher_run(&publication, builder->report, err);
}

const struct sf_command sf_command_prune = {
    .name = "prune",
    .aliases = "",
    .operands = "",
    .summary = "remove old releases from a repository",
    .help = "Signs an index without them, then removes their files. Withdrawn releases do not "
            "count among those that are kept, so a series never loses its last usable one to "
            "--keep. Only what a signed index names as taken out is removed: other files in the "
            "repository stay, and the next run finishes one that was killed.",
    .options = table,
    .shared = sf_builder_shared_options,
    .options_size = sizeof(struct prune_options),
    .run = run,
};
