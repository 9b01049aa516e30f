/* `sf-builder prefix`: the --prefix with which Slurm has to be configured for a release. */
#include "builder/commands.h"

#include "builder/release_options.h"
#include "common/base/error.h"
#include "common/cli/report.h"
#include "common/format/prefix.h"
#include "common/format/release.h"

static int run(void *context, const void *options, char **operands, int operand_count,
               struct sf_error *err)
{
    const struct sf_builder *builder = context;
    const struct sf_release_options *wanted = options;
    struct sf_release release;
    sf_autofree char *prefix = NULL;
    char slot[SF_PREFIX_SLOT + 1];
    char id[SF_RELEASE_ID_SIZE];
    int r = sf_release_options_read(wanted, &release, err);

    (void)operands;
    (void)operand_count;
    if (r < 0) {
        return r;
    }

    r = sf_prefix_of_release(SF_PREFIX_DEFAULT_ROOT, &release, &prefix, err);
    if (r < 0) {
        return r;
    }
    sf_prefix_pad(prefix, slot);
    sf_release_format(&release, id);
    sf_report_text(builder->report, "release", id);
    sf_report_text(builder->report, "prefix", slot);
    sf_report_line(builder->report, "%s", slot);
    return 0;
}

const struct sf_command sf_command_prefix = {
    .name = "prefix",
    .aliases = "",
    .operands = "",
    .summary = "print the prefix that Slurm is configured with",
    .help = "Prints the build prefix of a release: the place where the default root of sf-agent "
            "puts it, padded so that the place of any other root fits over it. Configure Slurm "
            "with --prefix set to it and install with DESTDIR; then pack that directory.",
    .shared = sf_release_shared_options,
    .options_size = sizeof(struct sf_release_options),
    .run = run,
};
