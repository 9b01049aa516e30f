/* Package URLs: one line that says which package of which distribution is meant. */
#ifndef SF_BUILDER_PACK_PURL_H
#define SF_BUILDER_PACK_PURL_H

#define SF_UUID_SIZE 37

/* "" for what is not known. */
struct sf_purl {
    const char *type;           /* "deb" */
    const char *distro;         /* os-release's ID: "debian" */
    const char *distro_version; /* its VERSION_ID: "12" */
    const char *name;
    const char *version;
    const char *arch;
};

/* "pkg:deb/debian/zlib1g@1:1.2.13.dfsg-1?arch=amd64&distro=debian-12". NULL when out of memory.
 * Owned by the caller. */
char *sf_purl_format(const struct sf_purl *purl);

/* A UUID of version 5's form, made of a SHA-256 in hexadecimal: same digest, same UUID. */
void sf_uuid_of_digest(const char *sha256, char uuid[static SF_UUID_SIZE]);

#endif
