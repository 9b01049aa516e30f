/* An in-toto statement with SLSA provenance, as JSON. */
#include "builder/pack/provenance.h"

#include <jansson.h>
#include <stdio.h>
#include <string.h>

#include "builder/pack/purl.h"
#include "common/base/cleanup.h"
#include "common/base/str.h"
#include "common/base/strlist.h"
#include "common/format/json.h"
#include "common/format/release.h"
#include "common/host/os_release.h"

#define STATEMENT  "https://in-toto.io/Statement/v1"
#define PREDICATE  "https://slsa.dev/provenance/v1"
#define BUILD_TYPE "urn:sf-builder:pack:v1"
#define BUILDER    "urn:sf-builder"

/* Each writer returns NULL when out of memory; json_*_new() calls take NULL and report it. */

static json_t *write_subjects(const struct sf_provenance *provenance)
{
    sf_auto(json) json_t *array = json_array();

    for (size_t i = 0; i < provenance->subject_count; i++) {
        const struct sf_provenance_subject *subject = &provenance->subjects[i];

        if (json_array_append_new(array, json_pack("{s:s, s:{s:s}}", "name", subject->name,
                                                   "digest", "sha256", subject->sha256)) < 0) {
            return NULL;
        }
    }
    return sf_steal(&array);
}

static json_t *write_words(const struct sf_strlist *words)
{
    sf_auto(json) json_t *array = json_array();

    for (size_t i = 0; i < words->count; i++) {
        if (json_array_append_new(array, json_string(words->items[i])) < 0) {
            return NULL;
        }
    }
    return sf_steal(&array);
}

/* "name sha256" */
static json_t *write_source(const char *source)
{
    const char *space = strchr(source, ' ');
    sf_autofree char *name = space == NULL ? NULL : strndup(source, (size_t)(space - source));

    return name == NULL ? NULL
                        : json_pack("{s:s, s:{s:s}}", "name", name, "digest", "sha256", space + 1);
}

/* "type\tname\tversion\tarch" */
static json_t *write_package(const struct sf_os_release *os, const char *line)
{
    const char *fields[4] = {"", "", "", ""};
    sf_autofree char *copy = strdup(line);
    char *rest = copy;

    for (size_t i = 0; i < 4 && rest != NULL; i++) {
        fields[i] = strsep(&rest, "\t");
    }

    const struct sf_purl purl = {fields[0], os->id,    os->version_id,
                                 fields[1], fields[2], fields[3]};
    sf_autofree char *uri = copy == NULL ? NULL : sf_purl_format(&purl);

    return uri == NULL ? NULL : json_pack("{s:s}", "uri", uri);
}

static json_t *write_dependencies(const struct sf_provenance *provenance)
{
    sf_auto(json) json_t *array = json_array();

    for (size_t i = 0; i < provenance->sources->count; i++) {
        if (json_array_append_new(array, write_source(provenance->sources->items[i])) < 0) {
            return NULL;
        }
    }
    for (size_t i = 0; i < provenance->packages->count; i++) {
        if (json_array_append_new(
                array, write_package(provenance->os, provenance->packages->items[i])) < 0) {
            return NULL;
        }
    }
    return sf_steal(&array);
}

static json_t *write_definition(const struct sf_provenance *provenance)
{
    const struct sf_release *release = provenance->release;
    json_t *external =
        json_pack("{s:s, s:i, s:s, s:s, s:s, s:o}", "version", release->version, "build",
                  (int)release->build, "toolchain", release->toolchain, "arch", release->arch,
                  "variant", release->variant, "options", write_words(provenance->options));
    json_t *internal = json_pack(
        "{s:s, s:s, s:s, s:i, s:I, s:s}", "glibc", provenance->glibc, "cpu_level",
        provenance->cpu_level, "build_prefix", provenance->prefix, "zstd_level", provenance->level,
        "source_date_epoch", (json_int_t)provenance->epoch_s, "place", provenance->os->pretty_name);

    return json_pack("{s:s, s:o, s:o, s:o}", "buildType", BUILD_TYPE, "externalParameters",
                     external, "internalParameters", internal, "resolvedDependencies",
                     write_dependencies(provenance));
}

char *sf_provenance_text(const struct sf_provenance *provenance)
{
    sf_auto(json) json_t *statement =
        json_pack("{s:s, s:o, s:s, s:{s:o, s:{s:{s:s, s:{s:s}}}}}", "_type", STATEMENT, "subject",
                  write_subjects(provenance), "predicateType", PREDICATE, "predicate",
                  "buildDefinition", write_definition(provenance), "runDetails", "builder", "id",
                  BUILDER, "version", "sf-builder", SF_VERSION);

    return statement == NULL ? NULL : sf_json_dump_pretty(statement);
}
