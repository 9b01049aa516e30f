/* ELF files of a few hundred bytes, made to say what a test wants. */
#ifndef SF_TESTS_UNIT_CONTENT_TINY_ELF_H
#define SF_TESTS_UNIT_CONTENT_TINY_ELF_H

#include "tests/unit/sf_test.h"

#include <elf.h>
#include <stdbool.h>

#define TINY_ELF_DYNAMIC  256
#define TINY_ELF_STRINGS  768
#define TINY_ELF_VERSIONS 1536
#define TINY_ELF_SIZE     2048
#define TINY_ELF_NAMES    4

struct tiny_elf {
    uint16_t machine; /* 0: x86-64 */
    bool is_executable;
    bool is_runpath; /* `path` is a RUNPATH */
    const char *path;
    const char *soname;
    const char *needed[TINY_ELF_NAMES];
    const char *versions[TINY_ELF_NAMES]; /* of libc.so.6 */
};

/* An image in the making. File offsets are addresses too. */
struct tiny_elf_image {
    unsigned char bytes[TINY_ELF_SIZE];
    size_t strings_size;
    size_t entries;
};

static inline uint32_t tiny_elf_string(struct tiny_elf_image *image, const char *text)
{
    size_t offset = image->strings_size;

    assert_true(TINY_ELF_STRINGS + offset + strlen(text) < TINY_ELF_VERSIONS);
    memcpy(image->bytes + TINY_ELF_STRINGS + offset, text, strlen(text) + 1);
    image->strings_size += strlen(text) + 1;
    return (uint32_t)offset;
}

static inline void tiny_elf_entry(struct tiny_elf_image *image, int64_t tag, uint64_t value)
{
    Elf64_Dyn entry = {.d_tag = tag, .d_un.d_val = value};

    memcpy(image->bytes + TINY_ELF_DYNAMIC + image->entries * sizeof entry, &entry, sizeof entry);
    image->entries++;
}

static inline void tiny_elf_versions(struct tiny_elf_image *image, const struct tiny_elf *elf)
{
    Elf64_Verneed library = {.vn_version = 1, .vn_aux = sizeof library};
    unsigned char *at = image->bytes + TINY_ELF_VERSIONS + sizeof library;

    library.vn_file = tiny_elf_string(image, "libc.so.6");
    for (size_t i = 0; i < TINY_ELF_NAMES && elf->versions[i] != NULL; i++) {
        bool is_last = i + 1 == TINY_ELF_NAMES || elf->versions[i + 1] == NULL;
        Elf64_Vernaux version = {.vna_name = tiny_elf_string(image, elf->versions[i]),
                                 .vna_next = is_last ? 0 : sizeof version};

        memcpy(at, &version, sizeof version);
        at += sizeof version;
        library.vn_cnt++;
    }
    memcpy(image->bytes + TINY_ELF_VERSIONS, &library, sizeof library);
    tiny_elf_entry(image, DT_VERNEED, TINY_ELF_VERSIONS);
    tiny_elf_entry(image, DT_VERNEEDNUM, 1);
}

static inline void tiny_elf_dynamic(struct tiny_elf_image *image, const struct tiny_elf *elf)
{
    image->strings_size = 1;
    for (size_t i = 0; i < TINY_ELF_NAMES && elf->needed[i] != NULL; i++) {
        tiny_elf_entry(image, DT_NEEDED, tiny_elf_string(image, elf->needed[i]));
    }
    if (elf->soname != NULL) {
        tiny_elf_entry(image, DT_SONAME, tiny_elf_string(image, elf->soname));
    }
    if (elf->path != NULL) {
        tiny_elf_entry(image, elf->is_runpath ? DT_RUNPATH : DT_RPATH,
                       tiny_elf_string(image, elf->path));
    }
    if (elf->versions[0] != NULL) {
        tiny_elf_versions(image, elf);
    }
    tiny_elf_entry(image, DT_STRTAB, TINY_ELF_STRINGS);
    tiny_elf_entry(image, DT_STRSZ, image->strings_size);
    tiny_elf_entry(image, DT_NULL, 0);
}

static inline void tiny_elf_make(const struct tiny_elf *elf, struct tiny_elf_image *image)
{
    Elf64_Ehdr header = {
        .e_ident = {ELFMAG0, ELFMAG1, ELFMAG2, ELFMAG3, ELFCLASS64, ELFDATA2LSB, EV_CURRENT},
        .e_type = ET_DYN,
        .e_machine = elf->machine == 0 ? EM_X86_64 : elf->machine,
        .e_version = EV_CURRENT,
        .e_phoff = sizeof header,
        .e_ehsize = sizeof header,
        .e_phentsize = sizeof(Elf64_Phdr),
        .e_phnum = elf->is_executable ? 3 : 2};

    *image = (struct tiny_elf_image){0};
    tiny_elf_dynamic(image, elf);

    const Elf64_Phdr segments[] = {
        {.p_type = PT_LOAD, .p_filesz = TINY_ELF_SIZE, .p_memsz = TINY_ELF_SIZE},
        {.p_type = PT_DYNAMIC,
         .p_offset = TINY_ELF_DYNAMIC,
         .p_vaddr = TINY_ELF_DYNAMIC,
         .p_filesz = image->entries * sizeof(Elf64_Dyn)},
        {.p_type = PT_INTERP, .p_offset = TINY_ELF_STRINGS, .p_filesz = 1},
    };

    memcpy(image->bytes, &header, sizeof header);
    memcpy(image->bytes + sizeof header, segments, sizeof segments);
}

/* A file `path` below `dir_fd` of an image's first `size` bytes; returns it open for reading. */
static inline int tiny_elf_write(int dir_fd, const char *path, const struct tiny_elf_image *image,
                                 size_t size)
{
    int fd = openat(dir_fd, path, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);

    assert_true(fd >= 0);
    assert_int_equal(pwrite(fd, image->bytes, size, 0), size);
    return fd;
}

#endif
