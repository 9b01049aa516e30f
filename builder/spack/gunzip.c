/* A gzip'ed text in memory, decompressed by libarchive. */
#include "builder/spack/gunzip.h"

#include <archive.h>
#include <archive_entry.h>
#include <string.h>

#include "common/base/buffer.h"
#include "common/base/cleanup.h"
#include "common/base/error.h"

static void release(struct archive *archive)
{
    (void)archive_read_free(archive);
}

SF_DEFINE_AUTO(archive, struct archive *, release)

static int fail(struct archive *archive, struct sf_error *err)
{
    const char *text = archive_error_string(archive);

    return sf_error_set(err, SF_E_FORMAT, "not valid gzip: %s", text == NULL ? "" : text);
}

int sf_gunzip(const void *bytes, size_t size, struct sf_buffer *ret_text, struct sf_error *err)
{
    sf_auto(archive) struct archive *archive = archive_read_new();
    struct archive_entry *entry = NULL;
    char block[8192];
    la_ssize_t n = 0;
    int r = 0;

    if (archive == NULL) {
        return sf_error_no_memory(err);
    }
    /* Without this, what is not compressed would be handed on as it is. */
    if (size < 2 || memcmp(bytes, "\x1f\x8b", 2) != 0) {
        return sf_error_set(err, SF_E_FORMAT, "not gzip");
    }
    if (archive_read_support_filter_gzip(archive) != ARCHIVE_OK ||
        archive_read_support_format_raw(archive) != ARCHIVE_OK ||
        archive_read_open_memory(archive, bytes, size) != ARCHIVE_OK ||
        archive_read_next_header(archive, &entry) != ARCHIVE_OK) {
        return fail(archive, err);
    }
    while (r == 0 && (n = archive_read_data(archive, block, sizeof block)) > 0) {
        r = sf_buffer_append(ret_text, block, (size_t)n, err);
    }
    return r == 0 && n < 0 ? fail(archive, err) : r;
}
