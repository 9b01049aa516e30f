/* The closure check: every ELF of a tree finds what it needs, by the loader's own rules. */
#include "common/content/closure.h"

#include <errno.h>
#include <fcntl.h>
#include <fnmatch.h>
#include <stdbool.h>
#include <string.h>
#include <sys/stat.h>

#include "common/base/error.h"
#include "common/base/path.h"
#include "common/base/str.h"
#include "common/content/elf_info.h"
#include "common/host/dir.h"
#include "common/host/glibc.h"

#define TOP    "view"
#define ORIGIN "$ORIGIN"

struct checker {
    const struct sf_closure *closure;
    char glibc[16]; /* highest seen */
};

/* "view/bin" and "../lib" make "view/lib". Fails when the result is not below view/, or is named
 * in a way that nobody would write ("a//b"). */
static int resolve(const char *directory, const char *relative, char **ret, struct sf_error *err)
{
    sf_autofree char *result = strdup(directory);
    sf_autofree char *rest = strdup(relative);
    char *position = rest;
    char *part = NULL;

    if (result == NULL || rest == NULL) {
        return sf_error_no_memory(err);
    }
    while ((part = strsep(&position, "/")) != NULL) {
        char *next = NULL;

        if (*part == '\0' || sf_str_is_equal(part, ".")) {
            continue;
        }
        if (sf_str_is_equal(part, "..")) {
            next = sf_path_parent(result);
        } else {
            next = sf_path_join(result, part);
        }
        if (next == NULL) {
            return sf_error_no_memory(err);
        }
        free(result);
        result = next;
        if (!sf_str_is_equal(result, TOP) && !sf_str_has_prefix(result, TOP "/")) {
            return sf_error_set(err, SF_E_INCOMPATIBLE, "leaves the tree");
        }
    }
    *ret = sf_steal(&result);
    return 0;
}

static int refuse_rpath(const char *path, const struct sf_elf_info *info, const char *why,
                        struct sf_error *err)
{
    sf_autofree char *printable = sf_str_printable(info->rpath);

    return sf_error_set(err, SF_E_INCOMPATIBLE, "'%s': %s '%s' %s", path,
                        info->is_runpath ? "RUNPATH" : "RPATH", printable == NULL ? "" : printable,
                        why);
}

/* Adds the directory that one element of an RPATH names. */
static int add_element(const char *path, const struct sf_elf_info *info, const char *element,
                       struct sf_strlist *directories, struct sf_error *err)
{
    sf_autofree char *own = sf_path_parent(path);
    char *directory = NULL;
    const char *relative = element + strlen(ORIGIN);

    if (own == NULL) {
        return sf_error_no_memory(err);
    }
    if (*element == '\0') {
        return refuse_rpath(path, info, "has an empty element, the current directory", err);
    }
    if (!sf_str_has_prefix(element, ORIGIN) || (*relative != '\0' && *relative != '/')) {
        return refuse_rpath(path, info, "has an element that does not start with $ORIGIN", err);
    }

    int r = resolve(own, relative, &directory, err);
    if (r == -(int)SF_E_INCOMPATIBLE) {
        return refuse_rpath(path, info, "leaves the tree", err);
    }
    return r < 0 ? r : sf_strlist_take(directories, directory, err);
}

static int add_rpath(const char *path, const struct sf_elf_info *info,
                     struct sf_strlist *directories, struct sf_error *err)
{
    sf_autofree char *rest = strdup(info->rpath);
    char *position = rest;
    char *element = NULL;

    if (rest == NULL) {
        return sf_error_no_memory(err);
    }
    while ((element = strsep(&position, ":")) != NULL) {
        int r = add_element(path, info, element, directories, err);
        if (r < 0) {
            return r;
        }
    }
    return 0;
}

/*
 * Where the loader looks for what the file needs. The RPATH of the executable also serves every
 * library it loads, unless that has a RUNPATH; every executable of ours has these two directories.
 */
static int search_path(const char *path, const struct sf_elf_info *info,
                       struct sf_strlist *directories, struct sf_error *err)
{
    if (info->rpath != NULL) {
        int r = add_rpath(path, info, directories, err);
        if (r < 0) {
            return r;
        }
    }
    if (info->is_executable && info->is_runpath) {
        return refuse_rpath(path, info,
                            "does not serve the libraries it loads: an executable needs an RPATH "
                            "(link with --disable-new-dtags)",
                            err);
    }
    if (info->is_executable || info->is_runpath) {
        return 0;
    }

    int r = sf_strlist_add(directories, TOP "/lib", err);
    return r < 0 ? r : sf_strlist_add(directories, TOP "/lib/slurm", err);
}

static bool is_host_library(const struct sf_strlist *patterns, const char *soname)
{
    for (size_t i = 0; i < patterns->count; i++) {
        if (fnmatch(patterns->items[i], soname, 0) == 0) {
            return true;
        }
    }
    return false;
}

static int find_library(int tree_fd, const struct sf_strlist *directories, const char *soname,
                        bool *ret_is_found, struct sf_error *err)
{
    for (size_t i = 0; i < directories->count; i++) {
        sf_autofree char *candidate = sf_path_join(directories->items[i], soname);
        struct stat status;

        if (candidate == NULL) {
            return sf_error_no_memory(err);
        }
        if (fstatat(tree_fd, candidate, &status, 0) == 0 && S_ISREG(status.st_mode)) {
            *ret_is_found = true;
            return 0;
        }
    }
    *ret_is_found = false;
    return 0;
}

static int check_needed(const struct sf_closure *closure, const char *path,
                        const struct sf_elf_info *info, struct sf_error *err)
{
    sf_auto(strlist) struct sf_strlist directories = {0};

    int r = search_path(path, info, &directories, err);
    if (r < 0) {
        return r;
    }
    for (size_t i = 0; i < info->needed.count; i++) {
        const char *soname = info->needed.items[i];
        bool is_found = false;

        if (sf_elf_is_glibc(soname) || is_host_library(closure->host_libraries, soname)) {
            continue;
        }
        if (strchr(soname, '/') != NULL || *soname == '\0') {
            return sf_error_set(err, SF_E_INCOMPATIBLE,
                                "'%s' needs a library by a path instead of a name", path);
        }

        r = find_library(closure->tree_fd, &directories, soname, &is_found, err);
        if (r < 0) {
            return r;
        }
        if (!is_found) {
            sf_autofree char *searched = sf_strlist_join(&directories, ":");
            sf_autofree char *printable = sf_str_printable(soname);

            return sf_error_set(err, SF_E_INCOMPATIBLE,
                                "'%s' needs '%s', which is neither in the tree (%s), nor in glibc, "
                                "nor a host library of the recipe",
                                path, printable == NULL ? "" : printable,
                                searched == NULL ? "" : searched);
        }
    }
    return 0;
}

static int check_versions(struct checker *checker, const char *path, const struct sf_elf_info *info,
                          struct sf_error *err)
{
    const struct sf_closure *closure = checker->closure;

    if (!sf_str_is_equal(info->arch, closure->arch)) {
        return sf_error_set(err, SF_E_INCOMPATIBLE, "'%s' is for %s, not for %s", path, info->arch,
                            closure->arch);
    }
    if (info->glibc[0] == '\0') {
        return 0;
    }
    if (sf_glibc_compare(info->glibc, closure->glibc) > 0) {
        return sf_error_set(err, SF_E_INCOMPATIBLE, "'%s' needs glibc %s, but %s is there", path,
                            info->glibc, closure->glibc);
    }
    if (checker->glibc[0] == '\0' || sf_glibc_compare(info->glibc, checker->glibc) > 0) {
        memcpy(checker->glibc, info->glibc, sizeof checker->glibc);
    }
    return 0;
}

static int visit(void *context, int dir_fd, const char *path, const struct stat *status,
                 struct sf_error *err)
{
    struct checker *checker = context;
    sf_auto(elf_info) struct sf_elf_info info = {0};
    sf_autofree char *full = NULL;
    sf_autoclose int fd = -1;

    if (!S_ISREG(status->st_mode)) {
        return 0;
    }
    (void)dir_fd;
    full = sf_path_join(TOP, path);
    if (full == NULL) {
        return sf_error_no_memory(err);
    }

    int r = sf_dir_open_file(checker->closure->tree_fd, full, O_RDONLY, 0, &fd, err);
    if (r < 0) {
        return r;
    }

    r = sf_elf_info_read(fd, full, &info, err);
    if (r < 0 || !info.is_elf) {
        return r;
    }

    r = check_versions(checker, full, &info, err);
    if (r < 0) {
        return r;
    }
    return check_needed(checker->closure, full, &info, err);
}

int sf_closure_check(const struct sf_closure *closure, char ret_glibc[static 16],
                     struct sf_error *err)
{
    struct checker checker = {.closure = closure};

    int r = sf_dir_walk(closure->tree_fd, TOP, visit, &checker, err);
    if (r < 0) {
        return r;
    }
    memcpy(ret_glibc, checker.glibc, sizeof checker.glibc);
    return 0;
}
