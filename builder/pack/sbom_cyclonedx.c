/* A bill of materials as CycloneDX 1.5. */
#include "builder/pack/sbom.h"

#include <jansson.h>
#include <string.h>

#include "common/base/clock.h"
#include "common/base/str.h"
#include "common/base/strlist.h"
#include "common/format/json.h"
#include "common/format/release.h"

/* Each writer returns NULL when out of memory; json_*_new() calls take NULL and report it. */

static int add_property(json_t *properties, const char *name, const char *value)
{
    return value[0] == '\0' ? 0
                            : json_array_append_new(properties, json_pack("{s:s, s:s}", "name",
                                                                          name, "value", value));
}

/* What CycloneDX has no member for. */
static int set_properties(json_t *component, const struct sf_pack_component *part)
{
    sf_auto(json) json_t *properties = json_array();
    const struct sf_package *from = &part->package;

    return add_property(properties, "sf-builder:path", part->path) < 0 ||
                   add_property(properties, "sf-builder:package", from->name) < 0 ||
                   add_property(properties, "sf-builder:source-package", from->source) < 0
               ? -1
               : json_object_set(component, "properties", properties);
}

static json_t *write_hashes(const char *sha256)
{
    return json_pack("[{s:s, s:s}]", "alg", "SHA-256", "content", sha256);
}

static json_t *write_component(const struct sf_sbom *sbom, const struct sf_pack_component *part)
{
    bool is_slurm = part->is_slurm;
    const struct sf_package *from = &part->package;
    sf_autofree char *purl = sf_sbom_purl(sbom, part);
    sf_autofree char *reference = sf_sbom_reference(part);
    sf_auto(json) json_t *component =
        purl == NULL || reference == NULL
            ? NULL
            : json_pack("{s:s, s:s, s:s, s:s*, s:s}", "type", is_slurm ? "application" : "library",
                        "bom-ref", reference, "name", part->name, "version",
                        from->version[0] == '\0' ? NULL : from->version, "purl", purl);

    if (component == NULL ||
        (from->license.expression[0] != '\0' &&
         json_object_set_new(component, "licenses",
                             json_pack("[{s:s}]", "expression", from->license.expression)) < 0)) {
        return NULL;
    }
    if (part->path != NULL &&
        (json_object_set_new(component, "hashes", write_hashes(part->sha256)) < 0 ||
         set_properties(component, part) < 0)) {
        return NULL;
    }
    return sf_steal(&component);
}

/* Slurm's sources, "name sha256" each. */
static json_t *write_sources(const struct sf_strlist *sources)
{
    sf_auto(json) json_t *references = json_array();

    for (size_t i = 0; i < sources->count; i++) {
        const char *space = strchr(sources->items[i], ' ');
        sf_autofree char *name =
            space == NULL ? NULL : strndup(sources->items[i], (size_t)(space - sources->items[i]));

        if (name == NULL ||
            json_array_append_new(references,
                                  json_pack("{s:s, s:s, s:o}", "type", "distribution", "url", name,
                                            "hashes", write_hashes(space + 1))) < 0) {
            return NULL;
        }
    }
    return sf_steal(&references);
}

static json_t *write_metadata(const struct sf_sbom *sbom, json_t *slurm)
{
    char created[SF_CLOCK_TEXT_SIZE];

    sf_clock_format(sbom->epoch_s, created);
    if (sbom->sources->count > 0 &&
        json_object_set_new(slurm, "externalReferences", write_sources(sbom->sources)) < 0) {
        json_decref(slurm);
        return NULL;
    }
    return json_pack("{s:s, s:{s:[{s:s, s:s, s:s}]}, s:o}", "timestamp", created, "tools",
                     "components", "type", "application", "name", "sf-builder", "version",
                     SF_VERSION, "component", slurm);
}

static int set_components(json_t *document, const struct sf_sbom *sbom)
{
    sf_auto(json) json_t *components = json_array();
    sf_auto(json) json_t *needed = json_array();
    int failed = 0;

    for (size_t i = 0; i < sbom->components->count; i++) {
        const struct sf_pack_component *part = &sbom->components->items[i];
        json_t *component = write_component(sbom, part);

        if (part->is_slurm) {
            failed |= json_object_set_new(document, "metadata", write_metadata(sbom, component));
            continue;
        }
        failed |= json_array_append(needed, json_object_get(component, "bom-ref"));
        failed |= json_array_append_new(components, component);
    }
    failed |= json_object_set(document, "components", components);
    return failed |
           json_object_set_new(document, "dependencies",
                               json_pack("[{s:s, s:O}]", "ref", "slurm", "dependsOn", needed));
}

char *sf_sbom_cyclonedx(const struct sf_sbom *sbom)
{
    sf_autofree char *serial = sf_str_format("urn:uuid:%s", sbom->uuid);
    sf_auto(json) json_t *document =
        serial == NULL ? NULL
                       : json_pack("{s:s, s:s, s:s, s:i}", "bomFormat", "CycloneDX", "specVersion",
                                   "1.5", "serialNumber", serial, "version", 1);

    if (document == NULL || set_components(document, sbom) != 0) {
        return NULL;
    }
    return sf_json_dump_pretty(document);
}
