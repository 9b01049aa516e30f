/* A bill of materials as SPDX 2.3. */
#include "builder/pack/sbom.h"

#include <ctype.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "common/base/clock.h"
#include "common/base/error.h"
#include "common/base/str.h"
#include "common/base/strlist.h"
#include "common/format/json.h"
#include "common/format/release.h"

#define SLURM "SPDXRef-Slurm"

/* Each writer returns NULL when out of memory; json_*_new() calls take NULL and report it. */

/* An id may hold letters, digits, '.' and '-'. */
static json_t *write_id(const char *kind, const char *name)
{
    sf_autofree char *id = sf_str_format("SPDXRef-%s-%s", kind, name);

    for (char *c = id; c != NULL && *c != '\0'; c++) {
        if (!isalnum((unsigned char)*c) && *c != '.') {
            *c = '-';
        }
    }
    return id == NULL ? NULL : json_string(id);
}

static json_t *write_checksums(const char *sha256)
{
    return json_pack("[{s:s, s:s}]", "algorithm", "SHA256", "checksumValue", sha256);
}

/* What every package has to say, known or not. */
static json_t *write_package(json_t *id, const char *name, const char *version, const char *license,
                             const char *purpose)
{
    return json_pack("{s:o, s:s, s:s*, s:s, s:b, s:s, s:s, s:s, s:s}", "SPDXID", id, "name", name,
                     "versionInfo", version[0] == '\0' ? NULL : version, "downloadLocation",
                     "NOASSERTION", "filesAnalyzed", 0, "licenseConcluded", "NOASSERTION",
                     "licenseDeclared", license[0] == '\0' ? "NOASSERTION" : license,
                     "copyrightText", "NOASSERTION", "primaryPackagePurpose", purpose);
}

/* Of Debian's packages one licence is told, whatever they hold. */
static int add_license_comment(json_t *package, const struct sf_package *from)
{
    sf_autofree char *comment = NULL;

    if (!sf_str_is_equal(from->type, "deb") || from->license.expression[0] == '\0') {
        return 0;
    }
    comment = sf_str_format("as the copyright file of source package %s has it for most files; "
                            "all of it is in view/share/licenses/%s",
                            from->source, from->name);
    return comment == NULL ? -1
                           : json_object_set_new(package, "licenseComments", json_string(comment));
}

static json_t *write_component(const struct sf_sbom *sbom, const struct sf_pack_component *part)
{
    bool is_slurm = part->is_slurm;
    const struct sf_package *from = &part->package;
    sf_autofree char *purl = sf_sbom_purl(sbom, part);
    sf_autofree char *reference = sf_sbom_reference(part);
    sf_autofree char *source =
        sf_str_format("built package %s from source package %s", from->name, from->source);
    sf_auto(json) json_t *package =
        reference == NULL
            ? NULL
            : write_package(is_slurm ? json_string(SLURM) : write_id("Library", reference),
                            part->name, from->version, from->license.expression,
                            is_slurm ? "APPLICATION" : "LIBRARY");

    if (purl == NULL || source == NULL ||
        json_object_set_new(package, "externalRefs",
                            json_pack("[{s:s, s:s, s:s}]", "referenceCategory", "PACKAGE-MANAGER",
                                      "referenceType", "purl", "referenceLocator", purl)) < 0) {
        return NULL;
    }
    if (part->path == NULL) {
        return sf_steal(&package);
    }
    if (json_object_set_new(package, "packageFileName", json_string(part->path)) < 0 ||
        json_object_set_new(package, "checksums", write_checksums(part->sha256)) < 0 ||
        add_license_comment(package, from) < 0 ||
        (from->name[0] != '\0' &&
         json_object_set_new(package, "sourceInfo", json_string(source)) < 0)) {
        return NULL;
    }
    return sf_steal(&package);
}

/* "name sha256" */
static json_t *write_source(const char *source)
{
    const char *space = strchr(source, ' ');
    sf_autofree char *name = space == NULL ? NULL : strndup(source, (size_t)(space - source));
    sf_auto(json) json_t *package =
        name == NULL ? NULL : write_package(write_id("Source", name), name, "", "", "SOURCE");

    if (package == NULL || json_object_set_new(package, "packageFileName", json_string(name)) < 0 ||
        json_object_set_new(package, "checksums", write_checksums(space + 1)) < 0) {
        return NULL;
    }
    return sf_steal(&package);
}

static int relate(json_t *relationships, const char *from, const char *type, json_t *to)
{
    return json_array_append_new(relationships,
                                 json_pack("{s:s, s:s, s:o}", "spdxElementId", from,
                                           "relationshipType", type, "relatedSpdxElement", to));
}

static int set_packages(json_t *document, const struct sf_sbom *sbom)
{
    sf_auto(json) json_t *packages = json_array();
    sf_auto(json) json_t *relationships = json_array();
    int failed = relate(relationships, "SPDXRef-DOCUMENT", "DESCRIBES", json_string(SLURM));

    for (size_t i = 0; i < sbom->components->count; i++) {
        const struct sf_pack_component *part = &sbom->components->items[i];

        json_t *package = write_component(sbom, part);

        if (!part->is_slurm) {
            failed |= relate(relationships, SLURM, "DEPENDS_ON",
                             json_incref(json_object_get(package, "SPDXID")));
        }
        failed |= json_array_append_new(packages, package);
    }
    for (size_t i = 0; i < sbom->sources->count; i++) {
        json_t *source = write_source(sbom->sources->items[i]);

        failed |= relate(relationships, SLURM, "GENERATED_FROM",
                         json_incref(json_object_get(source, "SPDXID")));
        failed |= json_array_append_new(packages, source);
    }
    failed |= json_object_set(document, "packages", packages);
    failed |= json_object_set(document, "relationships", relationships);
    return failed;
}

/* Old copyright files are Latin-1; JSON is UTF-8. */
static char *to_utf8(const char *text)
{
    size_t length = strlen(text);
    char *copy = malloc(2 * length + 1);
    size_t used = 0;

    for (size_t i = 0; copy != NULL && i < length;) {
        unsigned char byte = (unsigned char)text[i];
        size_t step = 1;

        while (step < 4 && i + step < length && !sf_str_is_utf8(text + i, step)) {
            step++;
        }
        if (sf_str_is_utf8(text + i, step)) {
            memcpy(copy + used, text + i, step);
            used += step;
            i += step;
            continue;
        }
        copy[used++] = (char)(0xc0 | (byte >> 6));
        copy[used++] = (char)(0x80 | (byte & 0x3f));
        i++;
    }
    if (copy != NULL) {
        copy[used] = '\0';
    }
    return copy;
}

/* The texts of what SPDX has no id for, each once though several libraries share a package. */
static int set_texts(json_t *document, const struct sf_sbom *sbom)
{
    sf_auto(json) json_t *texts = json_array();
    sf_auto(strlist) struct sf_strlist seen = {0};
    struct sf_error ignored;

    for (size_t i = 0; i < sbom->components->count; i++) {
        const struct sf_pack_component *part = &sbom->components->items[i];
        const struct sf_spdx_license *license = &part->package.license;

        for (size_t j = 0; j < license->references.count; j++) {
            const char *id = license->references.items[j];

            if (sf_strlist_has(&seen, id)) {
                continue;
            }

            sf_autofree char *text = to_utf8(part->texts.items[j]);

            if (text == NULL || sf_strlist_add(&seen, id, &ignored) < 0 ||
                json_array_append_new(
                    texts, json_pack("{s:s, s:s}", "licenseId", id, "extractedText", text)) < 0) {
                return -1;
            }
        }
    }
    return json_array_size(texts) == 0
               ? 0
               : json_object_set(document, "hasExtractedLicensingInfos", texts);
}

char *sf_sbom_spdx(const struct sf_sbom *sbom)
{
    char created[SF_CLOCK_TEXT_SIZE];

    sf_clock_format(sbom->epoch_s, created);

    sf_autofree char *name = sf_str_format("slurm-%s", sbom->id);
    sf_autofree char *namespace = sf_str_format("urn:uuid:%s", sbom->uuid);
    sf_auto(json) json_t *document =
        name == NULL || namespace == NULL
            ? NULL
            : json_pack("{s:s, s:s, s:s, s:s, s:s, s:{s:s, s:[s]}}", "spdxVersion", "SPDX-2.3",
                        "dataLicense", "CC0-1.0", "SPDXID", "SPDXRef-DOCUMENT", "name", name,
                        "documentNamespace", namespace, "creationInfo", "created", created,
                        "creators", "Tool: sf-builder-" SF_VERSION);

    if (document == NULL || set_packages(document, sbom) != 0 || set_texts(document, sbom) != 0) {
        return NULL;
    }
    return sf_json_dump_pretty(document);
}
