/* A gzip'ed text in memory. */
#ifndef SF_BUILDER_SPACK_GUNZIP_H
#define SF_BUILDER_SPACK_GUNZIP_H

#include <stddef.h>

struct sf_buffer;
struct sf_error;

/* Appends what is in `bytes`; the buffer's ceiling holds against a text that is far longer than
 * its compressed form. Errors: FORMAT (no gzip, damaged, above the ceiling), NO_MEMORY. */
int sf_gunzip(const void *bytes, size_t size, struct sf_buffer *ret_text, struct sf_error *err);

#endif
