/* Stage install: make install below a directory of its own. */
#include "builder/make/stage.h"

#include "builder/make/make.h"
#include "builder/recipe/recipe.h"
#include "common/base/error.h"
#include "common/base/str.h"
#include "common/host/dir.h"

static int describe(const struct sf_make *make, struct sf_buffer *inputs, struct sf_error *err)
{
    (void)make;
    (void)inputs;
    (void)err;
    return 0;
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

static int run(struct sf_make *make, int log_fd, struct sf_error *err)
{
    int r = sf_dir_remove(make->cell.fd, SF_MAKE_DESTDIR, err);

    if (r == 0) {
        r = run_install(make, /* contrib= */ NULL, log_fd, err);
    }
    for (size_t i = 0; r == 0 && i < make->recipe->contribs.count; i++) {
        r = run_install(make, make->recipe->contribs.items[i], log_fd, err);
    }
    return r;
}

const struct sf_make_stage sf_make_install = {.describe = describe, .run = run};
