/* What an ELF file says of itself, read by libelf from an open fd. */
#ifndef SF_CONTENT_ELF_INFO_H
#define SF_CONTENT_ELF_INFO_H

#include "common/base/cleanup.h"
#include "common/base/strlist.h"

#include <stdbool.h>

struct sf_error;

struct sf_elf_info {
    bool is_elf;        /* false: nothing else is set */
    char arch[16];      /* "amd64", "arm64", else "machine-N" and nothing more is read */
    bool is_executable; /* has an interpreter */
    char glibc[16];     /* highest GLIBC_x.y it needs, "" for none */
    char *soname;       /* NULL when it has none */
    char *rpath;        /* DT_RPATH or DT_RUNPATH, NULL when neither */
    bool is_runpath;
    struct sf_strlist needed; /* DT_NEEDED in order */
};

/*
 * Reads what the loader reads, program headers and the dynamic segment: section headers may be
 * missing or wrong. `name` is for messages. Errors: FORMAT (an ELF header followed by nonsense),
 * IO, NO_MEMORY. A file without the magic is no error.
 */
int sf_elf_info_read(int fd, const char *name, struct sf_elf_info *ret, struct sf_error *err);

void sf_elf_info_done(struct sf_elf_info *info);

SF_DEFINE_AUTO_STRUCT(elf_info, struct sf_elf_info, sf_elf_info_done)

/* True for the C library's own sonames (libc.so.6, libm.so.6, ld-linux-x86-64.so.2, …). */
bool sf_elf_is_glibc(const char *soname);

#endif
