/* Stage install: make install below a directory of its own, and Slurm's licence. */
#include "builder/make/stage.h"

#include <fcntl.h>

#include "builder/make/make.h"
#include "builder/pack/copy_file.h"
#include "builder/recipe/recipe.h"
#include "common/base/buffer.h"
#include "common/base/error.h"
#include "common/base/str.h"
#include "common/format/prefix.h"
#include "common/host/dir.h"

/* What this stage does beside make install: what was recorded before it did so is done again. */
#define REVISION "with licences"

static int describe(const struct sf_make *make, struct sf_buffer *inputs, struct sf_error *err)
{
    (void)make;
    return sf_buffer_format(inputs, err, "install %s\n", REVISION);
}

/* `contrib` NULL: the top. */
static int run_install(const struct sf_make *make, const char *contrib, int log_fd,
                       struct sf_error *err)
{
    sf_auto(strlist) struct sf_strlist argv = {0};
    sf_autofree char *destdir = sf_place_path(&make->place, SF_MAKE_DESTDIR);

    if (destdir == NULL || sf_strlist_add_words(&argv, "make install", err) < 0 ||
        sf_strlist_take(&argv, sf_str_format("DESTDIR=%s", destdir), err) < 0 ||
        sf_make_add_variables(make, &argv, err) < 0 ||
        (contrib != NULL &&
         (sf_strlist_add(&argv, "-C", err) < 0 ||
          sf_strlist_take(&argv, sf_str_format("contribs/%s", contrib), err) < 0))) {
        return sf_error_no_memory(err);
    }
    return sf_make_command(make, &argv, log_fd, err);
}

static bool is_license(const char *name)
{
    return sf_str_has_prefix(name, "COPYING") || sf_str_has_prefix(name, "LICENSE") ||
           sf_str_has_prefix(name, "DISCLAIMER");
}

static int copy_licenses(int from_fd, int to_fd, struct sf_error *err)
{
    sf_auto(strlist) struct sf_strlist names = {0};
    int r = sf_dir_list(from_fd, ".", &names, err);

    for (size_t i = 0; r == 0 && i < names.count; i++) {
        sf_autoclose int fd = -1;

        if (is_license(names.items[i])) {
            r = sf_dir_open_file(from_fd, names.items[i], O_RDONLY, 0, &fd, err);
            r = r < 0 ? r : sf_copy_file(fd, to_fd, names.items[i], 0644, err);
        }
    }
    return r;
}

/* Slurm does not install its licence, and nobody may pass Slurm on without that. */
static int install_licenses(const struct sf_make *make, struct sf_error *err)
{
    sf_autofree char *prefix = NULL;
    sf_autofree char *path = NULL;
    sf_autoclose int from_fd = -1;
    sf_autoclose int to_fd = -1;
    int r = sf_prefix_of_release(SF_PREFIX_DEFAULT_ROOT, &make->release, &prefix, err);

    if (r < 0) {
        return r;
    }
    path = sf_str_format(SF_MAKE_DESTDIR "%s/share/licenses/slurm", prefix);
    r = path == NULL ? sf_error_no_memory(err) : sf_dir_make(make->cell.fd, path, err);
    if (r == 0) {
        r = sf_dir_open(make->cell.fd, path, &to_fd, err);
    }
    if (r == 0) {
        r = sf_dir_open(make->cell.fd, SF_MAKE_SOURCE, &from_fd, err);
    }
    return r < 0 ? r : copy_licenses(from_fd, to_fd, err);
}

static int run(struct sf_make *make, int log_fd, struct sf_error *err)
{
    int r = sf_dir_remove(make->cell.fd, SF_MAKE_DESTDIR, err);

    if (r == 0) {
        r = run_install(make, /* contrib= */ NULL, log_fd, err);
    }
    for (size_t i = 0; r == 0 && i < make->recipe->contribs.count; i++) {
        r = run_install(make, make->recipe->contribs.items[i], log_fd, err);
    }
    return r < 0 ? r : install_licenses(make, err);
}

const struct sf_make_stage sf_make_install = {.describe = describe, .run = run};
