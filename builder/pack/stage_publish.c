/* Puts what was written into the repository. */
#include "builder/pack/stage.h"

#include "builder/pack/build.h"
#include "builder/repository/publish.h"
#include "common/base/error.h"
#include "common/base/path.h"
#include "common/base/str.h"
#include "common/base/strlist.h"
#include "common/host/dir.h"

static int publish(const struct sf_build *build, const char *name, struct sf_error *err)
{
    sf_autofree char *directory = sf_path_parent(build->artifact_path);
    sf_autofree char *path = directory == NULL ? NULL : sf_path_join(directory, name);

    if (path == NULL) {
        return sf_error_no_memory(err);
    }
    return sf_publish_file(build->out_fd, name, build->repository_fd, path, err);
}

/*
 * The artifact comes first: when its name has other bytes, nothing else is put. The manifest comes
 * last: an index is made of what has one.
 */
int sf_stage_publish(struct sf_build *build, struct sf_error *err)
{
    const char *artifact = sf_path_base(build->artifact_path);
    sf_autofree char *manifest = sf_str_format("%s" SF_PUBLISH_MANIFEST_SUFFIX, artifact);
    sf_auto(strlist) struct sf_strlist names = {0};
    int r =
        manifest == NULL ? sf_error_no_memory(err) : sf_dir_list(build->out_fd, ".", &names, err);

    if (r == 0) {
        r = publish(build, artifact, err);
    }
    for (size_t i = 0; r == 0 && i < names.count; i++) {
        if (!sf_str_is_equal(names.items[i], artifact) &&
            !sf_str_is_equal(names.items[i], manifest)) {
            r = publish(build, names.items[i], err);
        }
    }
    return r < 0 ? r : publish(build, manifest, err);
}
