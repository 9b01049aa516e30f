/* Checks that the tree holds all that it should and that its files need, before anybody has to find
 * out on a node. */
#include "builder/pack/stage.h"

#include <string.h>

#include "builder/pack/build.h"
#include "common/base/error.h"
#include "common/base/str.h"
#include "common/content/closure.h"
#include "common/host/dir.h"

/* Where a unit stands in an installed Slurm; in a release it is beside the prefix. */
#define UNITS "lib/systemd/system/"

static bool is_there(const struct sf_build *build, const char *directory, const char *name,
                     const char *suffix)
{
    sf_autofree char *path = sf_str_format("%s/%s%s", directory, name, suffix);

    return path != NULL && sf_dir_has(build->tree_fd, path);
}

static int check_plugins(const struct sf_build *build, struct sf_error *err)
{
    for (size_t i = 0; i < build->expected_plugins.count; i++) {
        const char *name = build->expected_plugins.items[i];

        if (!is_there(build, "view/lib/slurm", name, sf_str_has_suffix(name, ".so") ? "" : ".so")) {
            return sf_error_set(err, SF_E_INCOMPATIBLE,
                                "the plugin %s is not in lib/slurm, and the recipe expects it: see "
                                "what configure says it lacks",
                                name);
        }
    }
    return 0;
}

static int check_files(const struct sf_build *build, struct sf_error *err)
{
    for (size_t i = 0; i < build->expected_files.count; i++) {
        const char *name = build->expected_files.items[i];

        bool is_unit = sf_str_has_prefix(name, UNITS);

        if (!is_there(build, is_unit ? "meta/units" : "view", is_unit ? name + strlen(UNITS) : name,
                      "")) {
            return sf_error_set(err, SF_E_INCOMPATIBLE,
                                "%s is not in the prefix, and the recipe expects it", name);
        }
    }
    return 0;
}

static int check_components(const struct sf_build *build, struct sf_error *err)
{
    for (size_t i = 0; i < build->expected_components.count; i++) {
        const char *name = build->expected_components.items[i];

        if (!is_there(build, "view/lib", name, "") &&
            !is_there(build, "view/lib/slurm", name, "")) {
            return sf_error_set(err, SF_E_INCOMPATIBLE,
                                "the library %s is not in the tree, and the recipe expects it: "
                                "nothing was linked with it, or it has to be named as a library "
                                "that is opened by name",
                                name);
        }
    }
    return 0;
}

int sf_stage_check(struct sf_build *build, struct sf_error *err)
{
    struct sf_closure closure = {.tree_fd = build->tree_fd,
                                 .arch = build->release.arch,
                                 .glibc = build->glibc_ceiling,
                                 .host_libraries = &build->host_libraries};
    int r = check_plugins(build, err);

    if (r == 0) {
        r = check_files(build, err);
    }
    if (r == 0) {
        r = check_components(build, err);
    }
    return r < 0 ? r : sf_closure_check(&closure, build->glibc, err);
}
