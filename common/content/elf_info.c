/* What an ELF file says of itself in its program headers and dynamic segment. */
#include "common/content/elf_info.h"

#include <errno.h>
#include <fcntl.h>
#include <gelf.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "common/base/error.h"
#include "common/base/str.h"
#include "common/host/glibc.h"

#define MAX_PROGRAM_HEADERS 1024
#define MAX_DYNAMIC_BYTES   (1UL << 20)
#define MAX_STRING_BYTES    (64UL << 20)
#define MAX_VERSION_BYTES   (1UL << 20)
#define MAX_VERSIONS        65536
#define MAX_NEEDED          4096

/* Binaries with packed relative relocations name this version; glibc 2.36 is the first that can
 * load them. */
#define RELR_VERSION "GLIBC_ABI_DT_RELR"
#define RELR_GLIBC   "2.36"

struct reader {
    Elf *elf;
    const char *name;
    size_t segment_count;
    Elf_Data *strings; /* what DT_STRTAB points at; owned by `elf` */
};

/* The entries of the dynamic segment that matter; 0 for absent. */
struct dynamic {
    uint64_t strings;
    uint64_t strings_size;
    uint64_t versions;
    uint64_t version_count;
};

static void close_elf(Elf **elf)
{
    (void)elf_end(*elf);
}

static int malformed(const struct reader *reader, const char *what, struct sf_error *err)
{
    return sf_error_set(err, SF_E_FORMAT, "'%s' is a malformed ELF file: %s", reader->name, what);
}

/* Looks for the segment of `type`; false when there is none. */
static bool find_segment(const struct reader *reader, uint32_t type, GElf_Phdr *ret)
{
    for (size_t i = 0; i < reader->segment_count; i++) {
        if (gelf_getphdr(reader->elf, (int)i, ret) != NULL && ret->p_type == type) {
            return true;
        }
    }
    return false;
}

/* The bytes of the file that are loaded at `address`: `size`, or fewer when the segment ends
 * before. NULL when no segment holds the address. */
static Elf_Data *loaded_bytes(const struct reader *reader, uint64_t address, uint64_t size,
                              Elf_Type type)
{
    for (size_t i = 0; i < reader->segment_count; i++) {
        GElf_Phdr segment;

        if (gelf_getphdr(reader->elf, (int)i, &segment) == NULL || segment.p_type != PT_LOAD ||
            address < segment.p_vaddr || address - segment.p_vaddr >= segment.p_filesz) {
            continue;
        }

        uint64_t skipped = address - segment.p_vaddr;
        uint64_t left = segment.p_filesz - skipped;

        if (segment.p_offset > INT64_MAX - skipped) {
            return NULL;
        }
        return elf_getdata_rawchunk(reader->elf, (int64_t)(segment.p_offset + skipped),
                                    size < left ? size : left, type);
    }
    return NULL;
}

/* A string of the dynamic string table; NULL when it is not wholly inside. */
static const char *string_at(const struct reader *reader, uint64_t offset)
{
    const Elf_Data *strings = reader->strings;

    if (strings == NULL || offset >= strings->d_size) {
        return NULL;
    }

    const char *text = (const char *)strings->d_buf + offset;
    return memchr(text, '\0', strings->d_size - offset) == NULL ? NULL : text;
}

static int copy_string(const struct reader *reader, uint64_t offset, char **ret,
                       struct sf_error *err)
{
    const char *text = string_at(reader, offset);

    if (text == NULL) {
        return malformed(reader, "a name lies outside of its string table", err);
    }

    char *copy = strdup(text);
    if (copy == NULL) {
        return sf_error_no_memory(err);
    }
    free(*ret);
    *ret = copy;
    return 0;
}

static int add_needed(const struct reader *reader, uint64_t offset, struct sf_elf_info *info,
                      struct sf_error *err)
{
    const char *text = string_at(reader, offset);

    if (text == NULL) {
        return malformed(reader, "a name lies outside of its string table", err);
    }
    if (info->needed.count == MAX_NEEDED) {
        return malformed(reader, "too many needed libraries", err);
    }
    return sf_strlist_add(&info->needed, text, err);
}

static void find_tables(Elf_Data *data, size_t count, struct dynamic *ret)
{
    GElf_Dyn entry;

    for (size_t i = 0; i < count && gelf_getdyn(data, (int)i, &entry) != NULL; i++) {
        switch (entry.d_tag) {
        case DT_NULL:
            return;
        case DT_STRTAB:
            ret->strings = entry.d_un.d_ptr;
            break;
        case DT_STRSZ:
            ret->strings_size = entry.d_un.d_val;
            break;
        case DT_VERNEED:
            ret->versions = entry.d_un.d_ptr;
            break;
        case DT_VERNEEDNUM:
            ret->version_count = entry.d_un.d_val;
            break;
        default:
            break;
        }
    }
}

/* DT_RUNPATH wins over DT_RPATH, as in the loader. */
static int read_names(const struct reader *reader, Elf_Data *data, size_t count,
                      struct sf_elf_info *info, struct sf_error *err)
{
    GElf_Dyn entry;

    for (size_t i = 0; i < count && gelf_getdyn(data, (int)i, &entry) != NULL; i++) {
        int r = 0;

        if (entry.d_tag == DT_NULL) {
            return 0;
        }
        if (entry.d_tag == DT_NEEDED) {
            r = add_needed(reader, entry.d_un.d_val, info, err);
        } else if (entry.d_tag == DT_SONAME) {
            r = copy_string(reader, entry.d_un.d_val, &info->soname, err);
        } else if (entry.d_tag == DT_RUNPATH || (entry.d_tag == DT_RPATH && !info->is_runpath)) {
            info->is_runpath = entry.d_tag == DT_RUNPATH;
            r = copy_string(reader, entry.d_un.d_val, &info->rpath, err);
        }
        if (r < 0) {
            return r;
        }
    }
    return 0;
}

/* Keeps the highest GLIBC_x.y; GLIBC_PRIVATE and other names are no versions. */
static void note_version(const char *version, struct sf_elf_info *info)
{
    const char *number = version;

    if (sf_str_is_equal(version, RELR_VERSION)) {
        number = RELR_GLIBC;
    } else if (sf_str_has_prefix(version, "GLIBC_")) {
        number += strlen("GLIBC_");
    } else {
        return;
    }

    size_t length = strspn(number, "0123456789.");
    if (length == 0 || number[length] != '\0' || length >= sizeof info->glibc) {
        return;
    }
    if (info->glibc[0] == '\0' || sf_glibc_compare(number, info->glibc) > 0) {
        memcpy(info->glibc, number, length + 1);
    }
}

static int read_versions(const struct reader *reader, const struct dynamic *dynamic,
                         struct sf_elf_info *info, struct sf_error *err)
{
    Elf_Data *data = loaded_bytes(reader, dynamic->versions, MAX_VERSION_BYTES, ELF_T_VNEED);
    uint64_t offset = 0;
    size_t seen = 0;

    if (data == NULL) {
        return malformed(reader, "its version table lies outside of the file", err);
    }
    for (uint64_t i = 0; i < dynamic->version_count; i++) {
        GElf_Verneed library;
        GElf_Vernaux version;

        if (gelf_getverneed(data, (int)offset, &library) == NULL) {
            return malformed(reader, "its version table is cut short", err);
        }

        uint64_t at = offset + library.vn_aux;
        for (unsigned int j = 0; j < library.vn_cnt; j++, at += version.vna_next) {
            if (at >= MAX_VERSION_BYTES || seen++ == MAX_VERSIONS ||
                gelf_getvernaux(data, (int)at, &version) == NULL) {
                return malformed(reader, "its version table is cut short", err);
            }

            const char *text = string_at(reader, version.vna_name);
            if (text == NULL) {
                return malformed(reader, "a name lies outside of its string table", err);
            }
            note_version(text, info);
        }

        offset += library.vn_next;
        if (library.vn_next == 0) {
            break;
        }
        if (offset >= MAX_VERSION_BYTES) {
            return malformed(reader, "its version table is cut short", err);
        }
    }
    return 0;
}

static int read_dynamic(struct reader *reader, const GElf_Phdr *segment, struct sf_elf_info *info,
                        struct sf_error *err)
{
    struct dynamic dynamic = {0};

    if (segment->p_filesz > MAX_DYNAMIC_BYTES || segment->p_offset > INT64_MAX) {
        return malformed(reader, "its dynamic segment is too large", err);
    }

    Elf_Data *data =
        elf_getdata_rawchunk(reader->elf, (int64_t)segment->p_offset, segment->p_filesz, ELF_T_DYN);
    if (data == NULL) {
        return malformed(reader, "its dynamic segment lies outside of the file", err);
    }

    size_t count = data->d_size / sizeof(Elf64_Dyn);
    find_tables(data, count, &dynamic);
    if (dynamic.strings_size > MAX_STRING_BYTES) {
        return malformed(reader, "its string table is too large", err);
    }
    if (dynamic.strings_size > 0) {
        reader->strings = loaded_bytes(reader, dynamic.strings, dynamic.strings_size, ELF_T_BYTE);
    }

    int r = read_names(reader, data, count, info, err);
    if (r < 0 || dynamic.version_count == 0) {
        return r;
    }
    return read_versions(reader, &dynamic, info, err);
}

static void name_machine(const GElf_Ehdr *header, struct sf_elf_info *info)
{
    bool is_64_lsb =
        header->e_ident[EI_CLASS] == ELFCLASS64 && header->e_ident[EI_DATA] == ELFDATA2LSB;

    if (is_64_lsb && header->e_machine == EM_X86_64) {
        memcpy(info->arch, "amd64", sizeof "amd64");
    } else if (is_64_lsb && header->e_machine == EM_AARCH64) {
        memcpy(info->arch, "arm64", sizeof "arm64");
    } else {
        (void)snprintf(info->arch, sizeof info->arch, "machine-%u", header->e_machine);
    }
}

/* Counts the program headers and makes sure that each can be read: a missing one would hide what
 * the file needs. libelf silently counts only those that lie within the file. */
static bool has_program_headers(struct reader *reader, const GElf_Ehdr *header)
{
    GElf_Phdr segment;

    if (elf_getphdrnum(reader->elf, &reader->segment_count) != 0 ||
        reader->segment_count > MAX_PROGRAM_HEADERS || reader->segment_count != header->e_phnum) {
        return false;
    }
    for (size_t i = 0; i < reader->segment_count; i++) {
        if (gelf_getphdr(reader->elf, (int)i, &segment) == NULL) {
            return false;
        }
    }
    return true;
}

static int read_elf(struct reader *reader, struct sf_elf_info *info, struct sf_error *err)
{
    GElf_Ehdr header;
    GElf_Phdr segment;

    if (elf_kind(reader->elf) != ELF_K_ELF || gelf_getehdr(reader->elf, &header) == NULL) {
        return malformed(reader, "its header is not valid", err);
    }
    info->is_elf = true;
    name_machine(&header, info);
    if (sf_str_has_prefix(info->arch, "machine-")) {
        return 0;
    }

    if (!has_program_headers(reader, &header)) {
        return malformed(reader, "its program headers are not valid", err);
    }
    info->is_executable = find_segment(reader, PT_INTERP, &segment);
    if (!find_segment(reader, PT_DYNAMIC, &segment)) {
        return 0;
    }
    return read_dynamic(reader, &segment, info, err);
}

int sf_elf_info_read(int fd, const char *name, struct sf_elf_info *ret, struct sf_error *err)
{
    sf_auto(elf_info) struct sf_elf_info info = {0};
    char magic[SELFMAG];

    ssize_t n = pread(fd, magic, sizeof magic, 0);
    if (n < 0) {
        return sf_error_errno(err, errno, "read '%s'", name);
    }
    if (n == (ssize_t)sizeof magic && memcmp(magic, ELFMAG, SELFMAG) == 0) {
        __attribute__((cleanup(close_elf))) Elf *elf = NULL;

        if (elf_version(EV_CURRENT) == EV_NONE) {
            return sf_error_set(err, SF_E_INTERNAL, "libelf is older than its header");
        }
        elf = elf_begin(fd, ELF_C_READ, NULL);

        struct reader reader = {.elf = elf, .name = name};
        if (elf == NULL) {
            return malformed(&reader, "its header is not valid", err);
        }

        int r = read_elf(&reader, &info, err);
        if (r < 0) {
            return r;
        }
    }

    *ret = info;
    info = (struct sf_elf_info){0};
    return 0;
}

void sf_elf_info_done(struct sf_elf_info *info)
{
    free(info->soname);
    free(info->rpath);
    sf_strlist_done(&info->needed);
    *info = (struct sf_elf_info){0};
}

bool sf_elf_is_glibc(const char *soname)
{
    static const char *const names[] = {
        "libc.so.6",
        "libm.so.6",
        "libpthread.so.0",
        "libdl.so.2",
        "librt.so.1",
        "libresolv.so.2",
        "libutil.so.1",
        "libanl.so.1",
        "libmvec.so.1",
        "libBrokenLocale.so.1",
        "ld-linux-x86-64.so.2",
        "ld-linux-aarch64.so.1",
    };

    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        if (sf_str_is_equal(soname, names[i])) {
            return true;
        }
    }
    return false;
}
