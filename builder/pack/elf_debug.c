/* Sections of debug information and the build id, read by libelf. */
#include "builder/pack/elf_debug.h"

#include <gelf.h>
#include <stdio.h>
#include <string.h>

#include "common/base/error.h"
#include "common/base/str.h"

#define ID_SECTION ".note.gnu.build-id"

/* The descriptor of the first note in the section. */
static void read_id(Elf_Scn *section, char *ret_id)
{
    Elf_Data *data = elf_getdata(section, NULL);
    GElf_Nhdr note;
    size_t name_at = 0;
    size_t id_at = 0;

    if (data == NULL || gelf_getnote(data, 0, &note, &name_at, &id_at) == 0 ||
        note.n_type != NT_GNU_BUILD_ID || note.n_descsz > SF_BUILD_ID_MAX_BYTES) {
        return;
    }
    for (size_t i = 0; i < note.n_descsz; i++) {
        (void)snprintf(ret_id + 2 * i, 3, "%02x", ((const unsigned char *)data->d_buf)[id_at + i]);
    }
}

static int read_sections(Elf *elf, const char *name, struct sf_elf_debug *ret, struct sf_error *err)
{
    struct sf_elf_debug debug = {0};
    Elf_Scn *section = NULL;
    size_t names = 0;

    if (elf_getshdrstrndx(elf, &names) != 0) {
        return sf_error_set(err, SF_E_FORMAT, "'%s': %s", name, elf_errmsg(-1));
    }
    while ((section = elf_nextscn(elf, section)) != NULL) {
        GElf_Shdr header;
        const char *title = NULL;

        if (gelf_getshdr(section, &header) == NULL ||
            (title = elf_strptr(elf, names, header.sh_name)) == NULL) {
            return sf_error_set(err, SF_E_FORMAT, "'%s': %s", name, elf_errmsg(-1));
        }
        debug.has_debug |= strcmp(title, ".debug_info") == 0 || strcmp(title, ".zdebug_info") == 0;
        if (header.sh_type == SHT_NOTE && strcmp(title, ID_SECTION) == 0) {
            read_id(section, debug.build_id);
        }
    }
    *ret = debug;
    return 0;
}

int sf_elf_debug_read(int fd, const char *name, struct sf_elf_debug *ret, struct sf_error *err)
{
    (void)elf_version(EV_CURRENT);

    Elf *elf = elf_begin(fd, ELF_C_READ, NULL);

    if (elf == NULL || elf_kind(elf) != ELF_K_ELF) {
        (void)elf_end(elf);
        return sf_error_set(err, SF_E_FORMAT, "'%s' is no ELF file", name);
    }

    int r = read_sections(elf, name, ret, err);

    (void)elf_end(elf);
    return r;
}

char *sf_elf_debug_path(const struct sf_elf_debug *debug)
{
    if (strlen(debug->build_id) < 4) {
        return NULL;
    }
    return sf_str_format("view/lib/debug/.build-id/%.2s/%s.debug", debug->build_id,
                         debug->build_id + 2);
}
