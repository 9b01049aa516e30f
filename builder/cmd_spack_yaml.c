/* `sf-builder spack-yaml`: the spack.yaml with which Spack builds a release. */
#include "builder/commands.h"

#include <string.h>

#include "builder/recipe/recipe.h"
#include "builder/release_options.h"
#include "builder/spack/spack_config.h"
#include "builder/spack/spack_yaml.h"
#include "common/base/buffer.h"
#include "common/base/error.h"
#include "common/base/path.h"
#include "common/base/str.h"
#include "common/cli/report.h"
#include "common/format/release.h"

#define MAX_TEXT_BYTES (1UL << 20)

struct spack_yaml_options {
    struct sf_release_options release;
    bool is_gpu;
    bool is_minimal;
    const char *recipes;
    const char *directory;
};

static const struct sf_option table[] = {
    {"gpu", 0, SF_OPTION_FLAG, NULL, offsetof(struct spack_yaml_options, is_gpu),
     "with support for NVIDIA's and AMD's GPUs"},
    {"minimal", 0, SF_OPTION_FLAG, NULL, offsetof(struct spack_yaml_options, is_minimal),
     "with as little as a cluster can do with"},
    {"recipes", 0, SF_OPTION_TEXT, "DIR", offsetof(struct spack_yaml_options, recipes),
     "where spack.ini is"},
    {"directory", 0, SF_OPTION_TEXT, "DIR", offsetof(struct spack_yaml_options, directory),
     "where Spack is to build, default /build/spack"},
    {0},
};

static int read_variant(const struct spack_yaml_options *options, const char **ret,
                        struct sf_error *err)
{
    const char *variant = options->is_gpu       ? "gpu"
                          : options->is_minimal ? "minimal"
                                                : options->release.variant;

    if ((options->is_gpu && options->is_minimal) ||
        (options->release.variant != NULL && !sf_str_is_equal(options->release.variant, variant))) {
        return sf_error_set(err, SF_E_USAGE,
                            "only one of --gpu, --minimal and --variant can be asked for");
    }
    *ret = variant == NULL ? "cpu" : variant;
    return 0;
}

/* A series is what the configuration says that it means today. */
static int read_wanted(const struct spack_yaml_options *options, struct sf_release *ret_release,
                       struct sf_spack_config **ret_config, struct sf_error *err)
{
    struct sf_recipe_wanted recipes = {0};
    struct sf_release_options named = options->release;
    struct sf_spack_wanted wanted = {.version = named.version, .toolchain = named.toolchain};
    int r = read_variant(options, &wanted.variant, err);

    if (r < 0) {
        return r;
    }
    if (wanted.version == NULL || wanted.toolchain == NULL) {
        return sf_error_set(err, SF_E_USAGE, "--%s is missing",
                            wanted.version == NULL ? "version" : "toolchain");
    }
    sf_auto(spack_config) struct sf_spack_config *config = NULL;

    sf_recipe_search(&recipes, options->recipes);
    r = sf_spack_config_read(recipes.directories, &wanted, &config, err);
    if (r < 0) {
        return r;
    }
    named.version = config->version;
    named.variant = wanted.variant;

    r = sf_release_options_read(&named, ret_release, err);
    if (r < 0) {
        return r;
    }
    *ret_config = sf_steal(&config);
    return 0;
}

static void report_lines(struct sf_report *report, char *text)
{
    char *end = NULL;

    for (char *line = text; (end = strchr(line, '\n')) != NULL; line = end + 1) {
        *end = '\0';
        sf_report_line(report, "%s", line);
    }
}

static int run(void *context, const void *options, char **operands, int operand_count,
               struct sf_error *err)
{
    const struct sf_builder *builder = context;
    const struct spack_yaml_options *asked = options;
    sf_auto(buffer) struct sf_buffer text = {.limit_bytes = MAX_TEXT_BYTES};
    sf_auto(spack_config) struct sf_spack_config *config = NULL;
    const char *directory = asked->directory == NULL ? "/build/spack" : asked->directory;
    struct sf_release release;
    char id[SF_RELEASE_ID_SIZE];

    (void)operands;
    (void)operand_count;
    if (!sf_path_is_clean_absolute(directory)) {
        return sf_error_set(err, SF_E_USAGE, "--directory=%s is no absolute path", directory);
    }

    int r = read_wanted(asked, &release, &config, err);

    if (r == 0) {
        r = sf_spack_yaml_write(config, &release, directory, &text, err);
    }
    if (r < 0) {
        return r;
    }
    sf_release_format(&release, id);
    sf_report_text(builder->report, "release", id);
    sf_report_text(builder->report, "spack_yaml", text.data);
    report_lines(builder->report, text.data);
    return 0;
}

const struct sf_command sf_command_spack_yaml = {
    .name = "spack-yaml",
    .aliases = "",
    .operands = "",
    .summary = "print the spack.yaml that builds a release",
    .help = "Prints the environment in which Spack builds Slurm and all that it needs for a "
            "release: specs, package repositories pinned by commit, what is taken from the "
            "distribution, where things go, and the mirrors. 'build --backend spack' writes the "
            "same. What is in it beyond the options comes from spack.ini among the recipes.",
    .options = table,
    .shared = sf_release_shared_options,
    .options_size = sizeof(struct spack_yaml_options),
    .run = run,
};
