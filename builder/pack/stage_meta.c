/* Writes what people look at, units and modulefiles, with the clean prefix in it. */
#include "builder/pack/stage.h"

#include <string.h>
#include <sys/stat.h>

#include "builder/pack/build.h"
#include "common/base/buffer.h"
#include "common/base/error.h"
#include "common/base/log.h"
#include "common/base/str.h"
#include "common/content/modulefile.h"
#include "common/host/atomic_file.h"
#include "common/host/dir.h"

#define UNITS_FROM     "lib/systemd/system"
#define UNIT_MAX_BYTES 65536

struct meta {
    const struct sf_build *build;
    int from_fd;
    int to_fd;
};

static int write_unit(void *context, int dir_fd, const char *path, const struct stat *status,
                      struct sf_error *err)
{
    const struct meta *meta = context;
    sf_auto(buffer) struct sf_buffer text = {.limit_bytes = UNIT_MAX_BYTES};
    size_t size = 0;

    (void)dir_fd;
    if (!S_ISREG(status->st_mode) || strchr(path, '/') != NULL) {
        return sf_error_set(err, SF_E_INCOMPATIBLE,
                            UNITS_FROM "/%s is not a unit file: a release holds only those there",
                            path);
    }

    int r = sf_dir_read_file(meta->from_fd, path, &text, err);

    if (r < 0) {
        return r;
    }

    sf_autofree char *clean = sf_str_replace(text.data == NULL ? "" : text.data, text.size,
                                             meta->build->slot, meta->build->prefix, &size);

    if (clean == NULL) {
        return sf_error_no_memory(err);
    }
    return sf_atomic_file_write(meta->to_fd, path, clean, size, 0644, err);
}

static int write_units(struct sf_build *build, struct sf_error *err)
{
    sf_autoclose int from_fd = -1;
    sf_autoclose int to_fd = -1;
    int r = sf_dir_make(build->tree_fd, "meta/units", err);

    if (r < 0) {
        return r;
    }
    if (!sf_dir_has(build->input_fd, UNITS_FROM)) {
        sf_log(SF_LOG_WARNING,
               "no " UNITS_FROM ", continuing without units: Slurm's configure takes "
               "--with-systemdsystemunitdir=PREFIX/" UNITS_FROM);
        return 0;
    }

    r = sf_dir_open(build->tree_fd, "meta/units", &to_fd, err);
    if (r < 0) {
        return r;
    }

    r = sf_dir_open(build->input_fd, UNITS_FROM, &from_fd, err);
    if (r < 0) {
        return r;
    }

    struct meta meta = {build, from_fd, to_fd};

    return sf_dir_walk(from_fd, ".", write_unit, &meta, err);
}

static int write_modules(struct sf_build *build, struct sf_error *err)
{
    static const char *const names[] = {SF_MODULEFILE_LUA, SF_MODULEFILE_TCL, SF_MODULEFILE_RC_LUA,
                                        SF_MODULEFILE_RC_TCL};
    sf_autoclose int to_fd = -1;
    int r = sf_dir_make(build->tree_fd, "meta/modules", err);

    if (r < 0) {
        return r;
    }

    r = sf_dir_open(build->tree_fd, "meta/modules", &to_fd, err);
    for (size_t i = 0; r == 0 && i < sizeof names / sizeof *names; i++) {
        sf_autofree char *text = sf_modulefile_text(names[i], &build->release, build->prefix);

        r = text == NULL ? sf_error_no_memory(err)
                         : sf_atomic_file_write(to_fd, names[i], text, strlen(text), 0644, err);
    }
    return r;
}

int sf_stage_meta(struct sf_build *build, struct sf_error *err)
{
    int r = write_units(build, err);

    return r < 0 ? r : write_modules(build, err);
}
