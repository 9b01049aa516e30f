/* What was promised is on the node. */
#include "builder/trial/trial_step.h"

#include <string.h>
#include <unistd.h>

#include "builder/trial/trial.h"
#include "builder/trial/trial_node.h"
#include "builder/trial/trial_run.h"
#include "common/base/error.h"
#include "common/base/str.h"
#include "common/format/manifest.h"

/* Where a unit stands in an installed Slurm; in a release it is beside the prefix. */
#define UNITS "lib/systemd/system/"

/* Where a kind of thing is looked for below the tree, and what it is called. */
struct kind {
    const char *what;
    const char *directories[2];
    const char *suffix; /* may be left out of a name; "" for none */
};

static const struct kind plugin = {"plugin", {"view/lib/slurm/"}, ".so"};
static const struct kind file = {"file", {"view/"}, ""};
static const struct kind unit = {"unit", {"meta/units/"}, ""};
static const struct kind component = {"library", {"view/lib/", "view/lib/slurm/"}, ""};

static int check_name(const struct sf_trial_run *run, const struct kind *kind, const char *name,
                      struct sf_error *err)
{
    const char *suffix = sf_str_has_suffix(name, kind->suffix) ? "" : kind->suffix;

    for (size_t i = 0; i < sizeof kind->directories / sizeof *kind->directories; i++) {
        sf_autofree char *path =
            kind->directories[i] == NULL
                ? NULL
                : sf_str_format("%s/%s%s%s", run->tree, kind->directories[i], name, suffix);

        if (path != NULL && access(path, F_OK) == 0) {
            return 0;
        }
    }
    return sf_error_set(err, SF_E_UNHEALTHY, "the %s %s is missing in %s", kind->what, name,
                        kind->directories[0]);
}

static int check_list(const struct sf_trial_run *run, const struct kind *kind,
                      const struct sf_strlist *names, struct sf_error *err)
{
    int r = 0;

    for (size_t i = 0; names != NULL && r == 0 && i < names->count; i++) {
        const char *name = names->items[i];

        r = kind == &file && sf_str_has_prefix(name, UNITS)
                ? check_name(run, &unit, name + strlen(UNITS), err)
                : check_name(run, kind, name, err);
    }
    return r;
}

static int look(struct sf_trial_run *run, struct sf_error *err)
{
    const struct sf_trial *trial = run->trial;
    int r = check_list(run, &plugin, &run->manifest->plugins, err);

    if (r == 0) {
        r = check_list(run, &plugin, trial->plugins, err);
    }
    if (r == 0) {
        r = check_list(run, &file, trial->files, err);
    }
    return r < 0 ? r : check_list(run, &component, trial->components, err);
}

int sf_step_contents(struct sf_trial_run *run, struct sf_error *err)
{
    const struct sf_trial *trial = run->trial;
    int r = sf_trial_node_run(run, look, err);

    if (r == 0) {
        sf_trial_note(run, "%zu plugins, %zu files, %zu libraries are expected and there",
                      trial->plugins == NULL ? run->manifest->plugins.count : trial->plugins->count,
                      trial->files == NULL ? 0 : trial->files->count,
                      trial->components == NULL ? 0 : trial->components->count);
    }
    return r;
}
