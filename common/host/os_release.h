/* os-release(5): the fields that tell one distribution release from another. */
#ifndef SF_HOST_OS_RELEASE_H
#define SF_HOST_OS_RELEASE_H

#include "common/base/cleanup.h"

#include <stddef.h>

struct sf_error;

struct sf_os_release {
    char id[64];               /* ID=, "linux" when absent as the man page says */
    char id_like[128];         /* ID_LIKE= */
    char version_id[64];       /* VERSION_ID= */
    char version_codename[64]; /* VERSION_CODENAME=, else UBUNTU_CODENAME= */
    char ubuntu_codename[64];  /* UBUNTU_CODENAME=: the base of derivatives such as Mint and Pop */
    char platform_id[64];      /* PLATFORM_ID=, "platform:el9" */
    char pretty_name[128];     /* PRETTY_NAME= */
};

/* Parses the text, quoting as in the man page; lines it does not understand are skipped. Values
 * that do not fit are cut. */
void sf_os_release_parse(const char *text, size_t size, struct sf_os_release *ret);

/* Reads /etc/os-release, else /usr/lib/os-release, within the tree at `root_fd`. Errors: NOT_FOUND,
 * IO. */
int sf_os_release_read(int root_fd, struct sf_os_release *ret, struct sf_error *err);

#endif
