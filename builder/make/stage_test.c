/* Stage test: the artifact is installed and tried before anybody signs it. */
#include "builder/make/stage.h"

#include <stdio.h>

#include "builder/make/make.h"
#include "builder/recipe/recipe.h"
#include "builder/trial/trial.h"
#include "common/base/buffer.h"
#include "common/base/error.h"
#include "common/base/path.h"
#include "common/base/str.h"
#include "common/host/dir.h"

#define TRIAL "trial"

static const char *test_root(const struct sf_make *make)
{
    return make->test_root == NULL ? make->root : make->test_root;
}

static int describe(const struct sf_make *make, struct sf_buffer *inputs, struct sf_error *err)
{
    return sf_buffer_format(inputs, err, "root %s\nagent %s\n", test_root(make),
                            make->agent_digest);
}

static void log_step(void *context, const char *step, const char *note, const char *problem)
{
    (void)dprintf(*(const int *)context, "%s: %s\n", step,
                  problem != NULL ? problem : (note == NULL ? "passed" : note));
}

static int run(struct sf_make *make, int log_fd, struct sf_error *err)
{
    sf_autofree char *repository = sf_path_join(make->cell.path, SF_MAKE_REPOSITORY);
    sf_autofree char *work = sf_path_join(make->cell.path, TRIAL);
    sf_auto(strlist) struct sf_strlist build_paths = {0};

    if (repository == NULL || work == NULL ||
        sf_strlist_take(&build_paths, sf_place_path(&make->place, SF_MAKE_SOURCE), err) < 0 ||
        sf_strlist_take(&build_paths, sf_place_path(&make->place, SF_MAKE_DESTDIR), err) < 0) {
        return sf_error_no_memory(err);
    }

    const struct sf_trial trial = {
        .release = &make->release,
        .repository = repository,
        .root = test_root(make),
        .agent = make->agent_path,
        .work = work,
        .log_fd = log_fd,
        .plugins = &make->recipe->plugins,
        .files = &make->recipe->files,
        .components = &make->recipe->components,
        .build_paths = &build_paths,
    };

    int r = sf_dir_make(make->cell.fd, TRIAL, err);

    return r < 0 ? r : sf_trial_run(&trial, log_step, &log_fd, err);
}

const struct sf_make_stage sf_make_test = {.describe = describe, .run = run};
