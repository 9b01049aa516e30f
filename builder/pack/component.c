/* The list of a release's parts. */
#include "builder/pack/component.h"

#include <stdlib.h>
#include <string.h>

#include "common/base/error.h"
#include "common/base/path.h"
#include "common/base/str.h"

#define SLURM_LICENSE "GPL-2.0-or-later"

static void component_done(struct sf_pack_component *component)
{
    free(component->name);
    free(component->path);
    free(component->origin);
    sf_package_done(&component->package);
    sf_strlist_done(&component->texts);
}

/* A place for one more, at the end. NULL when out of memory. */
static struct sf_pack_component *grow(struct sf_pack_components *components)
{
    struct sf_pack_component *grown =
        reallocarray(components->items, components->count + 1, sizeof *grown);

    if (grown == NULL) {
        return NULL;
    }
    components->items = grown;
    grown[components->count] = (struct sf_pack_component){0};
    return &grown[components->count++];
}

/* A part of which no more is known than that. */
static int add_known(struct sf_pack_components *components, const char *name, const char *version,
                     const char *license, struct sf_error *err)
{
    struct sf_pack_component *part = grow(components);

    if (part == NULL) {
        return sf_error_no_memory(err);
    }
    part->name = strdup(name);
    part->package.type = strdup("");
    part->package.name = strdup("");
    part->package.version = strdup(version);
    part->package.arch = strdup("");
    part->package.source = strdup("");
    part->package.license.expression = strdup(license);
    if (part->name == NULL || part->package.type == NULL || part->package.name == NULL ||
        part->package.version == NULL || part->package.arch == NULL ||
        part->package.source == NULL || part->package.license.expression == NULL) {
        return sf_error_no_memory(err);
    }
    return 0;
}

int sf_pack_components_add_slurm(struct sf_pack_components *components, const char *version,
                                 struct sf_error *err)
{
    int r = add_known(components, "slurm", version, SLURM_LICENSE, err);

    if (r == 0) {
        components->items[components->count - 1].is_slurm = true;
    }
    return r;
}

int sf_pack_components_add_part(struct sf_pack_components *components, const char *part,
                                struct sf_error *err)
{
    size_t length = strcspn(part, " ");
    sf_autofree char *name = strndup(part, length);

    if (name == NULL) {
        return sf_error_no_memory(err);
    }

    const char *version = part[length] == '\0' ? "" : part + length + 1;

    for (size_t i = 0; i < components->count; i++) {
        const struct sf_pack_component *other = &components->items[i];

        if (other->path == NULL && sf_str_is_equal(other->name, name) &&
            sf_str_is_equal(other->package.version, version)) {
            return 0;
        }
    }
    return add_known(components, name, version, "", err);
}

int sf_pack_components_add_library(struct sf_pack_components *components, const char *path,
                                   const char *origin, struct sf_error *err)
{
    struct sf_pack_component *library = grow(components);

    if (library == NULL) {
        return sf_error_no_memory(err);
    }
    library->name = strdup(sf_path_base(path));
    library->path = strdup(path);
    library->origin = strdup(origin);
    if (library->name == NULL || library->path == NULL || library->origin == NULL) {
        return sf_error_no_memory(err);
    }
    return 0;
}

static int compare(const void *a, const void *b)
{
    const struct sf_pack_component *left = a;
    const struct sf_pack_component *right = b;

    if (left->is_slurm != right->is_slurm) {
        return left->is_slurm ? -1 : 1;
    }

    int order = strcmp(left->name, right->name);

    /* Only parts share a name, and those have a version. */
    return order != 0 || left->path != NULL || right->path != NULL
               ? order
               : strcmp(left->package.version, right->package.version);
}

void sf_pack_components_sort(struct sf_pack_components *components)
{
    if (components->count > 0) {
        qsort(components->items, components->count, sizeof *components->items, compare);
    }
}

void sf_pack_components_done(struct sf_pack_components *components)
{
    for (size_t i = 0; i < components->count; i++) {
        component_done(&components->items[i]);
    }
    free(components->items);
    *components = (struct sf_pack_components){0};
}
