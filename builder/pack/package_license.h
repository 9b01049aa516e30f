/* The licence of a package, as its copyright file says. */
#ifndef SF_BUILDER_PACK_PACKAGE_LICENSE_H
#define SF_BUILDER_PACK_PACKAGE_LICENSE_H

/*
 * What a Debian copyright file says of most of the package: the "License:" of the paragraph for all
 * files, else of the first. "Zlib" from "License: Zlib". NULL when it says it in other words, or
 * memory is out. Owned by the caller.
 */
char *sf_package_license_name(const char *copyright);

/* The text that the file has for the licence `name`; NULL when it has none of its own, or memory is
 * out. Owned by the caller. */
char *sf_package_license_text(const char *copyright, const char *name);

#endif
