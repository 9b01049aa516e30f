/* Relocation: the slots of a file, found when it is built, overwritten and put back on a node. */
#include "common/content/relocate.h"

#include <stdbool.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/base/buffer.h"
#include "common/base/error.h"
#include "common/base/str.h"
#include "common/format/prefix.h"
#include "common/host/digest.h"

#define CHUNK_BYTES   (64UL << 10)
#define EXCERPT_BYTES 160

/* What a buffer and a slot have in common. */
struct overlap {
    size_t in_buffer;
    size_t in_slot;
    size_t size;
};

/* The part of the slot at `offset` that lies in the `size` bytes at `start`; size 0 for none. */
static struct overlap overlap_of(uint64_t offset, uint64_t start, size_t size)
{
    uint64_t first = offset > start ? offset : start;
    uint64_t end = offset + SF_PREFIX_SLOT < start + size ? offset + SF_PREFIX_SLOT : start + size;

    if (first >= end) {
        return (struct overlap){0};
    }
    return (struct overlap){
        .in_buffer = (size_t)(first - start),
        .in_slot = (size_t)(first - offset),
        .size = (size_t)(end - first),
    };
}

/* Index of the first slot that ends after `start`. */
static size_t first_slot(const struct sf_manifest_file *file, uint64_t start)
{
    size_t low = 0;
    size_t high = file->offset_count;

    while (low < high) {
        size_t middle = low + (high - low) / 2;

        if (file->offsets[middle] + SF_PREFIX_SLOT <= start) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low;
}

void sf_relocate_buffer(const struct sf_manifest_file *file, const char *slot, uint64_t start,
                        unsigned char *bytes, size_t size)
{
    for (size_t i = first_slot(file, start); i < file->offset_count; i++) {
        struct overlap part = overlap_of(file->offsets[i], start, size);

        if (part.size == 0) {
            return;
        }
        memcpy(bytes + part.in_buffer, slot + part.in_slot, part.size);
    }
}

int sf_relocate_render(const char *text, size_t size, const char *from, const char *to,
                       char **ret_text, size_t *ret_size, struct sf_error *err)
{
    char *rendered = sf_str_replace(text, size, from, to, ret_size);

    if (rendered == NULL) {
        return sf_error_no_memory(err);
    }
    *ret_text = rendered;
    return 0;
}

/* A growing list of offsets. */
struct offset_list {
    uint64_t *items;
    size_t count;
    size_t capacity;
};

static int add_offset(struct offset_list *list, uint64_t offset, struct sf_error *err)
{
    if (list->count == list->capacity) {
        size_t capacity = list->capacity == 0 ? 16 : list->capacity * 2;
        uint64_t *items = reallocarray(list->items, capacity, sizeof *items);

        if (items == NULL) {
            return sf_error_no_memory(err);
        }
        list->items = items;
        list->capacity = capacity;
    }
    list->items[list->count++] = offset;
    return 0;
}

/* Padding that goes on after the slot belongs to a longer one, which the table cannot hold. */
static bool is_whole_slot(const char *at, size_t size, const char *build_prefix)
{
    if (size < SF_PREFIX_SLOT || memcmp(at, build_prefix, SF_PREFIX_SLOT) != 0) {
        return false;
    }
    return size < SF_PREFIX_SLOT + 2 || memcmp(at + SF_PREFIX_SLOT, "/.", 2) != 0;
}

static int refuse_occurrence(const char *at, size_t size, uint64_t offset, struct sf_error *err)
{
    char excerpt[EXCERPT_BYTES + 1] = "";
    size_t length = strnlen(at, size < EXCERPT_BYTES ? size : EXCERPT_BYTES);
    const char *newline = memchr(at, '\n', length);

    memcpy(excerpt, at, newline == NULL ? length : (size_t)(newline - at));
    sf_autofree char *printable = sf_str_printable(excerpt);

    return sf_error_set(err, SF_E_FORMAT,
                        "offset %llu: '%s' is the build prefix, but not padded to %d bytes, so "
                        "another root could not be written over it",
                        (unsigned long long)offset, printable == NULL ? "" : printable,
                        SF_PREFIX_SLOT);
}

static int scan_bytes(const char *bytes, size_t size, const char *build_prefix,
                      const char *clean_prefix, struct offset_list *list, struct sf_error *err)
{
    size_t clean_length = strlen(clean_prefix);
    size_t position = 0;

    for (;;) {
        const char *hit = memmem(bytes + position, size - position, clean_prefix, clean_length);
        if (hit == NULL) {
            return 0;
        }
        position = (size_t)(hit - bytes);

        if (!is_whole_slot(hit, size - position, build_prefix)) {
            return refuse_occurrence(hit, size - position, position, err);
        }

        int r = add_offset(list, position, err);
        if (r < 0) {
            return r;
        }
        position += SF_PREFIX_SLOT;
    }
}

int sf_relocate_scan(int fd, const char *build_prefix, const char *clean_prefix,
                     uint64_t **ret_offsets, size_t *ret_count, struct sf_error *err)
{
    struct offset_list list = {0};
    struct stat status;

    if (fstat(fd, &status) < 0) {
        return sf_error_errno(err, errno, "read size of a file to scan");
    }
    if (status.st_size == 0) {
        *ret_offsets = NULL;
        *ret_count = 0;
        return 0;
    }

    size_t size = (size_t)status.st_size;
    char *bytes = mmap(NULL, size, PROT_READ, MAP_PRIVATE, fd, 0);
    if (bytes == MAP_FAILED) {
        return sf_error_errno(err, errno, "map a file to scan");
    }

    int r = scan_bytes(bytes, size, build_prefix, clean_prefix, &list, err);
    (void)munmap(bytes, size);
    if (r < 0) {
        free(list.items);
        return r;
    }
    *ret_offsets = list.items;
    *ret_count = list.count;
    return 0;
}

/* Puts the slots in the buffer back to `shipped`, provided that they hold `expected`. */
static int undo_slots(const struct sf_manifest_file *file, const char *expected,
                      const char *shipped, uint64_t start, unsigned char *bytes, size_t size,
                      struct sf_error *err)
{
    for (size_t i = first_slot(file, start); i < file->offset_count; i++) {
        struct overlap part = overlap_of(file->offsets[i], start, size);

        if (part.size == 0) {
            break;
        }
        if (memcmp(bytes + part.in_buffer, expected + part.in_slot, part.size) != 0) {
            return sf_error_set(err, SF_E_INTEGRITY,
                                "'%s': offset %llu does not hold this node's prefix", file->path,
                                (unsigned long long)file->offsets[i]);
        }
        memcpy(bytes + part.in_buffer, shipped + part.in_slot, part.size);
    }
    return 0;
}

/* Reads at `start` until the buffer is full or the file ends. */
static int read_chunk(int fd, const char *path, uint64_t start, unsigned char *bytes, size_t size,
                      size_t *ret_size, struct sf_error *err)
{
    size_t done = 0;

    while (done < size) {
        ssize_t n = pread(fd, bytes + done, size - done, (off_t)(start + done));

        if (n < 0 && errno == EINTR) {
            continue;
        }
        if (n < 0) {
            return sf_error_errno(err, errno, "read '%s'", path);
        }
        if (n == 0) {
            break;
        }
        done += (size_t)n;
    }
    *ret_size = done;
    return 0;
}

static int digest_slotted(int fd, const struct sf_manifest *manifest,
                          const struct sf_manifest_file *file, const char *node_slot,
                          char hex[static 65], struct sf_error *err)
{
    sf_auto(digest) struct sf_digest *digest = NULL;
    sf_autofree unsigned char *bytes = malloc(CHUNK_BYTES);
    uint64_t start = 0;
    size_t size = 0;

    if (bytes == NULL) {
        return sf_error_no_memory(err);
    }

    int r = sf_digest_new(&digest, err);
    if (r < 0) {
        return r;
    }
    do {
        r = read_chunk(fd, file->path, start, bytes, CHUNK_BYTES, &size, err);
        if (r < 0) {
            return r;
        }

        r = undo_slots(file, node_slot, manifest->build_prefix, start, bytes, size, err);
        if (r < 0) {
            return r;
        }
        sf_digest_update(digest, bytes, size);
        start += size;
    } while (size == CHUNK_BYTES);
    return sf_digest_finish(digest, hex, err);
}

static int digest_rendered(int fd, const struct sf_manifest *manifest,
                           const struct sf_manifest_file *file, const char *node_prefix,
                           char hex[static 65], struct sf_error *err)
{
    sf_auto(buffer) struct sf_buffer text = {.limit_bytes = SF_RELOCATE_MAX_RENDERED_ON_NODE};
    sf_autofree unsigned char *bytes = malloc(CHUNK_BYTES);
    sf_autofree char *shipped = NULL;
    size_t size = 0;

    if (bytes == NULL) {
        return sf_error_no_memory(err);
    }
    do {
        int r = read_chunk(fd, file->path, text.size, bytes, CHUNK_BYTES, &size, err);
        if (r < 0) {
            return r;
        }

        r = sf_buffer_append(&text, bytes, size, err);
        if (r < 0) {
            return sf_error_prefix(err, "'%s': ", file->path);
        }
    } while (size == CHUNK_BYTES);

    int r = sf_relocate_render(text.data == NULL ? "" : text.data, text.size, node_prefix,
                               manifest->default_prefix, &shipped, &size, err);
    if (r < 0) {
        return r;
    }
    return sf_digest_bytes(shipped, size, hex, err);
}

int sf_relocate_shipped_digest(int fd, const struct sf_manifest *manifest,
                               const struct sf_manifest_file *file, const char *node_prefix,
                               char hex[static 65], struct sf_error *err)
{
    char node_slot[SF_PREFIX_SLOT + 1];

    if (file->is_rendered) {
        return digest_rendered(fd, manifest, file, node_prefix, hex, err);
    }
    sf_prefix_pad(node_prefix, node_slot);
    return digest_slotted(fd, manifest, file, node_slot, hex, err);
}
