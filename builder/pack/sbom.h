/*
 * What a release consists of, in the two forms that tools read: SPDX 2.3 and CycloneDX 1.5, both as
 * JSON. The same input gives the same bytes.
 */
#ifndef SF_BUILDER_PACK_SBOM_H
#define SF_BUILDER_PACK_SBOM_H

#include "builder/pack/component.h"
#include "builder/pack/purl.h"

#include <stdint.h>

struct sf_error;
struct sf_release;
struct sf_strlist;

#define SF_SBOM_SPDX_SUFFIX      ".spdx.json"
#define SF_SBOM_CYCLONEDX_SUFFIX ".cdx.json"

struct sf_sbom {
    const char *id; /* of the release */
    const struct sf_release *release;
    int64_t epoch_s;
    const char *distro;                          /* os-release's ID */
    const char *distro_version;                  /* its VERSION_ID */
    const struct sf_pack_components *components; /* with digests */
    const struct sf_strlist *sources;            /* "name sha256" */
    char uuid[SF_UUID_SIZE];                     /* by sf_sbom_identify() */
};

/* Derives `uuid` from all that the documents say. Errors: NO_MEMORY, INTERNAL. */
int sf_sbom_identify(struct sf_sbom *sbom, struct sf_error *err);

/* The package URL of a component; NULL when out of memory. Owned by the caller. */
char *sf_sbom_purl(const struct sf_sbom *sbom, const struct sf_pack_component *component);

/* What both documents call a component, each of a release differently: the file of a library, name
 * and version of a part. NULL when out of memory. Owned by the caller. */
char *sf_sbom_reference(const struct sf_pack_component *component);

/* JSON text. NULL when out of memory. Owned by the caller. */
char *sf_sbom_spdx(const struct sf_sbom *sbom);
char *sf_sbom_cyclonedx(const struct sf_sbom *sbom);

#endif
