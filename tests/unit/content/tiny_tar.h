/* Tar archives made record by record, so that they can be wrong in every way. */
#ifndef SF_TESTS_UNIT_CONTENT_TINY_TAR_H
#define SF_TESTS_UNIT_CONTENT_TINY_TAR_H

#include <stddef.h>
#include <stdio.h>
#include <string.h>

#define TINY_TAR_RECORD 512
#define TINY_TAR_SIZE   (24 * TINY_TAR_RECORD)

struct tiny_tar {
    unsigned char bytes[TINY_TAR_SIZE];
    size_t size;
};

/* One member; NULL and zero for what does not matter. */
struct tiny_tar_entry {
    const char *path;
    char type; /* '0' file, '1' hard link, '2' link, '3' device, '5' directory, '6' fifo, … */
    unsigned mode;
    const char *target;
    const char *data;
    const char *size; /* the text of the size field, when it is not that of the data */
};

static inline void tiny_tar_checksum(unsigned char *record)
{
    unsigned sum = 0;

    memset(record + 148, ' ', 8);
    for (size_t i = 0; i < TINY_TAR_RECORD; i++) {
        sum += record[i];
    }
    (void)snprintf((char *)record + 148, 8, "%06o", sum & 0777777U);
}

static inline void tiny_tar_add(struct tiny_tar *tar, const struct tiny_tar_entry *entry)
{
    unsigned char *record = tar->bytes + tar->size;
    size_t length = entry->data == NULL ? 0 : strlen(entry->data);

    (void)snprintf((char *)record, 100, "%s", entry->path);
    (void)snprintf((char *)record + 100, 8, "%07o", entry->mode & 07777777U);
    (void)snprintf((char *)record + 108, 8, "%07o", 1000U);
    (void)snprintf((char *)record + 116, 8, "%07o", 1000U);
    (void)snprintf((char *)record + 124, 12, "%011o", (unsigned)length);
    if (entry->size != NULL) {
        (void)snprintf((char *)record + 124, 12, "%s", entry->size);
    }
    (void)snprintf((char *)record + 136, 12, "%011o", 0U);
    record[156] = (unsigned char)entry->type;
    if (entry->target != NULL) {
        (void)snprintf((char *)record + 157, 100, "%s", entry->target);
    }
    memcpy(record + 257, "ustar\00000", 8);
    memcpy(record + 265, "mallory", 8);
    tiny_tar_checksum(record);
    tar->size += TINY_TAR_RECORD;
    if (length > 0) {
        memcpy(tar->bytes + tar->size, entry->data, length);
        tar->size += (length + TINY_TAR_RECORD - 1) / TINY_TAR_RECORD * TINY_TAR_RECORD;
    }
}

/* The two empty records. */
static inline void tiny_tar_end(struct tiny_tar *tar)
{
    tar->size += 2UL * TINY_TAR_RECORD;
}

#endif
