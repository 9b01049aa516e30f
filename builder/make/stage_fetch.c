/* Stage fetch: the source is in the cache, and is the one that the recipe means. */
#include "builder/make/stage.h"

#include <stdio.h>
#include <string.h>

#include "builder/make/make.h"
#include "builder/place/source_cache.h"
#include "builder/recipe/recipe.h"
#include "common/base/buffer.h"
#include "common/base/error.h"
#include "common/base/path.h"

int sf_make_open_source(const struct sf_make *make, int *ret_fd, const char **ret_file,
                        const char **ret_sha256, struct sf_error *err)
{
    sf_autofree char *cache = sf_path_join(make->state, "sources");
    const struct sf_recipe_source *source = NULL;
    const struct sf_source_wanted wanted = {
        .sources = make->recipe->sources,
        .count = make->recipe->source_count,
        .cache = cache,
        .mirrors = make->mirrors,
        .proxy = make->proxy,
    };
    int r = cache == NULL ? sf_error_no_memory(err) : sf_source_open(&wanted, ret_fd, &source, err);

    /* The same bytes go by several names; the release names them always by the same one. */
    for (size_t i = 0; r == 0 && i < wanted.count; i++) {
        if (strcmp(wanted.sources[i].sha256, source->sha256) == 0) {
            *ret_file = wanted.sources[i].file;
            *ret_sha256 = source->sha256;
            break;
        }
    }
    return r;
}

static int describe(const struct sf_make *make, struct sf_buffer *inputs, struct sf_error *err)
{
    int r = 0;

    for (size_t i = 0; r == 0 && i < make->recipe->source_count; i++) {
        r = sf_buffer_format(inputs, err, "source %s\n", make->recipe->sources[i].sha256);
    }
    return r;
}

static int run(struct sf_make *make, int log_fd, struct sf_error *err)
{
    sf_autoclose int fd = -1;
    const char *file = NULL;
    const char *sha256 = NULL;
    int r = sf_make_open_source(make, &fd, &file, &sha256, err);

    if (r == 0) {
        (void)dprintf(log_fd, "%s %s\n", file, sha256);
    }
    return r;
}

const struct sf_make_stage sf_make_fetch = {.describe = describe, .run = run};
