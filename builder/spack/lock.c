/* Follows spack.lock from its roots to all that they need when they run. */
#include "builder/spack/lock.h"

#include <jansson.h>
#include <stdbool.h>

#include "common/base/error.h"
#include "common/base/str.h"
#include "common/base/strlist.h"
#include "common/format/json.h"

#define MAX_ENTRIES 5000

static bool is_run_time(const json_t *dependency)
{
    const json_t *types = json_object_get(json_object_get(dependency, "parameters"), "deptypes");

    for (size_t i = 0; i < json_array_size(types); i++) {
        const char *type = json_string_value(json_array_get(types, i));

        if (type != NULL && (sf_str_is_equal(type, "link") || sf_str_is_equal(type, "run"))) {
            return true;
        }
    }
    return false;
}

/* Adds the hash that `entry` names to those to look at, unless it is among them. */
static int reach(const json_t *entry, struct sf_strlist *hashes, struct sf_error *err)
{
    const char *hash = NULL;
    int r = sf_json_string(entry, "hash", &hash, err);

    return r < 0 || sf_strlist_has(hashes, hash) ? r : sf_strlist_add(hashes, hash, err);
}

static int read_package(const json_t *package, const char *except, struct sf_strlist *hashes,
                        struct sf_strlist *parts, struct sf_error *err)
{
    const json_t *dependencies = json_object_get(package, "dependencies");
    const char *name = NULL;
    const char *version = NULL;
    int r = sf_json_string(package, "name", &name, err);

    if (r == 0) {
        r = sf_json_string(package, "version", &version, err);
    }
    if (r < 0 || json_is_object(json_object_get(package, "external"))) {
        return r;
    }
    if (!sf_str_is_equal(name, except)) {
        r = sf_strlist_take(parts, sf_str_format("%s %s", name, version), err);
    }
    for (size_t i = 0; r == 0 && i < json_array_size(dependencies); i++) {
        const json_t *dependency = json_array_get(dependencies, i);

        r = is_run_time(dependency) ? reach(dependency, hashes, err) : 0;
    }
    return r;
}

int sf_spack_lock_parts(const char *text, size_t size, const char *except,
                        struct sf_strlist *ret_parts, struct sf_error *err)
{
    sf_auto(json) json_t *lock = NULL;
    sf_auto(strlist) struct sf_strlist hashes = {0};
    sf_auto(strlist) struct sf_strlist parts = {0};
    const json_t *roots = NULL;
    const json_t *packages = NULL;
    int r = sf_json_parse(text, size, &lock, err);

    if (r == 0) {
        r = sf_json_array(lock, "roots", MAX_ENTRIES, &roots, err);
    }
    if (r == 0) {
        r = sf_json_object(lock, "concrete_specs", &packages, err);
    }
    for (size_t i = 0; r == 0 && i < json_array_size(roots); i++) {
        r = reach(json_array_get(roots, i), &hashes, err);
    }
    /* The list grows while it is gone through. */
    for (size_t i = 0; r == 0 && i < hashes.count; i++) {
        const json_t *package = NULL;

        r = hashes.count > MAX_ENTRIES
                ? sf_error_set(err, SF_E_FORMAT, "more than %d packages", MAX_ENTRIES)
                : sf_json_object(packages, hashes.items[i], &package, err);
        if (r == 0) {
            r = read_package(package, except, &hashes, &parts, err);
        }
    }
    if (r < 0) {
        return sf_error_prefix(err, "spack.lock: ");
    }
    sf_strlist_sort(&parts);
    return sf_strlist_add_all(ret_parts, &parts, err);
}
