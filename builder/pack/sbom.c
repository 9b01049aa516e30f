/* What both forms of a bill of materials share. */
#include "builder/pack/sbom.h"

#include "common/base/buffer.h"
#include "common/base/error.h"
#include "common/base/strlist.h"
#include "common/format/release.h"
#include "common/host/digest.h"

#define CONTENT_MAX_BYTES (4UL << 20)

int sf_sbom_identify(struct sf_sbom *sbom, struct sf_error *err)
{
    sf_auto(buffer) struct sf_buffer content = {.limit_bytes = CONTENT_MAX_BYTES};
    char digest[SF_DIGEST_HEX];
    int r = sf_buffer_format(&content, err, "%s\n%lld\n" SF_VERSION "\n%s %s\n", sbom->id,
                             (long long)sbom->epoch_s, sbom->distro, sbom->distro_version);

    for (size_t i = 0; r == 0 && i < sbom->components->count; i++) {
        const struct sf_pack_component *part = &sbom->components->items[i];

        r = sf_buffer_format(&content, err, "%s\t%s\t%s\t%s\t%s\n", part->name, part->sha256,
                             part->package.name, part->package.version,
                             part->package.license.expression);
    }
    for (size_t i = 0; r == 0 && i < sbom->sources->count; i++) {
        r = sf_buffer_format(&content, err, "%s\n", sbom->sources->items[i]);
    }
    if (r == 0) {
        r = sf_digest_bytes(content.data, content.size, digest, err);
    }
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
