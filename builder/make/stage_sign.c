/* Stage sign: detached signatures beside what has passed its test. */
#include "builder/make/stage.h"

#include <stdio.h>

#include "builder/make/make.h"
#include "builder/pack/sign_release.h"
#include "common/base/buffer.h"
#include "common/base/error.h"
#include "common/base/str.h"
#include "common/host/dir.h"

static int describe(const struct sf_make *make, struct sf_buffer *inputs, struct sf_error *err)
{
    return sf_buffer_format(inputs, err, "signer %s\n", make->signer == NULL ? "" : make->signer);
}

/* Those of another key would stay. */
static int remove_old(int repository_fd, const char *artifact, struct sf_error *err)
{
    sf_autofree char *signature = sf_str_format("%s.asc", artifact);
    sf_autofree char *provenance = sf_str_format("%s" SF_PROVENANCE_SUFFIX ".asc", artifact);

    if (signature == NULL || provenance == NULL) {
        return sf_error_no_memory(err);
    }

    int r = sf_dir_remove(repository_fd, signature, err);

    return r < 0 ? r : sf_dir_remove(repository_fd, provenance, err);
}

static int run(struct sf_make *make, int log_fd, struct sf_error *err)
{
    sf_autofree char *artifact = sf_release_artifact_path(&make->release);
    sf_autoclose int repository_fd = -1;

    if (artifact == NULL) {
        return sf_error_no_memory(err);
    }

    int r = sf_dir_open(make->cell.fd, SF_MAKE_REPOSITORY, &repository_fd, err);

    if (r == 0) {
        r = remove_old(repository_fd, artifact, err);
    }
    if (r < 0 || make->signer == NULL) {
        return r;
    }
    (void)dprintf(log_fd, "%s by %s\n", artifact, make->signer);
    return sf_sign_release(repository_fd, artifact, make->signer, err);
}

const struct sf_make_stage sf_make_sign = {.describe = describe, .run = run};
