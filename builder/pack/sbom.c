/* What both forms of a bill of materials share. */
#include "builder/pack/sbom.h"

#include <string.h>

#include "common/base/error.h"
#include "common/base/str.h"
#include "common/host/digest.h"

/* Whatever differs between two documents is in the SPDX form. */
int sf_sbom_identify(struct sf_sbom *sbom, struct sf_error *err)
{
    sf_autofree char *text = NULL;
    char digest[SF_DIGEST_HEX];
    int r = 0;

    sbom->uuid[0] = '\0';
    text = sf_sbom_spdx(sbom);
    if (text == NULL) {
        return sf_error_no_memory(err);
    }

    r = sf_digest_bytes(text, strlen(text), digest, err);
    if (r == 0) {
        sf_uuid_of_digest(digest, sbom->uuid);
    }
    return r;
}

char *sf_sbom_purl(const struct sf_sbom *sbom, const struct sf_pack_component *component)
{
    const struct sf_package *package = &component->package;
    struct sf_purl purl = {package->type, sbom->distro,     sbom->distro_version,
                           package->name, package->version, package->arch};

    if (package->name[0] == '\0') {
        purl = (struct sf_purl){"generic", "", "", component->name, package->version, ""};
    }
    return sf_purl_format(&purl);
}

char *sf_sbom_reference(const struct sf_pack_component *component)
{
    const char *version = component->package.version;
    bool is_file = component->path != NULL;

    return is_file || component->is_slurm || version[0] == '\0'
               ? strdup(component->name)
               : sf_str_format("%s-%s", component->name, version);
}
