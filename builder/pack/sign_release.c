/* Signs an artifact and its provenance where they lie. */
#include "builder/pack/sign_release.h"

#include <fcntl.h>

#include "common/base/buffer.h"
#include "common/base/cleanup.h"
#include "common/base/error.h"
#include "common/base/path.h"
#include "common/base/str.h"
#include "common/content/sign.h"
#include "common/host/atomic_file.h"
#include "common/host/dir.h"

#define SIGNATURE_MAX_BYTES 65536

static int sign_file(int dir_fd, const char *name, const char *signer, struct sf_error *err)
{
    sf_auto(buffer) struct sf_buffer signature = {.limit_bytes = SIGNATURE_MAX_BYTES};
    sf_autofree char *to = sf_str_format("%s.asc", name);
    sf_autoclose int fd = -1;

    if (to == NULL) {
        return sf_error_no_memory(err);
    }
    if (sf_dir_has(dir_fd, to)) {
        return 0;
    }

    int r = sf_dir_open_file(dir_fd, name, O_RDONLY, 0, &fd, err);

    if (r < 0) {
        return r;
    }

    r = sf_sign_detached(signer, fd, &signature, err);
    return r < 0 ? r : sf_atomic_file_write(dir_fd, to, signature.data, signature.size, 0644, err);
}

int sf_sign_release(int repository_fd, const char *path, const char *signer, struct sf_error *err)
{
    sf_autofree char *directory = sf_path_parent(path);
    sf_autofree char *provenance = sf_str_format("%s" SF_PROVENANCE_SUFFIX, sf_path_base(path));
    sf_autoclose int dir_fd = -1;

    if (directory == NULL || provenance == NULL) {
        return sf_error_no_memory(err);
    }

    int r = sf_dir_open(repository_fd, directory, &dir_fd, err);

    if (r < 0) {
        return r;
    }

    r = sign_file(dir_fd, sf_path_base(path), signer, err);
    if (r < 0 || !sf_dir_has(dir_fd, provenance)) {
        return r;
    }
    return sign_file(dir_fd, provenance, signer, err);
}
