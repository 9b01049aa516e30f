/* The description of a concrete package as Spack writes it. */
#include "builder/spack/spec.h"

#include <jansson.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "common/base/error.h"
#include "common/base/str.h"
#include "common/format/json.h"

#define VERSION          5
#define MAX_NODES        2000
#define MAX_DEPENDENCIES 2000

#define LOWER "abcdefghijklmnopqrstuvwxyz"
#define UPPER "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
#define DIGIT "0123456789"

static bool is_of(const char *text, const char *characters)
{
    return *text != '\0' && strspn(text, characters) == strlen(text);
}

static bool is_identity(const struct sf_spack_identity *identity)
{
    return is_of(identity->name, LOWER DIGIT "-_") && identity->name[0] != '-' &&
           is_of(identity->version, LOWER UPPER DIGIT "._+=-") && identity->version[0] != '.' &&
           is_of(identity->hash, LOWER DIGIT) && strlen(identity->hash) == 32;
}

/* True for a dependency that is linked with, or run. */
static bool is_needed(const json_t *dependency)
{
    const json_t *parameters = json_object_get(dependency, "parameters");
    const json_t *types = json_object_get(parameters, "deptypes");

    for (size_t i = 0; i < json_array_size(types); i++) {
        const char *type = json_string_value(json_array_get(types, i));

        if (type != NULL && (sf_str_is_equal(type, "link") || sf_str_is_equal(type, "run"))) {
            return true;
        }
    }
    return false;
}

static int read_needed(const json_t *value, struct sf_spack_node *node, struct sf_error *err)
{
    const json_t *dependencies = NULL;

    if (json_object_get(value, "dependencies") == NULL) {
        return 0;
    }

    int r = sf_json_array(value, "dependencies", MAX_DEPENDENCIES, &dependencies, err);

    for (size_t i = 0; r == 0 && i < json_array_size(dependencies); i++) {
        const json_t *dependency = json_array_get(dependencies, i);
        const char *hash = NULL;

        if (!is_needed(dependency)) {
            continue;
        }
        r = sf_json_string(dependency, "hash", &hash, err);
        if (r == 0) {
            r = sf_strlist_add(&node->needed, hash, err);
        }
    }
    return r;
}

static int read_node(const json_t *value, struct sf_spack_node *node, struct sf_error *err)
{
    struct sf_spack_identity *identity = &node->identity;

    if (!json_is_object(value)) {
        return sf_error_set(err, SF_E_FORMAT, "'nodes' has something in it that is no object");
    }
    node->is_external = json_is_object(json_object_get(value, "external"));

    int r = sf_json_text(value, "name", identity->name, sizeof identity->name, err);

    if (r == 0) {
        r = sf_json_text(value, "hash", identity->hash, sizeof identity->hash, err);
    }
    if (r == 0) {
        r = sf_json_text(value, "version", identity->version, sizeof identity->version, err);
    }
    if (r < 0 || node->is_external) {
        return r;
    }
    if (!is_identity(identity)) {
        sf_autofree char *shown = sf_str_printable(identity->name);

        return sf_error_set(err, SF_E_FORMAT,
                            "name, version or hash of the package '%s' is not one that Spack gives",
                            shown == NULL ? "" : shown);
    }
    return read_needed(value, node, err);
}

static int check_needed(const struct sf_spack_spec *spec, struct sf_error *err)
{
    for (size_t i = 0; i < spec->count; i++) {
        const struct sf_strlist *needed = &spec->nodes[i].needed;

        for (size_t j = 0; j < needed->count; j++) {
            if (sf_spack_spec_find(spec, needed->items[j]) == NULL) {
                return sf_error_set(err, SF_E_FORMAT, "a dependency of %s is not described",
                                    spec->nodes[i].identity.name);
            }
        }
    }
    return 0;
}

static int read_nodes(const json_t *value, struct sf_spack_spec *spec, struct sf_error *err)
{
    const json_t *nodes = NULL;
    int r = sf_json_array(value, "nodes", MAX_NODES, &nodes, err);

    if (r < 0) {
        return r;
    }
    if (json_array_size(nodes) == 0) {
        return sf_error_set(err, SF_E_FORMAT, "it describes no package");
    }
    spec->nodes = calloc(json_array_size(nodes), sizeof *spec->nodes);
    if (spec->nodes == NULL) {
        return sf_error_no_memory(err);
    }
    for (size_t i = 0; r == 0 && i < json_array_size(nodes); i++) {
        spec->count++;
        r = read_node(json_array_get(nodes, i), &spec->nodes[i], err);
    }
    return r < 0 ? r : check_needed(spec, err);
}

int sf_spack_spec_parse(const char *text, size_t size, struct sf_spack_spec **ret,
                        struct sf_error *err)
{
    sf_auto(json) json_t *value = NULL;
    sf_auto(spack_spec) struct sf_spack_spec *spec = calloc(1, sizeof *spec);
    const json_t *inner = NULL;
    const json_t *meta = NULL;
    uint64_t version = 0;
    int r = spec == NULL ? sf_error_no_memory(err) : sf_json_parse(text, size, &value, err);

    if (r == 0) {
        r = sf_json_object(value, "spec", &inner, err);
    }
    if (r == 0) {
        r = sf_json_object(inner, "_meta", &meta, err);
    }
    if (r == 0) {
        r = sf_json_u64(meta, "version", INT32_MAX, &version, err);
    }
    if (r == 0 && version != VERSION) {
        r = sf_error_set(err, SF_E_FORMAT, "version %d of specs is not known, only %d is",
                         (int)version, VERSION);
    }
    if (r == 0) {
        r = read_nodes(inner, spec, err);
    }
    if (r < 0) {
        return r;
    }
    *ret = sf_steal(&spec);
    return 0;
}

const struct sf_spack_node *sf_spack_spec_find(const struct sf_spack_spec *spec, const char *hash)
{
    for (size_t i = 0; i < spec->count; i++) {
        if (sf_str_is_equal(spec->nodes[i].identity.hash, hash)) {
            return &spec->nodes[i];
        }
    }
    return NULL;
}

void sf_spack_spec_free(struct sf_spack_spec *spec)
{
    if (spec == NULL) {
        return;
    }
    for (size_t i = 0; i < spec->count; i++) {
        sf_strlist_done(&spec->nodes[i].needed);
    }
    free(spec->nodes);
    free(spec);
}

static bool copy_part(const char *start, size_t length, char *to, size_t size)
{
    if (length >= size) {
        return false;
    }
    memcpy(to, start, length);
    to[length] = '\0';
    return true;
}

int sf_spack_identity_parse(const char *text, struct sf_spack_identity *ret, struct sf_error *err)
{
    struct sf_spack_identity found = {0};
    const char *at = strchr(text, '@');
    const char *slash = strchr(text, '/');

    if (at == NULL || slash == NULL || slash < at ||
        !copy_part(text, (size_t)(at - text), found.name, sizeof found.name) ||
        !copy_part(at + 1, (size_t)(slash - at - 1), found.version, sizeof found.version) ||
        !copy_part(slash + 1, strlen(slash + 1), found.hash, sizeof found.hash) ||
        !is_identity(&found)) {
        return sf_error_set(err, SF_E_USAGE,
                            "'%s' is not NAME@VERSION/HASH with the hash in full, as 'spack find "
                            "-L' and 'spack buildcache list -L' print it",
                            text);
    }
    *ret = found;
    return 0;
}
