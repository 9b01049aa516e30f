/* The version of the C library, running or in an image. */
#include "common/host/glibc.h"

#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <gnu/libc-version.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/base/buffer.h"
#include "common/base/cleanup.h"
#include "common/base/error.h"
#include "common/base/str.h"
#include "common/host/dir.h"

#define LIBC_LIMIT_BYTES ((size_t)64 * 1024 * 1024)
#define NAME_PREFIX      "GLIBC_2."
#define MINOR_MAX        999U
#define MACHINE_OFFSET   offsetof(Elf64_Ehdr, e_machine) /* both architectures: low byte first */

static bool is_running_root(int root_fd)
{
    struct stat given;
    struct stat running;

    return fstat(root_fd, &given) == 0 && stat("/", &running) == 0 &&
           given.st_dev == running.st_dev && given.st_ino == running.st_ino;
}

/* The digits at `text`, which ends with a NUL byte somewhere. */
static unsigned leading_number(const char *text, size_t *ret_length)
{
    unsigned number = 0;
    size_t length = 0;

    while (text[length] >= '0' && text[length] <= '9' && number <= MINOR_MAX) {
        number = number * 10 + (unsigned)(text[length] - '0');
        length++;
    }
    *ret_length = length;
    return number;
}

/* The highest y of the names GLIBC_2.y (and GLIBC_2.y.z); 0 without any. */
static unsigned highest_minor(const char *bytes, size_t size)
{
    const size_t prefix_length = strlen(NAME_PREFIX);
    const char *end = bytes + size;
    unsigned highest = 0;

    for (const char *at = bytes;; at++) {
        at = memmem(at, (size_t)(end - at), NAME_PREFIX, prefix_length);
        if (at == NULL) {
            return highest;
        }

        size_t length = 0;
        unsigned minor = leading_number(at + prefix_length, &length);
        char next = at[prefix_length + length];

        if ((next == '\0' || next == '.') && minor <= MINOR_MAX && minor > highest) {
            highest = minor;
        }
    }
}

static int open_libc(int root_fd, const char *arch, int *ret_fd, struct sf_error *err)
{
    const char *triplet = sf_str_is_equal(arch, "arm64") ? "aarch64-linux-gnu" : "x86_64-linux-gnu";
    sf_autofree char *multiarch = sf_str_format("/usr/lib/%s/libc.so.6", triplet);
    sf_autofree char *old_multiarch = sf_str_format("/lib/%s/libc.so.6", triplet);

    if (multiarch == NULL || old_multiarch == NULL) {
        return sf_error_no_memory(err);
    }

    const char *const places[] = {
        multiarch,          old_multiarch,        "/usr/lib64/libc.so.6",
        "/lib64/libc.so.6", "/usr/lib/libc.so.6", "/lib/libc.so.6",
    };
    int r = -SF_E_NOT_FOUND;

    for (size_t i = 0; r == -SF_E_NOT_FOUND && i < sizeof places / sizeof places[0]; i++) {
        r = sf_dir_open_in_root(root_fd, places[i], O_RDONLY | O_NONBLOCK, ret_fd, err);
    }
    return r;
}

/* By the machine in its ELF header; where libraries have no directory of their architecture. */
static bool is_for(const struct sf_buffer *elf, const char *arch)
{
    const unsigned char machine = sf_str_is_equal(arch, "arm64") ? EM_AARCH64 : EM_X86_64;

    return elf->size <= MACHINE_OFFSET || memcmp(elf->data, ELFMAG, SELFMAG) != 0 ||
           (unsigned char)elf->data[MACHINE_OFFSET] == machine;
}

static int version_in_image(int root_fd, const char *arch, char ret[static 16],
                            struct sf_error *err)
{
    sf_auto(buffer) struct sf_buffer bytes = {.limit_bytes = LIBC_LIMIT_BYTES};
    sf_autoclose int fd = -1;
    int r = open_libc(root_fd, arch, &fd, err);

    if (r == 0) {
        r = sf_dir_read_fd(fd, "libc.so.6", &bytes, err);
    }
    if (r == 0 && !is_for(&bytes, arch)) {
        r = -SF_E_NOT_FOUND;
    }
    if (r < 0) {
        return r == -SF_E_NOT_FOUND ? sf_error_set(err, SF_E_NOT_FOUND,
                                                   "no libc.so.6 for %s in the image: is it a root "
                                                   "directory of that architecture?",
                                                   arch)
                                    : r;
    }

    unsigned minor = bytes.size == 0 ? 0 : highest_minor(bytes.data, bytes.size);

    if (minor == 0) {
        return sf_error_set(err, SF_E_NOT_FOUND, "the image's libc.so.6 is not a glibc");
    }
    (void)snprintf(ret, 16, "2.%u", minor);
    return 0;
}

int sf_glibc_version(int root_fd, const char *arch, char ret[static 16], struct sf_error *err)
{
    if (!is_running_root(root_fd)) {
        return version_in_image(root_fd, arch, ret, err);
    }

    const char *version = gnu_get_libc_version();

    if (strlen(version) >= 16) {
        return sf_error_set(err, SF_E_NOT_FOUND, "glibc calls itself '%s'", version);
    }
    memcpy(ret, version, strlen(version) + 1);
    return 0;
}

int sf_glibc_compare(const char *a, const char *b)
{
    for (;;) {
        size_t a_length = 0;
        size_t b_length = 0;
        unsigned a_number = leading_number(a, &a_length);
        unsigned b_number = leading_number(b, &b_length);

        if (a_number != b_number) {
            return a_number < b_number ? -1 : 1;
        }
        a += a_length;
        b += b_length;
        if (*a != '.' || *b != '.') {
            /* "2.36" is older than "2.36.1". */
            return (*a == '.') - (*b == '.');
        }
        a++;
        b++;
    }
}
