/*
 * The node's toolchain: a distribution release whose glibc and compiler an artifact was built with.
 * The rule is a pure function of what was read from the node, so every distribution has a test.
 */
#ifndef SF_HOST_TOOLCHAIN_H
#define SF_HOST_TOOLCHAIN_H

#include "common/host/os_release.h"

#include <stddef.h>

struct sf_error;

/* A toolchain and how it is recognised; the built-in table and the site's own have this form. */
struct sf_toolchain {
    const char *name;
    const char *os_id;      /* ID, or the el family: "rhel" */
    const char *version_id; /* "24.04"; "9" also matches "9.4" */
    const char *glibc;      /* "2.39" */
};

/* The built-in ones: resolute noble jammy rockylinux10 rockylinux9 rockylinux8. Static. */
const struct sf_toolchain *sf_toolchain_builtin(size_t *ret_count);

/*
 * Finds the toolchain of `os`: first in `site` (the site's own, may be NULL), then among the
 * built-in. RHEL and its rebuilds (Rocky, Alma, Oracle, CentOS Stream; ID, ID_LIKE or PLATFORM_ID)
 * match rockylinux<major>; Ubuntu derivatives (Mint, Pop) match by UBUNTU_CODENAME. Returns the
 * name, borrowed from the tables. Errors: INCOMPATIBLE: what was seen, which toolchain would fit by
 * `glibc` (the newest not above it), and that toolchain= or [toolchain …] in the configuration, or
 * --toolchain, decides.
 */
int sf_toolchain_detect(const struct sf_os_release *os, const char *glibc,
                        const struct sf_toolchain *site, size_t site_count, const char **ret_name,
                        struct sf_error *err);

/* What is known of a toolchain by name, NULL when nothing. */
const struct sf_toolchain *sf_toolchain_find(const char *name, const struct sf_toolchain *site,
                                             size_t site_count);

#endif
