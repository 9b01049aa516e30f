/* The root of releases with one release in it, which is active. */
#include "builder/export/oci_root.h"

#include <errno.h>
#include <stdio.h>
#include <unistd.h>

#include "builder/export/artifact.h"
#include "common/base/error.h"
#include "common/base/str.h"
#include "common/content/modulefile.h"
#include "common/format/manifest.h"
#include "common/host/dir.h"

/* The default root, below the top of the image. */
#define ROOT    "opt/slurm"
#define MODULES ROOT "/modules/slurm"

static int make_link(int dir_fd, const char *name, const char *target, struct sf_error *err)
{
    if (symlinkat(target, dir_fd, name) < 0) {
        return sf_error_errno(err, errno, "make the link '%s'", name);
    }
    return 0;
}

/* `name` for a file below meta/modules, when the release has it. */
static int link_module(const struct sf_artifact *artifact, int modules_fd, const char *name,
                       const char *file, struct sf_error *err)
{
    sf_autofree char *inside = sf_str_format("meta/modules/%s", file);
    sf_autofree char *target =
        sf_str_format("../../releases/%s/meta/modules/%s", artifact->id, file);

    if (inside == NULL || target == NULL) {
        return sf_error_no_memory(err);
    }
    return sf_manifest_find(artifact->manifest, inside) == NULL
               ? 0
               : make_link(modules_fd, name, target, err);
}

/* The names of sf-agent: "24.11.5-1", "24.11", "24.11-noble", each in both languages. */
static int link_modules(const struct sf_artifact *artifact, int modules_fd, struct sf_error *err)
{
    const struct sf_release *release = &artifact->manifest->release;
    char series[16];
    char names[3][SF_RELEASE_ID_SIZE];
    int r = 0;

    sf_release_series(release->version, series);
    sf_release_short(release, names[0]);
    (void)snprintf(names[1], sizeof names[1], "%s", series);
    (void)snprintf(names[2], sizeof names[2], "%s-%s", series, release->toolchain);
    for (size_t i = 0; r == 0 && i < sizeof names / sizeof *names; i++) {
        sf_autofree char *lua = sf_str_format("%s.lua", names[i]);

        r = lua == NULL ? sf_error_no_memory(err)
                        : link_module(artifact, modules_fd, names[i], SF_MODULEFILE_TCL, err);
        if (r == 0) {
            r = link_module(artifact, modules_fd, lua, SF_MODULEFILE_LUA, err);
        }
    }
    if (r == 0) {
        r = make_link(modules_fd, ".modulerc", "../../current/meta/modules/" SF_MODULEFILE_RC_TCL,
                      err);
    }
    return r < 0 ? r
                 : make_link(modules_fd, ".modulerc.lua",
                             "../../current/meta/modules/" SF_MODULEFILE_RC_LUA, err);
}

static int make_tree(const struct sf_artifact *artifact, int dir_fd, const char *path,
                     struct sf_error *err)
{
    sf_autoclose int tree_fd = -1;
    int r = sf_dir_make(dir_fd, path, err);

    if (r < 0) {
        return r;
    }

    r = sf_dir_open(dir_fd, path, &tree_fd, err);
    return r < 0 ? r
                 : sf_artifact_unpack(artifact, tree_fd, artifact->manifest->default_prefix, err);
}

int sf_oci_root_make(const struct sf_artifact *artifact, int dir_fd, struct sf_error *err)
{
    sf_autofree char *current = sf_str_format("releases/%s", artifact->id);
    sf_autofree char *tree = sf_str_format(ROOT "/releases/%s", artifact->id);
    sf_autoclose int root_fd = -1;
    sf_autoclose int modules_fd = -1;
    int r = current == NULL || tree == NULL ? sf_error_no_memory(err)
                                            : make_tree(artifact, dir_fd, tree, err);

    if (r < 0) {
        return r;
    }

    r = sf_dir_make(dir_fd, MODULES, err);
    if (r < 0) {
        return r;
    }

    r = sf_dir_open(dir_fd, MODULES, &modules_fd, err);
    if (r < 0) {
        return r;
    }

    r = link_modules(artifact, modules_fd, err);
    if (r < 0) {
        return r;
    }

    r = sf_dir_open(dir_fd, ROOT, &root_fd, err);
    if (r < 0) {
        return r;
    }

    r = make_link(root_fd, "current", current, err);
    return r < 0 ? r : make_link(root_fd, "view", "current/view", err);
}
