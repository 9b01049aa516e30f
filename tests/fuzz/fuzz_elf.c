/* ELF files: whatever stands in one, what it needs is told or the file is refused. */
#include "tests/fuzz/fuzz_target.h"

#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "common/base/cleanup.h"
#include "common/base/error.h"
#include "common/content/elf_info.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    sf_autoclose int fd = memfd_create("elf", MFD_CLOEXEC);
    sf_auto(elf_info) struct sf_elf_info info = {0};
    struct sf_error err = {0};

    fuzz_require(fd >= 0 && write(fd, bytes, size) == (ssize_t)size);
    int r = sf_elf_info_read(fd, "input", &info, &err);
    if (r < 0) {
        fuzz_require(err.code == SF_E_FORMAT && err.message[0] != '\0');
        return 0;
    }

    bool has_magic = size >= 4 && memcmp(bytes, "\177ELF", 4) == 0;
    fuzz_require(info.is_elf == has_magic);
    fuzz_require(info.is_elf == (info.arch[0] != '\0'));
    fuzz_require(strspn(info.glibc, "0123456789.") == strlen(info.glibc));
    fuzz_require(info.rpath != NULL || !info.is_runpath);
    return 0;
}
