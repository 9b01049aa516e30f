/* Releases that the automatic upgrade leaves alone. */
#include "common/store/hold.h"

#include <stdlib.h>

#include "common/base/cleanup.h"
#include "common/base/error.h"
#include "common/base/str.h"
#include "common/host/atomic_file.h"
#include "common/host/dir.h"
#include "common/store/layout.h"

#define HOLDS "holds"

int sf_hold_set(const struct sf_layout *layout, const char *id, struct sf_error *err)
{
    sf_autoclose int holds_fd = -1;
    int r = sf_dir_make(layout->state_fd, HOLDS, err);

    if (r == 0) {
        r = sf_dir_open(layout->state_fd, HOLDS, &holds_fd, err);
    }
    return r < 0 ? r : sf_atomic_file_write(holds_fd, id, "", 0, 0644, err);
}

int sf_hold_clear(const struct sf_layout *layout, const char *id, struct sf_error *err)
{
    sf_autofree char *path = sf_str_format(HOLDS "/%s", id);

    if (path == NULL) {
        return sf_error_no_memory(err);
    }
    return sf_dir_has(layout->state_fd, path) ? sf_dir_remove(layout->state_fd, path, err) : 0;
}

bool sf_hold_is_set(const struct sf_layout *layout, const char *id)
{
    sf_autofree char *path = sf_str_format(HOLDS "/%s", id);

    return path != NULL && layout->state_fd >= 0 && sf_dir_has(layout->state_fd, path);
}
