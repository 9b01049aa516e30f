/* `sf-builder test`: whether an artifact does on a node what it should. */
#include "builder/commands.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include "builder/recipe/recipe.h"
#include "builder/release_options.h"
#include "builder/trial/trial.h"
#include "common/base/error.h"
#include "common/base/str.h"
#include "common/cli/report.h"
#include "common/format/release.h"
#include "common/host/dir.h"
#include "common/host/interrupt.h"

struct test_options {
    struct sf_release_options release;
    const char *repository;
    const char *root;
    const char *agent;
    const char *recipes;
    const char *log;
    struct sf_strlist build_paths;
};

static const struct sf_option table[] = {
    {"repository", 0, SF_OPTION_TEXT, "DIR", offsetof(struct test_options, repository),
     "the directory that has the artifact"},
    {"test-root", 0, SF_OPTION_TEXT, "DIR", offsetof(struct test_options, root),
     "a root of the toolchain to test in, default /"},
    {"agent", 0, SF_OPTION_TEXT, "FILE", offsetof(struct test_options, agent),
     "the sf-agent that installs it"},
    {"recipes", 0, SF_OPTION_TEXT, "DIR", offsetof(struct test_options, recipes),
     "expect what the recipe in DIR promises"},
    {"build-path", 0, SF_OPTION_LIST, "DIR", offsetof(struct test_options, build_paths),
     "a directory of the build, which no file may name"},
    {"log", 0, SF_OPTION_TEXT, "FILE", offsetof(struct test_options, log),
     "write what the programs print to FILE"},
    {0},
};

static void report_step(void *context, const char *step, const char *note, const char *problem)
{
    struct sf_report *report = context;
    struct json_t *row = sf_report_row(report, "steps");

    sf_report_row_text(row, "step", step);
    sf_report_row_flag(row, "passed", problem == NULL);
    sf_report_row_text(row, "note", problem == NULL ? note : problem);
    if (problem == NULL) {
        sf_report_line(report, "%s: %s", step, note);
    }
}

static int open_log(const char *path, int *ret_fd, struct sf_error *err)
{
    *ret_fd =
        open(path == NULL ? "/dev/null" : path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
    return *ret_fd < 0 ? sf_error_errno(err, errno, "open '%s'", path == NULL ? "/dev/null" : path)
                       : 0;
}

/* The test's own directory, for the caller to remove. */
static int make_work(char **ret, struct sf_error *err)
{
    const char *temporary = getenv("TMPDIR");
    char *path = sf_str_format("%s/sf-test-XXXXXX", temporary == NULL ? "/var/tmp" : temporary);

    if (path == NULL) {
        return sf_error_no_memory(err);
    }
    if (mkdtemp(path) == NULL) {
        int r = sf_error_errno(err, errno, "make the directory '%s'", path);

        free(path);
        return r;
    }
    *ret = path;
    return 0;
}

static int run_trial(const struct sf_builder *builder, const struct test_options *options,
                     struct sf_trial *trial, struct sf_error *err)
{
    sf_autofree char *agent = NULL;
    sf_autofree char *work = NULL;
    sf_autofree char *repository = realpath(options->repository, NULL);
    sf_autoclose int log_fd = -1;
    int r = repository == NULL ? sf_error_errno(err, errno, "open '%s'", options->repository)
                               : sf_trial_find_agent(options->agent, &agent, err);

    if (r == 0) {
        r = open_log(options->log, &log_fd, err);
    }
    if (r == 0) {
        r = make_work(&work, err);
    }
    if (r < 0) {
        return r;
    }
    trial->repository = repository;
    trial->agent = agent;
    trial->work = work;
    trial->log_fd = log_fd;
    r = sf_trial_run(trial, report_step, builder->report, err);
    (void)rmdir(work);
    return r;
}

/* What the recipe in `directory` promises for the release. */
static int read_recipe(const char *directory, const struct sf_release *release,
                       struct sf_recipe **ret, struct sf_error *err)
{
    const struct sf_recipe_wanted wanted = {.directories = {directory},
                                            .version = release->version,
                                            .toolchain = release->toolchain,
                                            .variant = release->variant};

    return sf_recipe_read(&wanted, ret, err);
}

static int run(void *context, const void *options, char **operands, int operand_count,
               struct sf_error *err)
{
    const struct sf_builder *builder = context;
    const struct test_options *test = options;
    sf_auto(recipe) struct sf_recipe *recipe = NULL;
    struct sf_release release;
    struct sf_trial trial = {
        .release = &release,
        .root = test->root == NULL ? "/" : test->root,
        .build_paths = &test->build_paths,
    };
    int r = sf_release_options_read(&test->release, &release, err);

    (void)operands;
    (void)operand_count;
    if (r == 0 && test->repository == NULL) {
        r = sf_error_set(err, SF_E_USAGE, "--repository is missing");
    }
    if (r == 0 && test->recipes != NULL) {
        r = read_recipe(test->recipes, &release, &recipe, err);
    }
    if (r < 0) {
        return r;
    }
    if (recipe != NULL) {
        trial.plugins = &recipe->plugins;
        trial.files = &recipe->files;
        trial.components = &recipe->components;
    }
    sf_report_rows(builder->report, "steps");
    sf_interrupt_catch();
    return run_trial(builder, test, &trial, err);
}

const struct sf_command sf_command_test = {
    .name = "test",
    .aliases = "",
    .operands = "",
    .summary = "install and run an artifact in a clean root",
    .help = "Signs the artifact with a key made for the occasion and lets sf-agent install it on "
            "a node that exists only for that: a root of the toolchain that is not written to, "
            "without compilers, headers and network. There every file's libraries, every plugin, "
            "every program, the modulefiles, slurmctld and slurmd, and jobs are tried, in a root "
            "other than the default; then the default root. The first step that fails is the "
            "answer, with the name of the file.",
    .options = table,
    .shared = sf_release_shared_options,
    .options_size = sizeof(struct test_options),
    .run = run,
};
