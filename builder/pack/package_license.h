/* The licence of a package, as its copyright file says. */
#ifndef SF_BUILDER_PACK_PACKAGE_LICENSE_H
#define SF_BUILDER_PACK_PACKAGE_LICENSE_H

/*
 * What a Debian copyright file says of most of its source package: the "License:" of the paragraph
 * for all files, else one before all paragraphs. "Zlib" from "License: Zlib". NULL when the file is
 * not in the machine-readable form or says that of no whole, or memory is out. Owned by the caller.
 */
char *sf_package_license_name(const char *copyright);

/* The text that the file has for the licence `name`, without its indentation; NULL when it has none
 * of its own, or memory is out. Owned by the caller. */
char *sf_package_license_text(const char *copyright, const char *name);

#endif
