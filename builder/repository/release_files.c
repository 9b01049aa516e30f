/* Which files of a repository belong to a release. */
#include "builder/repository/release_files.h"

#include <string.h>

#include "builder/repository/publish.h"
#include "common/base/cleanup.h"
#include "common/base/error.h"
#include "common/base/str.h"
#include "common/base/strlist.h"

#define SOFTWARE "-software."
#define DEBUG    "-debug."
#define ENDING   SOFTWARE "tar.zst"

bool sf_release_files_has(const char *artifact, const char *path)
{
    size_t length = strlen(artifact);
    size_t stem = length - (sizeof ENDING - 1);

    if (!sf_str_has_suffix(artifact, ENDING)) {
        return strcmp(path, artifact) == 0;
    }
    if (strncmp(path, artifact, stem) != 0 || strchr(path + stem, '/') != NULL) {
        return false;
    }
    return sf_str_has_prefix(path + stem, SOFTWARE) || sf_str_has_prefix(path + stem, DEBUG);
}

int sf_release_files_pick(const char *artifact, const struct sf_strlist *paths,
                          struct sf_strlist *ret_files, struct sf_error *err)
{
    sf_autofree char *manifest = sf_str_format("%s" SF_PUBLISH_MANIFEST_SUFFIX, artifact);
    int r = manifest == NULL ? sf_error_no_memory(err) : 0;

    if (r == 0 && sf_strlist_has(paths, artifact)) {
        r = sf_strlist_add(ret_files, artifact, err);
    }
    for (size_t i = 0; r == 0 && i < paths->count; i++) {
        const char *path = paths->items[i];

        if (sf_release_files_has(artifact, path) && strcmp(path, artifact) != 0 &&
            strcmp(path, manifest) != 0) {
            r = sf_strlist_add(ret_files, path, err);
        }
    }
    if (r == 0 && sf_strlist_has(paths, manifest)) {
        r = sf_strlist_add(ret_files, manifest, err);
    }
    return r;
}
