/* Growing bytes with a ceiling set at birth. */
#include "common/base/buffer.h"

#include "common/base/error.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int reserve(struct sf_buffer *buffer, size_t more, struct sf_error *err)
{
    if (more > buffer->limit_bytes || buffer->size > buffer->limit_bytes - more) {
        return sf_error_set(err, SF_E_FORMAT, "larger than %zu bytes", buffer->limit_bytes);
    }
    size_t need = buffer->size + more + 1;

    if (need <= buffer->capacity) {
        return 0;
    }
    size_t capacity = buffer->capacity < 256 ? 256 : buffer->capacity;

    while (capacity < need) {
        capacity *= 2;
    }
    char *data = realloc(buffer->data, capacity);

    if (data == NULL) {
        return sf_error_no_memory(err);
    }
    buffer->data = data;
    buffer->capacity = capacity;
    return 0;
}

int sf_buffer_append(struct sf_buffer *buffer, const void *bytes, size_t size, struct sf_error *err)
{
    int r = reserve(buffer, size, err);

    if (r < 0) {
        return r;
    }
    if (size > 0) {
        memcpy(buffer->data + buffer->size, bytes, size);
    }
    buffer->size += size;
    buffer->data[buffer->size] = '\0';
    return 0;
}

int sf_buffer_format(struct sf_buffer *buffer, struct sf_error *err, const char *format, ...)
{
    sf_autofree char *text = NULL;
    va_list args;

    va_start(args, format);
    int length = vasprintf(&text, format, args);
    va_end(args);
    if (length < 0) {
        text = NULL;
        return sf_error_no_memory(err);
    }
    return sf_buffer_append(buffer, text, (size_t)length, err);
}

void sf_buffer_done(struct sf_buffer *buffer)
{
    free(buffer->data);
    *buffer = (struct sf_buffer){.limit_bytes = buffer->limit_bytes};
}
