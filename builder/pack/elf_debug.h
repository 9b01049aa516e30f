/* What an ELF file says of its debug information. */
#ifndef SF_BUILDER_PACK_ELF_DEBUG_H
#define SF_BUILDER_PACK_ELF_DEBUG_H

#include <stdbool.h>

struct sf_error;

#define SF_BUILD_ID_MAX_BYTES 32

struct sf_elf_debug {
    bool has_debug;                               /* a section of debug information */
    char build_id[2 * SF_BUILD_ID_MAX_BYTES + 1]; /* hexadecimal, "" for none */
};

/* Reads it from an ELF file; `name` is for messages. Errors: FORMAT, NO_MEMORY. */
int sf_elf_debug_read(int fd, const char *name, struct sf_elf_debug *ret, struct sf_error *err);

/* "view/lib/debug/.build-id/ab/cdef….debug": where debuggers look for it. NULL when the id is too
 * short for that or memory is out. Owned by the caller. */
char *sf_elf_debug_path(const struct sf_elf_debug *debug);

#endif
