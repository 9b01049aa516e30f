/* Growing bytes with a ceiling set at birth: struct sf_buffer b = {.limit_bytes = ...}, append,
 * done. */
#ifndef SF_BASE_BUFFER_H
#define SF_BASE_BUFFER_H

#include "common/base/cleanup.h"

#include <stddef.h>

struct sf_error;

struct sf_buffer {
    char *data; /* always followed by a NUL byte once something was appended */
    size_t size;
    size_t capacity;
    size_t limit_bytes;
};

/*
 * Appends `size` bytes. Errors: NO_MEMORY; FORMAT when the ceiling would be passed ("larger than
 * N bytes"), so that whoever reads from outside need not count.
 */
int sf_buffer_append(struct sf_buffer *buffer, const void *bytes, size_t size,
                     struct sf_error *err);

/* Appends formatted text. Errors as above. */
int sf_buffer_format(struct sf_buffer *buffer, struct sf_error *err, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* Frees the bytes; the ceiling stays. */
void sf_buffer_done(struct sf_buffer *buffer);

SF_DEFINE_AUTO_STRUCT(buffer, struct sf_buffer, sf_buffer_done)

#endif
