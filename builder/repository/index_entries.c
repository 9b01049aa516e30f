/* The entries of an index that is being made: found, added, taken out. */
#include "builder/repository/index_entries.h"

#include <stdlib.h>
#include <string.h>

#include "common/base/error.h"
#include "common/format/repo_index.h"

struct sf_index_artifact *sf_index_entries_find(const struct sf_repo_index *index, const char *path)
{
    for (size_t i = 0; i < index->artifact_count; i++) {
        if (strcmp(index->artifacts[i].path, path) == 0) {
            return &index->artifacts[i];
        }
    }
    return NULL;
}

int sf_index_entries_add(struct sf_repo_index *index, const struct sf_index_artifact *entry,
                         struct sf_error *err)
{
    sf_autofree char *path = strdup(entry->path);

    if (index->artifact_count >= SF_INDEX_MAX_ARTIFACTS) {
        return sf_error_set(err, SF_E_FORMAT, "an index holds at most %d artifacts",
                            SF_INDEX_MAX_ARTIFACTS);
    }

    struct sf_index_artifact *grown =
        reallocarray(index->artifacts, index->artifact_count + 1, sizeof *grown);

    if (grown == NULL || path == NULL) {
        index->artifacts = grown == NULL ? index->artifacts : grown;
        return sf_error_no_memory(err);
    }
    index->artifacts = grown;
    grown[index->artifact_count] = *entry;
    grown[index->artifact_count++].path = sf_steal(&path);
    return 0;
}

void sf_index_entries_remove(struct sf_repo_index *index, size_t position)
{
    struct sf_index_artifact *entry = &index->artifacts[position];

    free(entry->path);
    index->artifact_count--;
    memmove(entry, entry + 1, (index->artifact_count - position) * sizeof *entry);
}
