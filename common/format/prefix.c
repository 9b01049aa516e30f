/* The build prefix and the slot that it leaves in files. */
#include "common/format/prefix.h"

#include "common/base/cleanup.h"
#include "common/base/error.h"
#include "common/base/str.h"
#include "common/format/release.h"

#include <string.h>

int sf_prefix_of_release(const char *root, const struct sf_release *release, char **ret_prefix,
                         struct sf_error *err)
{
    char id[SF_RELEASE_ID_SIZE];

    sf_release_format(release, id);
    sf_autofree char *prefix =
        sf_str_format("%s/releases/%s/view", sf_str_is_equal(root, "/") ? "" : root, id);

    if (prefix == NULL) {
        return sf_error_no_memory(err);
    }
    size_t length = strlen(prefix);

    if (length > SF_PREFIX_SLOT) {
        return sf_error_set(err, SF_E_INCOMPATIBLE,
                            "root '%s' is too long for release %s: the prefix would have %zu "
                            "bytes, files have room for %d; use a root of at most %zu bytes",
                            root, id, length, SF_PREFIX_SLOT,
                            SF_PREFIX_SLOT - (length - strlen(root)));
    }
    *ret_prefix = sf_steal(&prefix);
    return 0;
}

void sf_prefix_pad(const char *prefix, char slot[static SF_PREFIX_SLOT + 1])
{
    size_t length = strnlen(prefix, SF_PREFIX_SLOT);

    memcpy(slot, prefix, length);
    if ((SF_PREFIX_SLOT - length) % 2 == 1) {
        slot[length++] = '/';
    }
    for (; length < SF_PREFIX_SLOT; length += 2) {
        memcpy(slot + length, "/.", 2);
    }
    slot[SF_PREFIX_SLOT] = '\0';
}
