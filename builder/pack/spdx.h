/* Licence names of distributions as SPDX licence expressions. */
#ifndef SF_BUILDER_PACK_SPDX_H
#define SF_BUILDER_PACK_SPDX_H

#include "common/base/cleanup.h"
#include "common/base/strlist.h"

struct sf_error;

/* An expression, and for each LicenseRef in it, at the same index, what the distribution said. */
struct sf_spdx_license {
    char *expression;
    struct sf_strlist references; /* "LicenseRef-libx1-BSD-like" */
    struct sf_strlist names;      /* "BSD-like" */
};

/*
 * Reads what a Debian copyright file or an RPM says ("GPL-2+ or Expat", "LGPLv2+ and (BSD or
 * MIT)"). A name that SPDX does not have becomes a LicenseRef with `scope`, a package, in it. Text
 * that is no such list becomes one LicenseRef. Errors: NO_MEMORY.
 */
int sf_spdx_license_read(const char *text, const char *scope, struct sf_spdx_license *ret,
                         struct sf_error *err);

/*
 * The SPDX id for one name, such as "LGPL-2.1-or-later" for "LGPL-2.1+"; NULL when there is none or
 * memory is out. Owned by the caller.
 */
char *sf_spdx_id(const char *name);

void sf_spdx_license_done(struct sf_spdx_license *license);

SF_DEFINE_AUTO_STRUCT(spdx_license, struct sf_spdx_license, sf_spdx_license_done)

#endif
