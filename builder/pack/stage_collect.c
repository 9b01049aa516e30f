/* Copies the installed prefix into the tree that will be packed. */
#include "builder/pack/stage.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "builder/pack/build.h"
#include "builder/pack/copy_file.h"
#include "builder/pack/elf_walk.h"
#include "common/base/error.h"
#include "common/base/path.h"
#include "common/base/str.h"
#include "common/content/elf_info.h"
#include "common/host/dir.h"

/* Units go to meta/units. Static libraries are of no use on a node; libtool's archives, Perl's
 * records of an installation and Python's caches name the build machine or its clock. */
static bool is_left_out(const char *path)
{
    const char *name = sf_path_base(path);

    return sf_str_is_equal(path, "lib/systemd") || sf_str_has_prefix(path, "lib/systemd/") ||
           sf_str_has_suffix(path, ".la") || sf_str_has_suffix(path, ".a") ||
           sf_str_has_suffix(path, ".pyc") || sf_str_is_equal(name, ".packlist") ||
           sf_str_is_equal(name, "perllocal.pod");
}

static int collect_link(const struct sf_build *build, const char *from, const char *to,
                        struct sf_error *err)
{
    sf_autofree char *target = NULL;
    int r = sf_dir_read_link(build->input_fd, from, &target, err);

    if (r < 0) {
        return r;
    }
    if (!sf_path_link_is_inside(to, target)) {
        return sf_error_set(err, SF_E_INCOMPATIBLE,
                            "the link '%s' points at '%s': links in a release are relative and "
                            "stay inside it",
                            from, target);
    }
    if (symlinkat(target, build->tree_fd, to) < 0) {
        return sf_error_errno(err, errno, "make the link '%s'", to);
    }
    return 0;
}

static int collect_file(const struct sf_build *build, const char *from, const char *to, mode_t mode,
                        struct sf_error *err)
{
    sf_autoclose int fd = -1;
    int r = 0;

    if ((mode & (S_ISUID | S_ISGID)) != 0) {
        return sf_error_set(err, SF_E_INCOMPATIBLE,
                            "'%s' is setuid or setgid: no file of a release may be", from);
    }

    r = sf_dir_open_file(build->input_fd, from, O_RDONLY, 0, &fd, err);
    if (r < 0) {
        return r;
    }
    return sf_copy_file(fd, build->tree_fd, to, (mode & 0111) != 0 ? 0755 : 0644, err);
}

static int collect_entry(void *context, int dir_fd, const char *path, const struct stat *status,
                         struct sf_error *err)
{
    const struct sf_build *build = context;

    (void)dir_fd;
    if (is_left_out(path)) {
        return 0;
    }
    if (!sf_path_is_safe_relative(path)) {
        sf_autofree char *shown = sf_str_printable(path);

        return sf_error_set(err, SF_E_INCOMPATIBLE,
                            "the name '%s' is not one that every node takes",
                            shown == NULL ? "?" : shown);
    }

    sf_autofree char *to = sf_path_join("view", path);

    if (to == NULL) {
        return sf_error_no_memory(err);
    }
    if (S_ISDIR(status->st_mode)) {
        return sf_dir_make(build->tree_fd, to, err);
    }
    if (S_ISLNK(status->st_mode)) {
        return collect_link(build, path, to, err);
    }
    if (S_ISREG(status->st_mode)) {
        return collect_file(build, path, to, status->st_mode, err);
    }
    return sf_error_set(err, SF_E_INCOMPATIBLE, "'%s' is neither a file nor a directory nor a link",
                        path);
}

/* Before any tool is run on the files: strip(1) only knows those of this machine. */
static int check_arch(void *context, const char *path, const struct sf_elf_info *info,
                      struct sf_error *err)
{
    const struct sf_build *build = context;

    if (!sf_str_is_equal(info->arch, build->release.arch)) {
        return sf_error_set(err, SF_E_INCOMPATIBLE, "'%s' is for %s, the release for %s", path,
                            info->arch, build->release.arch);
    }
    return 0;
}

int sf_stage_collect(struct sf_build *build, struct sf_error *err)
{
    int r = sf_pack_components_add_slurm(&build->components, build->release.version, err);

    for (size_t i = 0; r == 0 && i < build->parts.count; i++) {
        r = sf_pack_components_add_part(&build->components, build->parts.items[i], err);
    }
    if (r < 0) {
        return r;
    }

    r = sf_dir_walk(build->input_fd, ".", collect_entry, build, err);
    if (r < 0) {
        return r;
    }
    return sf_elf_walk(build->tree_fd, check_arch, build, err);
}
