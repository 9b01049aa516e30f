/* Where recipes are. */
#include "builder/recipe/recipe.h"

#include <string.h>

#include "builder/recipe/recipe_parse.h"
#include "common/base/buffer.h"
#include "common/base/error.h"
#include "common/base/path.h"
#include "common/base/str.h"
#include "common/format/ini.h"
#include "common/format/release.h"
#include "common/format/version.h"
#include "common/host/dir.h"

#define SUFFIX         ".ini"
#define SITE_DIRECTORY SF_SYSCONFDIR "/sf-builder/recipes"

void sf_recipe_search(struct sf_recipe_wanted *wanted, const char *directory)
{
    size_t count = 0;

    if (directory != NULL) {
        wanted->directories[count++] = directory;
    }
    wanted->directories[count++] = SITE_DIRECTORY;
    wanted->directories[count++] = SF_RECIPEDIR;
    wanted->directories[count] = NULL;
}

static int read_series(const char *version, char series[static 16], struct sf_error *err)
{
    if (!sf_version_is_series(version) && !sf_version_is_valid(version)) {
        return sf_error_set(err, SF_E_USAGE,
                            "'%s' is neither a series of Slurm, such as 24.11, nor a version, such "
                            "as 24.11.5",
                            version);
    }
    sf_release_series(version, series);
    return 0;
}

/* Adds the series that a directory has recipes for. */
static void list_series(const char *directory, struct sf_strlist *series)
{
    sf_auto(strlist) struct sf_strlist names = {0};
    sf_autoclose int dir_fd = -1;
    struct sf_error ignored = {0};

    if (sf_dir_open_follow(directory, &dir_fd, &ignored) < 0 ||
        sf_dir_list(dir_fd, ".", &names, &ignored) < 0) {
        return;
    }
    for (size_t i = 0; i < names.count; i++) {
        char *name = names.items[i];

        if (sf_str_has_suffix(name, SUFFIX)) {
            name[strlen(name) - strlen(SUFFIX)] = '\0';
            if (sf_version_is_series(name) && !sf_strlist_has(series, name)) {
                (void)sf_strlist_add(series, name, &ignored);
            }
        }
    }
}

static int refuse(const struct sf_recipe_wanted *wanted, const char *series, struct sf_error *err)
{
    sf_auto(strlist) struct sf_strlist known = {0};
    sf_auto(strlist) struct sf_strlist searched = {0};

    for (size_t i = 0; wanted->directories[i] != NULL; i++) {
        list_series(wanted->directories[i], &known);
        if (sf_strlist_add(&searched, wanted->directories[i], err) < 0) {
            return -SF_E_NO_MEMORY;
        }
    }
    sf_autofree char *have = sf_strlist_join(&known, ", ");
    sf_autofree char *where = sf_strlist_join(&searched, ", ");

    if (have == NULL || where == NULL) {
        return sf_error_no_memory(err);
    }
    return sf_error_set(err, SF_E_NOT_FOUND, "no recipe for Slurm %s in %s; there is %s", series,
                        where, known.count == 0 ? "none at all" : have);
}

static int read_text(const char *directory, const char *name, struct sf_buffer *text,
                     struct sf_error *err)
{
    sf_autoclose int dir_fd = -1;
    int r = sf_dir_open_follow(directory, &dir_fd, err);

    return r < 0 ? r : sf_dir_read_file(dir_fd, name, text, err);
}

static int read_file(const char *directory, const char *series,
                     const struct sf_recipe_wanted *wanted, struct sf_recipe **ret,
                     bool *ret_is_there, struct sf_error *err)
{
    sf_auto(buffer) struct sf_buffer text = {.limit_bytes = SF_INI_MAX_BYTES};
    sf_autofree char *name = sf_str_format("%s" SUFFIX, series);
    sf_autofree char *path = name == NULL ? NULL : sf_path_join(directory, name);

    if (path == NULL) {
        return sf_error_no_memory(err);
    }
    int r = read_text(directory, name, &text, err);

    *ret_is_there = r != -SF_E_NOT_FOUND;
    if (r < 0) {
        (void)sf_error_prefix(err, "recipe %s: ", path);
        return err->code == SF_E_FORMAT ? sf_error_recode(err, SF_E_CONFIG) : r;
    }
    if (text.size > 0 && memchr(text.data, '\0', text.size) != NULL) {
        return sf_error_set(err, SF_E_CONFIG, "recipe %s: holds a NUL byte", path);
    }
    return sf_recipe_parse(path, text.size == 0 ? "" : text.data, series, wanted, ret, err);
}

int sf_recipe_read(const struct sf_recipe_wanted *wanted, struct sf_recipe **ret,
                   struct sf_error *err)
{
    char series[16];
    int r = read_series(wanted->version, series, err);

    if (r < 0) {
        return r;
    }
    for (size_t i = 0; wanted->directories[i] != NULL; i++) {
        bool is_there = false;

        r = read_file(wanted->directories[i], series, wanted, ret, &is_there, err);
        if (is_there || r == -SF_E_NO_MEMORY) {
            return r;
        }
    }
    return refuse(wanted, series, err);
}
