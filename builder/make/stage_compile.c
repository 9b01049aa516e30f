/* Stage compile: make, and make in the contribs of the recipe. */
#include "builder/make/stage.h"

#include <unistd.h>

#include "builder/make/make.h"
#include "builder/recipe/recipe.h"
#include "common/base/error.h"
#include "common/base/str.h"

static int describe(const struct sf_make *make, struct sf_buffer *inputs, struct sf_error *err)
{
    return sf_make_describe_list(inputs, "contribs", &make->recipe->contribs, err);
}

static unsigned job_count(const struct sf_make *make)
{
    long processors = make->jobs != 0 ? (long)make->jobs : sysconf(_SC_NPROCESSORS_ONLN);

    return processors < 1 ? 1 : (unsigned)processors;
}

/* `contrib` NULL: the top. */
static int run_make(const struct sf_make *make, const char *contrib, int log_fd,
                    struct sf_error *err)
{
    sf_auto(strlist) struct sf_strlist argv = {0};

    if (sf_strlist_add(&argv, "make", err) < 0 ||
        sf_strlist_take(&argv, sf_str_format("-j%u", job_count(make)), err) < 0 ||
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
    int r = run_make(make, /* contrib= */ NULL, log_fd, err);

    for (size_t i = 0; r == 0 && i < make->recipe->contribs.count; i++) {
        r = run_make(make, make->recipe->contribs.items[i], log_fd, err);
    }
    return r;
}

const struct sf_make_stage sf_make_compile = {.describe = describe, .run = run};
