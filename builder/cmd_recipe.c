/* `sf-builder recipe`: how a release is built, resolved for a version, toolchain and variant. */
#include "builder/commands.h"

#include "builder/recipe/recipe.h"
#include "builder/recipe/recipe_key.h"
#include "common/base/error.h"
#include "common/cli/report.h"

struct recipe_options {
    struct sf_builder_options common;
    const char *version;
    const char *toolchain;
    const char *variant;
    bool is_gpu;
    bool is_minimal;
    const char *recipes;
    bool has_packages_only;
};

#define MEMBER(name) offsetof(struct recipe_options, name)

static const struct sf_option table[] = {
    {"version", 0, SF_OPTION_TEXT, "VERSION", MEMBER(version),
     "version of Slurm, or a series such as 24.11 for what its recipe says"},
    {"toolchain", 0, SF_OPTION_TEXT, "NAME", MEMBER(toolchain),
     "toolchain to build for, such as noble"},
    {"variant", 0, SF_OPTION_TEXT, "NAME", MEMBER(variant),
     "kind of build: cpu (the default), gpu or minimal"},
    {"gpu", 0, SF_OPTION_FLAG, NULL, MEMBER(is_gpu), "the same as --variant=gpu"},
    {"minimal", 0, SF_OPTION_FLAG, NULL, MEMBER(is_minimal), "the same as --variant=minimal"},
    {"recipes", 0, SF_OPTION_TEXT, "DIR", MEMBER(recipes), "look for recipes here first"},
    {"packages", 0, SF_OPTION_FLAG, NULL, MEMBER(has_packages_only),
     "only the packages that the build needs, one a line"},
    {0},
};

static int read_recipe(const struct recipe_options *options, struct sf_recipe **ret,
                       struct sf_error *err)
{
    const char *variant = options->is_gpu       ? "gpu"
                          : options->is_minimal ? "minimal"
                                                : options->variant;
    struct sf_recipe_wanted wanted = {
        .version = options->version,
        .toolchain = options->toolchain,
        .variant = variant == NULL ? "cpu" : variant,
    };

    if (options->version == NULL || options->toolchain == NULL) {
        return sf_error_set(err, SF_E_USAGE, "--%s is missing",
                            options->version == NULL ? "version" : "toolchain");
    }
    if (options->is_gpu + options->is_minimal + (options->variant != NULL) > 1) {
        return sf_error_set(err, SF_E_USAGE, "--gpu, --minimal and --variant exclude each other");
    }
    sf_recipe_search(&wanted, options->recipes);
    return sf_recipe_read(&wanted, ret, err);
}

static void print_sources(const struct sf_recipe *recipe, struct sf_report *report)
{
    sf_report_rows(report, "sources");
    for (size_t i = 0; i < recipe->source_count; i++) {
        const struct sf_recipe_source *source = &recipe->sources[i];
        struct json_t *row = sf_report_row(report, "sources");

        sf_report_row_text(row, "file", source->file);
        sf_report_row_text(row, "sha256", source->sha256);
        sf_report_row_list(row, "urls", &source->urls);
        sf_report_line(report, "[source %s]", source->file);
        sf_report_line(report, "version = %s", source->version);
        sf_report_line(report, "sha256 = %s", source->sha256);
        for (size_t k = 0; k < source->urls.count; k++) {
            sf_report_line(report, "url = %s", source->urls.items[k]);
        }
    }
}

/* As a recipe again, of which everything applies. */
static void print_recipe(const struct sf_recipe *recipe, struct sf_report *report)
{
    size_t count = 0;
    const struct sf_recipe_key *keys = sf_recipe_keys(&count);

    sf_report_text(report, "recipe", recipe->path);
    sf_report_text(report, "series", recipe->series);
    sf_report_text(report, "version", recipe->version);
    sf_report_line(report, "# %s", recipe->path);
    sf_report_line(report, "[recipe]");
    sf_report_line(report, "series = %s", recipe->series);
    sf_report_line(report, "version = %s", recipe->version);
    for (size_t i = 0; i < count; i++) {
        const struct sf_strlist *words = sf_recipe_key_words(&keys[i], recipe);

        sf_report_list(report, keys[i].name, words);
        for (size_t k = 0; k < words->count; k++) {
            sf_report_line(report, "%s = %s", keys[i].name, words->items[k]);
        }
    }
    print_sources(recipe, report);
}

static int run(void *context, const void *options, char **operands, int operand_count,
               struct sf_error *err)
{
    const struct sf_builder *builder = context;
    const struct recipe_options *asked = options;
    sf_auto(recipe) struct sf_recipe *recipe = NULL;
    int r = read_recipe(asked, &recipe, err);

    (void)operands;
    (void)operand_count;
    if (r < 0) {
        return r;
    }
    if (!asked->has_packages_only) {
        print_recipe(recipe, builder->report);
        return 0;
    }
    sf_report_list(builder->report, "package", &recipe->packages);
    for (size_t i = 0; i < recipe->packages.count; i++) {
        sf_report_line(builder->report, "%s", recipe->packages.items[i]);
    }
    return 0;
}

const struct sf_command sf_command_recipe = {
    .name = "recipe",
    .aliases = "",
    .operands = "",
    .summary = "print how a release is built",
    .help = "Prints what a recipe says of a version, toolchain and variant: sources, options of "
            "configure, contribs, what has to be in the tree afterwards, and the packages of the "
            "distribution that the build needs. With --packages the last go straight to apt-get, "
            "dnf or mmdebstrap --include.",
    .options = table,
    .shared = sf_builder_shared_options,
    .options_size = sizeof(struct recipe_options),
    .run = run,
};
