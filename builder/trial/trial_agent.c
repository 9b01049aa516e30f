/* The sf-agent that a test runs. */
#include "builder/trial/trial.h"

#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <unistd.h>

#include "common/base/error.h"
#include "common/base/path.h"
#include "common/base/str.h"

/* The directory of this program; NULL when that cannot be found out. Owned by the caller. */
static char *own_directory(void)
{
    char self[PATH_MAX];
    ssize_t length = readlink("/proc/self/exe", self, sizeof self - 1);

    if (length < 0) {
        return NULL;
    }
    self[length] = '\0';
    return sf_path_parent(self);
}

int sf_trial_find_agent(const char *wanted, char **ret_path, struct sf_error *err)
{
    sf_autofree char *directory = own_directory();
    sf_autofree char *beside = sf_str_format("%s/sf-agent", directory == NULL ? "" : directory);
    sf_autofree char *in_sbin =
        sf_str_format("%s/../sbin/sf-agent", directory == NULL ? "" : directory);
    const char *const candidates[] = {beside, in_sbin, "/usr/sbin/sf-agent"};

    if (beside == NULL || in_sbin == NULL) {
        return sf_error_no_memory(err);
    }
    for (size_t i = 0; i < sizeof candidates / sizeof *candidates; i++) {
        const char *path = wanted == NULL ? candidates[i] : wanted;

        if (access(path, X_OK) == 0) {
            char *found = realpath(path, NULL);

            *ret_path = found;
            return found == NULL ? sf_error_errno(err, errno, "find '%s'", path) : 0;
        }
    }
    return wanted == NULL
               ? sf_error_set(err, SF_E_NOT_FOUND,
                              "no sf-agent beside sf-builder, in ../sbin or in /usr/sbin: install "
                              "it, or name it with --agent")
               : sf_error_set(err, SF_E_NOT_FOUND, "--agent=%s: there is no such program", wanted);
}
