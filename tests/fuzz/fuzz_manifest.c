/* Manifests: whatever is accepted keeps the promises that unpacking relies on. */
#include "tests/fuzz/fuzz_target.h"

#include "common/base/error.h"
#include "common/base/path.h"
#include "common/format/manifest.h"
#include "common/format/prefix.h"

#include <string.h>

static void require_safe(const struct sf_manifest *manifest, const struct sf_manifest_file *file)
{
    fuzz_require(sf_path_is_safe_relative(file->path));
    fuzz_require(sf_manifest_find(manifest, file->path) == file);
    fuzz_require((file->mode & ~0755U) == 0);
    fuzz_require(file->type != SF_FILE_LINK || sf_path_link_is_inside(file->path, file->target));
    for (size_t i = 0; i < file->offset_count; i++) {
        fuzz_require(file->offsets[i] + SF_PREFIX_SLOT <= file->size_bytes);
        fuzz_require(i == 0 || file->offsets[i] - file->offsets[i - 1] >= SF_PREFIX_SLOT);
    }
}

/* What was read, written again: equal but for the members that this program does not know. */
static void require_dump(const struct sf_manifest *manifest)
{
    static const struct sf_strlist none;
    const struct sf_manifest_origin origin = {
        .builder_version = "1", .options = &none, .sources = &none};
    sf_autofree char *text = sf_manifest_dump(manifest, &origin);
    sf_auto(manifest) struct sf_manifest *again = NULL;
    struct sf_error err = {0};

    fuzz_require(text != NULL);
    fuzz_require(sf_manifest_parse(text, strlen(text), &again, &err) == 0);
    fuzz_require(again->file_count == manifest->file_count);
    fuzz_require(again->tree_bytes == manifest->tree_bytes);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    sf_auto(manifest) struct sf_manifest *manifest = NULL;
    struct sf_error err = {0};

    if (sf_manifest_parse((const char *)bytes, size, &manifest, &err) < 0) {
        fuzz_require(manifest == NULL && err.message[0] != '\0');
        return 0;
    }
    for (size_t i = 0; i < manifest->file_count; i++) {
        require_safe(manifest, &manifest->files[i]);
    }
    fuzz_require(sf_manifest_is_same(manifest, manifest));
    require_dump(manifest);
    return 0;
}
