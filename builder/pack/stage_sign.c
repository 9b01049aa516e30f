/* Signs what was written, when that is asked for here and not after a test. */
#include "builder/pack/stage.h"

#include "builder/pack/build.h"
#include "builder/pack/sign_release.h"
#include "common/base/path.h"

int sf_stage_sign(struct sf_build *build, struct sf_error *err)
{
    static const char *const signatures[] = {".asc", SF_PROVENANCE_SUFFIX ".asc"};
    bool is_there = false;
    int r = 0;

    for (size_t i = 0; r == 0 && i < sizeof signatures / sizeof *signatures; i++) {
        r = sf_build_keep_published(build, signatures[i], &is_there, err);
    }
    if (r < 0 || build->signer == NULL) {
        return r;
    }
    return sf_sign_release(build->out_fd, sf_path_base(build->artifact_path), build->signer, err);
}
