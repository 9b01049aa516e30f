/* Stage configure: the source unpacked, its ./configure run with the padded prefix. */
#include "builder/make/stage.h"

#include "builder/make/make.h"
#include "builder/place/source_unpack.h"
#include "builder/recipe/recipe.h"
#include "common/base/buffer.h"
#include "common/base/error.h"
#include "common/base/str.h"
#include "common/host/dir.h"

/* Debug information goes into an artifact of its own, see the pack. */
#define CFLAGS "-O2 -g"
/* DT_RPATH is searched for what plugins load too; DT_RUNPATH only for an object's own libraries. */
#define LDFLAGS "-Wl,--disable-new-dtags"
/* What the compiler writes down as the source's place, wherever it really was. */
#define SOURCE_PREFIX "/usr/src/slurm"

static int add_words(const struct sf_make *make, struct sf_strlist *argv, struct sf_error *err)
{
    sf_autofree char *source = sf_place_path(&make->place, SF_MAKE_SOURCE);

    if (source == NULL || sf_strlist_add(argv, "./configure", err) < 0 ||
        sf_strlist_take(argv, sf_str_format("--prefix=%s", make->slot), err) < 0 ||
        sf_strlist_take(
            argv, sf_str_format("--with-systemdsystemunitdir=%s/lib/systemd/system", make->slot),
            err) < 0 ||
        sf_strlist_add_all(argv, &make->recipe->configure, err) < 0 ||
        sf_strlist_take(
            argv, sf_str_format("CFLAGS=" CFLAGS " -ffile-prefix-map=%s=" SOURCE_PREFIX, source),
            err) < 0 ||
        sf_strlist_add(argv, "LDFLAGS=" LDFLAGS, err) < 0) {
        return sf_error_no_memory(err);
    }
    return 0;
}

static int describe(const struct sf_make *make, struct sf_buffer *inputs, struct sf_error *err)
{
    sf_auto(strlist) struct sf_strlist argv = {0};
    int r = add_words(make, &argv, err);

    if (r == 0) {
        r = sf_make_describe_list(inputs, "configure", &argv, err);
    }
    if (r == 0) {
        r = sf_make_describe_commands(make, inputs, err);
    }
    return r < 0 ? r : sf_buffer_format(inputs, err, "place %s\n", make->place_text);
}

static int unpack(struct sf_make *make, struct sf_error *err)
{
    sf_autoclose int fd = -1;
    sf_autoclose int source_fd = -1;
    const char *file = NULL;
    const char *sha256 = NULL;
    int r = sf_make_open_source(make, &fd, &file, &sha256, err);

    if (r == 0) {
        r = sf_dir_remove(make->cell.fd, SF_MAKE_SOURCE, err);
    }
    if (r == 0) {
        r = sf_dir_make(make->cell.fd, SF_MAKE_SOURCE, err);
    }
    if (r == 0) {
        r = sf_dir_open(make->cell.fd, SF_MAKE_SOURCE, &source_fd, err);
    }
    return r < 0 ? r : sf_source_unpack(fd, file, source_fd, err);
}

static int run(struct sf_make *make, int log_fd, struct sf_error *err)
{
    sf_auto(strlist) struct sf_strlist argv = {0};
    int r = unpack(make, err);

    if (r == 0) {
        r = add_words(make, &argv, err);
    }
    if (r == 0 && make->place.cache != NULL) {
        r = sf_strlist_add(&argv, "CC=ccache gcc", err);
    }
    return r < 0 ? r : sf_make_command(make, &argv, log_fd, err);
}

const struct sf_make_stage sf_make_configure = {.describe = describe, .run = run};
