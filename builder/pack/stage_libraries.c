/* Brings the libraries that the tree needs and does not have into it. */
#include "builder/pack/stage.h"

#include <errno.h>
#include <fnmatch.h>
#include <string.h>
#include <unistd.h>

#include "builder/pack/build.h"
#include "builder/pack/copy_file.h"
#include "builder/pack/elf_walk.h"
#include "builder/pack/library_cache.h"
#include "common/base/error.h"
#include "common/base/log.h"
#include "common/base/path.h"
#include "common/base/str.h"
#include "common/content/elf_info.h"
#include "common/host/dir.h"

/* What is being completed, and who asks. */
struct need {
    struct sf_build *build;
    const struct sf_library_cache *cache;
    const char *by;     /* the file that needs the libraries, for messages */
    const char *search; /* its own RPATH as it was linked, NULL for none */
    const char *origin; /* its directory in the place, NULL for a file of the tree */
};

static int provide(const struct need *need, const char *name, struct sf_error *err);

static bool is_host_library(const struct sf_build *build, const char *name)
{
    for (size_t i = 0; i < build->host_libraries.count; i++) {
        if (fnmatch(build->host_libraries.items[i], name, 0) == 0) {
            return true;
        }
    }
    return false;
}

static bool is_in_tree(const struct sf_build *build, const char *name)
{
    static const char *const places[] = {"view/lib", "view/lib/slurm"};

    for (size_t i = 0; i < sizeof places / sizeof *places; i++) {
        sf_autofree char *path = sf_path_join(places[i], name);

        if (path != NULL && sf_dir_has(build->tree_fd, path)) {
            return true;
        }
    }
    return false;
}

/* Copies the library at `path`, and gives it its soname when the file is named otherwise. */
static int bundle(struct sf_build *build, const char *name, const char *path, struct sf_error *err)
{
    sf_autofree char *to = sf_path_join("view/lib", sf_path_base(path));
    sf_autofree char *link = sf_path_join("view/lib", name);

    if (to == NULL || link == NULL) {
        return sf_error_no_memory(err);
    }
    if (!sf_dir_has(build->tree_fd, to)) {
        sf_autoclose int fd = -1;
        int r = sf_sysroot_open_file(&build->place, path, /* ret_real= */ NULL, &fd, err);

        if (r < 0) {
            return r;
        }

        r = sf_copy_file(fd, build->tree_fd, to, 0755, err);
        if (r < 0) {
            return r;
        }

        r = sf_pack_components_add_library(&build->components, to, path, err);
        if (r < 0) {
            return r;
        }
    }
    if (strcmp(to, link) != 0 && symlinkat(sf_path_base(path), build->tree_fd, link) < 0) {
        return sf_error_errno(err, errno, "make the link '%s'", link);
    }
    sf_log(SF_LOG_DEBUG, "bundled %s from %s", name, path);
    return 0;
}

static int find(const struct need *need, const char *name, char **ret_path, struct sf_error *err)
{
    struct sf_library_wanted wanted = {.sysroot = &need->build->place,
                                       .name = name,
                                       .arch = need->build->release.arch,
                                       .search = need->search,
                                       .origin = need->origin};
    char *path = sf_library_cache_find(need->cache, &wanted);

    if (path == NULL) {
        return sf_error_set(
            err, SF_E_INCOMPATIBLE,
            "%s needs %s, which is neither in the tree nor %s%s for %s: install it, or give "
            "--host-library=%s if every node has it",
            need->by, name, sf_sysroot_is_machine(wanted.sysroot) ? "on this machine" : "in ",
            sf_sysroot_is_machine(wanted.sysroot) ? "" : wanted.sysroot->path, wanted.arch, name);
    }
    *ret_path = path;
    return 0;
}

/* The bundled library's own needs, with the search path that it has there. */
static int provide_needs_of(const struct need *need, const char *path, struct sf_error *err)
{
    sf_auto(elf_info) struct sf_elf_info info = {0};
    sf_autofree char *directory = sf_path_parent(path);
    sf_autoclose int fd = -1;
    int r = directory == NULL ? sf_error_no_memory(err)
                              : sf_sysroot_open_file(&need->build->place, path,
                                                     /* ret_real= */ NULL, &fd, err);

    if (r == 0) {
        r = sf_elf_info_read(fd, path, &info, err);
    }

    struct need next = {need->build, need->cache, path, info.rpath, directory};

    for (size_t i = 0; r == 0 && i < info.needed.count; i++) {
        r = provide(&next, info.needed.items[i], err);
    }
    return r;
}

/* Ends because a library that is in the tree is not looked into again. */
static int provide(const struct need *need, const char *name, struct sf_error *err)
{
    sf_autofree char *path = NULL;
    int r = 0;

    if (sf_elf_is_glibc(name) || is_host_library(need->build, name) ||
        is_in_tree(need->build, name)) {
        return 0;
    }
    if (strchr(name, '/') != NULL) {
        return sf_error_set(err, SF_E_INCOMPATIBLE,
                            "%s needs '%s' by its path: a release can only hold libraries that are "
                            "needed by name",
                            need->by, name);
    }

    r = find(need, name, &path, err);
    if (r < 0) {
        return r;
    }

    r = bundle(need->build, name, path, err);
    if (r < 0) {
        return r;
    }
    return provide_needs_of(need, path, err);
}

static int complete_file(void *context, const char *path, const struct sf_elf_info *info,
                         struct sf_error *err)
{
    const struct need *tree = context;
    struct need need = {tree->build, tree->cache, path, info->rpath, NULL};
    int r = 0;

    for (size_t i = 0; r == 0 && i < info->needed.count; i++) {
        r = provide(&need, info->needed.items[i], err);
    }
    return r;
}

int sf_stage_libraries(struct sf_build *build, struct sf_error *err)
{
    sf_auto(library_cache) struct sf_library_cache cache = {0};
    struct need asked = {build, &cache, "--library", NULL, NULL};
    int r = sf_library_cache_read(&build->place, &cache, err);

    if (r == 0) {
        r = sf_dir_make(build->tree_fd, "view/lib", err);
    }
    for (size_t i = 0; r == 0 && i < build->libraries.count; i++) {
        r = provide(&asked, build->libraries.items[i], err);
    }
    return r < 0 ? r : sf_elf_walk(build->tree_fd, complete_file, &asked, err);
}
