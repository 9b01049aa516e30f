/* What a pack took from the place, for the next run to compare. */
#include "builder/make/bundled.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "builder/pack/component.h"
#include "builder/pack/sysroot.h"
#include "common/base/buffer.h"
#include "common/base/error.h"
#include "common/host/atomic_file.h"
#include "common/host/digest.h"
#include "common/host/dir.h"

#define NAME      "bundled"
#define MAX_BYTES (1UL << 20)

static int digest_library(const struct sf_sysroot *place, const char *path,
                          char sha256[static SF_DIGEST_HEX], struct sf_error *err)
{
    sf_autoclose int fd = -1;
    uint64_t size = 0;
    int r = sf_sysroot_open_file(place, path, /* ret_real= */ NULL, &fd, err);

    return r < 0 ? r : sf_digest_fd(fd, sha256, &size, err);
}

int sf_bundled_write(int dir_fd, const char *root, const struct sf_pack_components *components,
                     struct sf_error *err)
{
    sf_auto(sysroot) struct sf_sysroot place = {0};
    sf_auto(buffer) struct sf_buffer text = {.limit_bytes = MAX_BYTES};
    int r = sf_sysroot_open(root, &place, err);

    for (size_t i = 0; r == 0 && i < components->count; i++) {
        const char *path = components->items[i].origin;
        char sha256[SF_DIGEST_HEX];

        r = path == NULL ? 0 : digest_library(&place, path, sha256, err);
        if (r == 0 && path != NULL) {
            r = sf_buffer_format(&text, err, "%s %s\n", sha256, path);
        }
    }
    return r < 0 ? r
                 : sf_atomic_file_write(dir_fd, NAME, text.data == NULL ? "" : text.data, text.size,
                                        0644, err);
}

bool sf_bundled_is_same(int dir_fd, const char *root)
{
    sf_auto(sysroot) struct sf_sysroot place = {0};
    sf_auto(buffer) struct sf_buffer text = {.limit_bytes = MAX_BYTES};
    struct sf_error ignored;

    if (sf_dir_read_file(dir_fd, NAME, &text, &ignored) < 0 ||
        sf_sysroot_open(root, &place, &ignored) < 0) {
        return false;
    }
    for (char *line = text.data; line != NULL && *line != '\0';) {
        char *end = line + strcspn(line, "\n");
        char *next = *end == '\0' ? end : end + 1;
        char sha256[SF_DIGEST_HEX];

        *end = '\0';
        if (strlen(line) <= SF_DIGEST_HEX ||
            digest_library(&place, line + SF_DIGEST_HEX, sha256, &ignored) < 0 ||
            memcmp(line, sha256, SF_DIGEST_HEX - 1) != 0) {
            return false;
        }
        line = next;
    }
    return true;
}
