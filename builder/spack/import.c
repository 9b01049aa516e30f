/* Packages brought from a build cache. */
#include "builder/spack/import.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "builder/spack/buildcache.h"
#include "builder/spack/cache_manifest.h"
#include "builder/spack/package_tar.h"
#include "builder/spack/tree.h"
#include "common/base/error.h"
#include "common/base/path.h"
#include "common/base/str.h"
#include "common/content/signature.h"
#include "common/host/dir.h"

#define MAX_PACKAGES 2000
#define MAX_DEPTH    64
#define PACKAGES     "packages"
#define BLOB         "blob"
#define UNPACKED     "unpacked"

static bool has(const struct sf_spack_import *import, const char *hash)
{
    for (size_t i = 0; i < import->count; i++) {
        if (sf_str_is_equal(import->packages[i].hash, hash)) {
            return true;
        }
    }
    return false;
}

/* Not in the release anyhow, or there already. */
static bool is_unwanted(const struct sf_spack_import *import, const struct sf_spack_node *node)
{
    return node->is_external || sf_strlist_has(import->excluded, node->identity.name) ||
           has(import, node->identity.hash);
}

static int append(struct sf_spack_import *import, const struct sf_spack_identity *identity,
                  struct sf_error *err)
{
    struct sf_spack_identity *grown =
        reallocarray(import->packages, import->count + 1, sizeof *grown);

    if (grown == NULL) {
        return sf_error_no_memory(err);
    }
    import->packages = grown;
    if (import->count == MAX_PACKAGES) {
        return sf_error_set(err, SF_E_FORMAT, "%s needs more than %d packages", identity->name,
                            MAX_PACKAGES);
    }
    grown[import->count++] = *identity;
    return 0;
}

/* The package and, as the list grows, what the ones in it need. */
static int append_needed(struct sf_spack_import *import, const struct sf_spack_spec *spec,
                         struct sf_error *err)
{
    size_t next = import->count;
    int r = append(import, &spec->nodes[0].identity, err);

    for (; r == 0 && next < import->count; next++) {
        const struct sf_spack_node *node = sf_spack_spec_find(spec, import->packages[next].hash);

        for (size_t i = 0; r == 0 && i < node->needed.count; i++) {
            const struct sf_spack_node *needed = sf_spack_spec_find(spec, node->needed.items[i]);

            if (!is_unwanted(import, needed)) {
                r = append(import, &needed->identity, err);
            }
        }
    }
    return r;
}

int sf_spack_import_add(struct sf_spack_import *import, const struct sf_spack_identity *identity,
                        struct sf_error *err)
{
    sf_auto(spack_spec) struct sf_spack_spec *spec = NULL;
    struct sf_cache_manifest manifest;
    struct sf_signer signer;

    if (has(import, identity->hash)) {
        return 0;
    }

    int r = sf_buildcache_get_manifest(import->cache, identity, &manifest, &signer, err);

    if (r == 0) {
        r = sf_buildcache_get_spec(import->cache, identity, &manifest.spec, &spec, err);
    }
    return r < 0 ? r : append_needed(import, spec, err);
}

/* Gets the package's tar and unpacks it to UNPACKED. */
static int fetch_package(struct sf_spack_import *import, const struct sf_cache_blob *blob,
                         struct sf_error *err)
{
    sf_autoclose int blob_fd = -1;
    sf_autoclose int unpacked_fd = -1;
    int r = sf_dir_open_file(import->dir_fd, BLOB, O_RDWR | O_CREAT | O_EXCL, 0600, &blob_fd, err);

    if (r == 0) {
        r = sf_buildcache_get_blob(import->cache, blob, blob_fd, err);
    }
    if (r == 0) {
        r = sf_dir_make(import->dir_fd, UNPACKED, err);
    }
    if (r == 0) {
        r = sf_dir_open(import->dir_fd, UNPACKED, &unpacked_fd, err);
    }
    if (r == 0) {
        r = sf_package_unpack(blob_fd, unpacked_fd, err);
    }
    import->fetched_bytes += blob->size_bytes;
    return r < 0 ? r : sf_dir_remove(import->dir_fd, BLOB, err);
}

/* The prefix is the first directory that has Spack's metadata; those above it have nothing else. */
static int find_prefix(int dir_fd, char **ret_path, struct sf_error *err)
{
    sf_autofree char *path = strdup(UNPACKED);

    for (int depth = 0; path != NULL && depth < MAX_DEPTH; depth++) {
        sf_auto(strlist) struct sf_strlist names = {0};

        /* A file or a link that is alone there cannot be listed. */
        if (sf_dir_list(dir_fd, path, &names, err) < 0) {
            break;
        }
        if (sf_strlist_has(&names, ".spack")) {
            *ret_path = sf_steal(&path);
            return 0;
        }
        if (names.count != 1) {
            break;
        }

        char *longer = sf_path_join(path, names.items[0]);

        free(path);
        path = longer;
    }
    if (path == NULL) {
        return sf_error_no_memory(err);
    }
    return sf_error_set(err, SF_E_FORMAT, "the package has no .spack directory in its prefix");
}

static char *directory_of(const struct sf_spack_identity *identity)
{
    return sf_str_format(PACKAGES "/%s-%s-%s", identity->name, identity->version, identity->hash);
}

/* Moves the unpacked prefix to its place and keeps in mind what it was. */
static int place_package(struct sf_spack_import *import, const struct sf_spack_identity *identity,
                         struct sf_error *err)
{
    sf_autofree char *directory = directory_of(identity);
    sf_autofree char *path = NULL;
    int r = directory == NULL ? sf_error_no_memory(err) : find_prefix(import->dir_fd, &path, err);

    if (r == 0) {
        r = sf_spack_prefixes_add(&import->prefixes, path + strlen(UNPACKED), err);
    }
    if (r == 0) {
        r = sf_dir_make(import->dir_fd, PACKAGES, err);
    }
    if (r < 0) {
        return r;
    }
    if (renameat(import->dir_fd, path, import->dir_fd, directory) < 0) {
        return sf_error_errno(err, errno, "rename to '%s'", directory);
    }
    return sf_dir_remove(import->dir_fd, UNPACKED, err);
}

static int import_package(struct sf_spack_import *import, const struct sf_spack_identity *identity,
                          struct sf_error *err)
{
    sf_auto(spack_spec) struct sf_spack_spec *spec = NULL;
    struct sf_cache_manifest manifest;
    struct sf_signer signer;
    int r = sf_buildcache_get_manifest(import->cache, identity, &manifest, &signer, err);

    if (r == 0) {
        r = sf_buildcache_get_spec(import->cache, identity, &manifest.spec, &spec, err);
    }
    if (r < 0) {
        return r;
    }

    r = fetch_package(import, &manifest.package, err);
    if (r == 0) {
        r = place_package(import, identity, err);
    }
    return r < 0 ? sf_error_prefix(err, "%s@%s/%s: ", identity->name, identity->version,
                                   identity->hash)
                 : 0;
}

int sf_spack_import_fetch(struct sf_spack_import *import, struct sf_error *err)
{
    int r = 0;

    for (size_t i = 0; r == 0 && i < import->count; i++) {
        r = import_package(import, &import->packages[i], err);
    }
    return r;
}

int sf_spack_import_merge(const struct sf_spack_import *import, struct sf_spack_tree *tree,
                          struct sf_error *err)
{
    int r = 0;

    for (size_t i = 0; r == 0 && i < import->count; i++) {
        sf_autofree char *directory = directory_of(&import->packages[i]);
        sf_autoclose int fd = -1;

        r = directory == NULL ? sf_error_no_memory(err)
                              : sf_dir_open(import->dir_fd, directory, &fd, err);
        if (r == 0) {
            r = sf_spack_tree_add(tree, fd, import->packages[i].name, err);
        }
    }
    return r < 0 ? r : sf_spack_tree_finish(tree, err);
}

const struct sf_spack_identity *sf_spack_import_find(const struct sf_spack_import *import,
                                                     const char *name)
{
    for (size_t i = 0; i < import->count; i++) {
        if (sf_str_is_equal(import->packages[i].name, name)) {
            return &import->packages[i];
        }
    }
    return NULL;
}

void sf_spack_import_done(struct sf_spack_import *import)
{
    free(import->packages);
    sf_spack_prefixes_done(&import->prefixes);
    *import = (struct sf_spack_import){0};
}
