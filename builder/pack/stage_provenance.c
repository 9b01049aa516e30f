/* Writes the statement of how the artifact was made beside it. */
#include "builder/pack/stage.h"

#include <string.h>

#include "builder/pack/build.h"
#include "builder/pack/package_query.h"
#include "builder/pack/provenance.h"
#include "builder/pack/sign_release.h"
#include "common/base/error.h"
#include "common/base/path.h"
#include "common/base/str.h"
#include "common/host/atomic_file.h"

static int write_statement(const struct sf_build *build, const struct sf_strlist *packages,
                           struct sf_error *err)
{
    const char *artifact = sf_path_base(build->artifact_path);
    const struct sf_provenance_subject subjects[] = {
        {artifact, build->artifact_sha256},
        {build->debug_name, build->debug_sha256},
    };
    const struct sf_provenance provenance = {
        .subjects = subjects,
        .subject_count = build->has_debug ? 2 : 1,
        .release = &build->release,
        .options = &build->options,
        .sources = &build->sources,
        .os = &build->os,
        .packages = packages,
        .glibc = build->glibc_ceiling,
        .cpu_level = build->cpu_level,
        .prefix = build->slot,
        .level = build->level,
        .epoch_s = build->epoch_s,
    };
    sf_autofree char *text = sf_provenance_text(&provenance);
    sf_autofree char *name = sf_str_format("%s" SF_PROVENANCE_SUFFIX, artifact);

    if (text == NULL || name == NULL) {
        return sf_error_no_memory(err);
    }
    return sf_atomic_file_write(build->out_fd, name, text, strlen(text), 0644, err);
}

int sf_stage_provenance(struct sf_build *build, struct sf_error *err)
{
    sf_auto(strlist) struct sf_strlist packages = {0};
    bool is_there = false;
    int r = sf_build_keep_published(build, SF_PROVENANCE_SUFFIX, &is_there, err);

    if (r < 0 || is_there) {
        return r;
    }

    r = sf_package_list(&build->place, &packages, err);
    return r < 0 ? r : write_statement(build, &packages, err);
}
