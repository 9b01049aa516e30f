/* Repository indexes: whatever is accepted has safe paths, and is written as it was read. */
#include "tests/fuzz/fuzz_target.h"

#include "common/base/error.h"
#include "common/base/path.h"
#include "common/format/repo_index.h"

#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    sf_auto(repo_index) struct sf_repo_index *index = NULL;
    sf_auto(repo_index) struct sf_repo_index *again = NULL;
    struct sf_error err = {0};

    if (sf_repo_index_parse((const char *)bytes, size, &index, &err) < 0) {
        fuzz_require(index == NULL && err.message[0] != '\0');
        return 0;
    }
    for (size_t i = 0; i < index->artifact_count; i++) {
        fuzz_require(sf_path_is_safe_relative(index->artifacts[i].path));
        fuzz_require(sf_release_check(&index->artifacts[i].release, &err) == 0);
    }
    sf_autofree char *text = sf_repo_index_dump(index);

    fuzz_require(text != NULL);
    fuzz_require(sf_repo_index_parse(text, strlen(text), &again, &err) == 0);
    sf_autofree char *text_again = sf_repo_index_dump(again);

    fuzz_require(text_again != NULL && strcmp(text, text_again) == 0);
    return 0;
}
