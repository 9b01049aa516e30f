/* `sf-builder build`: from Slurm's source to a tested, signed, published release. */
#include "builder/commands.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "builder/make/make.h"
#include "builder/place/image.h"
#include "builder/recipe/recipe.h"
#include "builder/release_options.h"
#include "builder/spack/spack_config.h"
#include "builder/state_dir.h"
#include "common/base/error.h"
#include "common/content/sign.h"
#include "common/host/interrupt.h"

struct build_options {
    struct sf_builder_options common;
    const char *version;
    const char *toolchain;
    const char *arch;
    const char *variant;
    bool is_gpu;
    bool is_minimal;
    uint32_t build;
    const char *root;
    const char *image;
    const char *test_root;
    const char *backend;
    const char *spack;
    const char *recipes;
    struct sf_strlist mirrors;
    const char *proxy;
    const char *state;
    const char *agent;
    uint32_t jobs;
    uint32_t level;
    const char *last_stage;
    bool has_no_ccache;
    const char *target;
    const char *name;
    const char *signer;
    uint32_t keep;
};

#define MEMBER(name) offsetof(struct build_options, name)

static const struct sf_option table[] = {
    {"slurm-version", 0, SF_OPTION_TEXT, "VERSION", MEMBER(version),
     "version of Slurm, or a series such as 24.11 for what its recipe says"},
    {"toolchain", 0, SF_OPTION_TEXT, "NAME", MEMBER(toolchain),
     "toolchain to build for, such as noble"},
    {"arch", 0, SF_OPTION_TEXT, "ARCH", MEMBER(arch),
     "architecture, amd64 or arm64, default this machine's"},
    {"variant", 0, SF_OPTION_TEXT, "NAME", MEMBER(variant),
     "kind of build: cpu (the default), gpu or minimal"},
    {"gpu", 0, SF_OPTION_FLAG, NULL, MEMBER(is_gpu), "the same as --variant=gpu"},
    {"minimal", 0, SF_OPTION_FLAG, NULL, MEMBER(is_minimal), "the same as --variant=minimal"},
    {"build", 0, SF_OPTION_NUMBER, "N", MEMBER(build), "build of that version, default 1"},
    {"build-root", 0, SF_OPTION_TEXT, "DIR", MEMBER(root),
     "build in this root directory of the toolchain, default this machine"},
    {"image", 0, SF_OPTION_TEXT, "NAME@sha256:DIGEST", MEMBER(image),
     "build in this container image, which podman or docker gets"},
    {"test-root", 0, SF_OPTION_TEXT, "DIR", MEMBER(test_root),
     "test in this root directory without compilers, default where it is built"},
    {"backend", 0, SF_OPTION_TEXT, "NAME", MEMBER(backend),
     "who builds: source (the default), or spack"},
    {"spack", 0, SF_OPTION_TEXT, "FILE", MEMBER(spack),
     "the program of Spack, by its path where is built"},
    {"recipes", 0, SF_OPTION_TEXT, "DIR", MEMBER(recipes), "where the recipes are"},
    {"mirror", 0, SF_OPTION_LIST, "DIR|URL", MEMBER(mirrors),
     "look for the source here before its origin is asked"},
    {"proxy", 0, SF_OPTION_TEXT, "URL", MEMBER(proxy), "proxy for sources, default none"},
    {"state", 0, SF_OPTION_TEXT, "DIR", MEMBER(state),
     "where sources, builds and logs are kept, default ~/.cache/sf-builder"},
    {"agent", 0, SF_OPTION_TEXT, "FILE", MEMBER(agent),
     "sf-agent to test with, default the one installed with this program"},
    {"jobs", 'j', SF_OPTION_NUMBER, "N", MEMBER(jobs),
     "compilers at a time, default one per processor"},
    {"level", 0, SF_OPTION_NUMBER, "N", MEMBER(level), "how hard zstd tries, 1 to 22, default 19"},
    {"until", 0, SF_OPTION_TEXT, "STAGE", MEMBER(last_stage),
     "stop after fetch, configure, compile, install, pack or test"},
    {"no-ccache", 0, SF_OPTION_FLAG, NULL, MEMBER(has_no_ccache),
     "compile everything, also where ccache is installed"},
    {"publish", 0, SF_OPTION_TEXT, "TARGET", MEMBER(target),
     "put it into this repository, as the publish command does"},
    {"name", 0, SF_OPTION_TEXT, "NAME", MEMBER(name),
     "name of that repository, default its directory's; later runs keep it"},
    {"sign", 0, SF_OPTION_TEXT, "FINGERPRINT", MEMBER(signer),
     "key to sign with, default the only one in GNUPGHOME"},
    {"keep", 0, SF_OPTION_NUMBER, "N", MEMBER(keep),
     "remove all but the newest N of each series from that repository"},
    {0},
};

static bool is_spack(const struct build_options *options)
{
    return options->backend != NULL && strcmp(options->backend, "spack") == 0;
}

static int check_options(const struct build_options *options, struct sf_error *err)
{
    if (options->version == NULL || options->toolchain == NULL) {
        return sf_error_set(err, SF_E_USAGE, "--%s is missing",
                            options->version == NULL ? "slurm-version" : "toolchain");
    }
    if (options->is_gpu + options->is_minimal + (options->variant != NULL) > 1) {
        return sf_error_set(err, SF_E_USAGE, "--gpu, --minimal and --variant exclude each other");
    }
    if (options->backend != NULL && !is_spack(options) && strcmp(options->backend, "source") != 0) {
        return sf_error_set(err, SF_E_USAGE, "--backend=%s is neither source nor spack",
                            options->backend);
    }
    if (options->root != NULL && options->image != NULL) {
        return sf_error_set(err, SF_E_USAGE, "--build-root and --image exclude each other");
    }
    if (options->level > 22) {
        return sf_error_set(err, SF_E_USAGE, "--level=%u: zstd has levels 1 to 22", options->level);
    }
    if (options->target != NULL && options->last_stage != NULL) {
        return sf_error_set(err, SF_E_USAGE, "--publish and --until exclude each other");
    }
    return options->last_stage == NULL
               ? 0
               : sf_make_check_stage(options->last_stage, is_spack(options), err);
}

/* What Spack's configuration says of the result, as the recipe that later stages look at. */
static int recipe_of_spack(const struct sf_spack_config *config, struct sf_recipe **ret,
                           struct sf_error *err)
{
    sf_auto(recipe) struct sf_recipe *recipe = calloc(1, sizeof *recipe);

    if (recipe == NULL || sf_strlist_add_all(&recipe->configure, &config->specs, err) < 0 ||
        sf_strlist_add_all(&recipe->packages, &config->packages, err) < 0 ||
        sf_strlist_add_all(&recipe->plugins, &config->plugins, err) < 0 ||
        sf_strlist_add_all(&recipe->host_libraries, &config->host_libraries, err) < 0) {
        return sf_error_no_memory(err);
    }
    (void)snprintf(recipe->version, sizeof recipe->version, "%s", config->version);
    *ret = sf_steal(&recipe);
    return 0;
}

static int read_recipe(const struct build_options *options, const char *variant,
                       struct sf_recipe **ret_recipe, struct sf_spack_config **ret_spack,
                       struct sf_error *err)
{
    struct sf_recipe_wanted wanted = {
        .version = options->version,
        .toolchain = options->toolchain,
        .variant = variant,
    };
    const struct sf_spack_wanted spack_wanted = {options->version, options->toolchain, variant};

    sf_recipe_search(&wanted, options->recipes);
    if (!is_spack(options)) {
        return sf_recipe_read(&wanted, ret_recipe, err);
    }

    int r = sf_spack_config_read(wanted.directories, &spack_wanted, ret_spack, err);

    return r < 0 ? r : recipe_of_spack(*ret_spack, ret_recipe, err);
}

static int build(const struct build_options *options, const struct sf_recipe *recipe,
                 struct sf_make *make, struct sf_report *report, struct sf_error *err)
{
    sf_autofree char *state = NULL;
    sf_autofree char *root = NULL;
    sf_autofree char *test_root = NULL;
    int r = sf_state_dir(options->state, &state, err);

    if (r == 0 && options->root != NULL) {
        r = sf_absolute_path(options->root, &root, err);
    }
    if (r == 0 && options->image != NULL) {
        r = sf_image_open(state, options->image, &root, err);
    }
    if (r == 0 && options->test_root != NULL) {
        r = sf_absolute_path(options->test_root, &test_root, err);
    }
    if (r < 0) {
        return r;
    }
    make->recipe = recipe;
    make->state = state;
    make->root = root == NULL ? "/" : root;
    make->test_root = test_root;
    make->mirrors = &options->mirrors;
    make->proxy = options->proxy;
    make->agent = options->agent;
    make->jobs = options->jobs;
    make->level = (int)options->level;
    make->last_stage = options->last_stage;
    make->has_no_ccache = options->has_no_ccache;
    make->shows_progress = !options->common.is_json;
    make->target = options->target;
    make->repository_name = options->name;
    make->keep = options->keep;
    return sf_make_run(make, report, err);
}

static int run(void *context, const void *options, char **operands, int operand_count,
               struct sf_error *err)
{
    const struct sf_builder *builder = context;
    const struct build_options *asked = options;
    sf_auto(recipe) struct sf_recipe *recipe = NULL;
    sf_auto(spack_config) struct sf_spack_config *spack = NULL;
    sf_auto(make) struct sf_make make = {.cell = {.fd = -1, .lock_fd = -1}};
    char signer[41];
    int r = check_options(asked, err);

    (void)operands;
    (void)operand_count;
    if (r < 0) {
        return r;
    }

    if (asked->target != NULL || asked->signer != NULL) {
        r = sf_sign_choose(asked->signer, signer, err);
        if (r < 0) {
            return r;
        }
        make.signer = signer;
    }

    const char *variant = asked->is_gpu ? "gpu" : asked->is_minimal ? "minimal" : asked->variant;

    r = read_recipe(asked, variant == NULL ? "cpu" : variant, &recipe, &spack, err);
    if (r < 0) {
        return r;
    }

    const struct sf_release_options named = {
        .version = recipe->version,
        .build = asked->build,
        .toolchain = asked->toolchain,
        .arch = asked->arch,
        .variant = variant,
    };

    r = sf_release_options_read(&named, &make.release, err);
    if (r < 0) {
        return r;
    }
    make.spack = spack;
    make.spack_program = asked->spack;
    sf_interrupt_catch();
    return build(asked, recipe, &make, builder->report, err);
}

const struct sf_command sf_command_build = {
    .name = "build",
    .aliases = "build-slurm",
    .operands = "",
    .summary = "build a release from Slurm's source",
    .help =
        "Fetches the source that the recipe names, configures, compiles and installs it on this "
        "machine or in a root directory of the toolchain, packs it, tests the artifact, and with "
        "--sign and --publish signs it and puts it into a repository. Each stage is done once for "
        "the same inputs: run again after a failure it goes on where it stopped, and when nothing "
        "has changed there is nothing to do. Each stage has a log in the state directory. Programs "
        "of a build root see nothing of this machine, its network included. With --backend=spack "
        "the stages before the pack are Spack's: concretize, spack, install.",
    .options = table,
    .shared = sf_builder_shared_options,
    .options_size = sizeof(struct build_options),
    .run = run,
};
