/* `sf-builder publish`: puts artifacts into a repository, here or elsewhere, and signs its index.
 */
#include "builder/commands.h"

#include "builder/repository/publisher.h"
#include "builder/repository/target.h"
#include "common/base/error.h"
#include "common/content/sign.h"
#include "common/host/interrupt.h"

struct publish_options {
    struct sf_builder_options common;
    const char *to;
    struct sf_publication publication;
};

#define MEMBER(name) offsetof(struct publish_options, publication.name)

static const struct sf_option table[] = {
    {"from", 0, SF_OPTION_TEXT, "DIR", MEMBER(from),
     "add the artifacts of this local repository; without it only the index changes"},
    {"to", 0, SF_OPTION_TEXT, "TARGET", offsetof(struct publish_options, to),
     "the repository: a directory, host:/path, rsync://host/module or s3://bucket/prefix"},
    {"sign", 0, SF_OPTION_TEXT, "FINGERPRINT", MEMBER(signer),
     "key to sign with, default the only one in GNUPGHOME"},
    {"name", 0, SF_OPTION_TEXT, "NAME", MEMBER(name),
     "name of the repository, default its directory's; later runs keep it"},
    {"keys", 0, SF_OPTION_TEXT, "DIR", MEMBER(keys),
     "public keys that the old index may be signed by, default the key to sign with"},
    {"expires-days", 0, SF_OPTION_NUMBER, "N", MEMBER(expires_days),
     "days until it has to be signed anew, default 30"},
    {"percent", 0, SF_OPTION_TEXT, "N", MEMBER(percent),
     "share of nodes that may upgrade by itself; ends a halt"},
    {"halt", 0, SF_OPTION_FLAG, NULL, MEMBER(is_halted),
     "no node upgrades by itself until --percent is given"},
    {"yank", 0, SF_OPTION_LIST, "VERSION-BUILD", MEMBER(withdrawn),
     "withdraw this release; it stays withdrawn"},
    {"keep", 0, SF_OPTION_NUMBER, "N", MEMBER(keep),
     "remove all but the newest N of each series, as prune does"},
    {"wait", 0, SF_OPTION_NUMBER, "SECONDS", MEMBER(wait_s),
     "how long to wait for another publisher, default 60"},
    {"dry-run", 'n', SF_OPTION_FLAG, NULL, MEMBER(is_dry_run),
     "tell what would be done, change nothing"},
    {0},
};

static int run(void *context, const void *options, char **operands, int operand_count,
               struct sf_error *err)
{
    const struct sf_builder *builder = context;
    const struct publish_options *wanted = options;
    struct sf_publication publication = wanted->publication;
    sf_auto(target) struct sf_target *target = NULL;
    char signer[41];

    (void)operands;
    (void)operand_count;
    if (wanted->to == NULL) {
        return sf_error_set(err, SF_E_USAGE, "--to is missing: give " SF_TARGET_FORMS);
    }

    int r = sf_sign_choose(publication.signer, signer, err);

    if (r < 0) {
        return r;
    }
    publication.signer = signer;
    r = sf_target_open(wanted->to, &target, err);

    if (r < 0) {
        return r;
    }
    publication.target = target;
    sf_interrupt_catch();
    return sf_publisher_run(&publication, builder->report, err);
}

const struct sf_command sf_command_publish = {
    .name = "publish",
    .aliases = "push",
    .operands = "",
    .summary = "put releases into a repository and sign its index",
    .help = "Checks every block of the artifacts of a local repository, puts those that the target "
            "lacks, reads them back, and then replaces the index: readers always see a whole "
            "repository, also when this is killed. The old index has to be signed by the same key "
            "or by one of --keys. Run again it changes nothing but what is missing; the index is "
            "signed anew when half of its time is over.",
    .options = table,
    .shared = sf_builder_shared_options,
    .options_size = sizeof(struct publish_options),
    .run = run,
};
