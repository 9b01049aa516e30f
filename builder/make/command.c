/* Programs that stages run in the source directory, and what their result depends on. */
#include "builder/make/stage.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "builder/make/make.h"
#include "common/base/buffer.h"
#include "common/base/error.h"
#include "common/base/str.h"

/* The longest that a stage may take; a compiler that hangs is not waited for all week. */
#define TIMEOUT_S (12U * 3600U)

/* What the result depends on; where nothing but speed does, see add_cache(). */
static int fill_environment(const struct sf_make *make, struct sf_strlist *environment,
                            struct sf_error *err)
{
    sf_autofree char *work = sf_place_path(&make->place, "");

    if (work == NULL ||
        sf_strlist_take(environment,
                        sf_str_format("SOURCE_DATE_EPOCH=%lld", (long long)make->epoch_s),
                        err) < 0 ||
        sf_strlist_add(environment, "TZ=UTC", err) < 0 ||
        /* Perl would write down when and where its modules were installed. */
        sf_strlist_add(environment, "PERL_MM_OPT=NO_PACKLIST=1 NO_PERLLOCAL=1", err) < 0 ||
        sf_strlist_take(environment, sf_str_format("HOME=%s", work), err) < 0) {
        return sf_error_no_memory(err);
    }
    return 0;
}

/*
 * A source that was configured with ccache goes on calling it. No CCACHE_BASEDIR: it makes paths
 * relative, which then stand in the debug information and so in the build ids.
 */
static int add_cache(const struct sf_make *make, struct sf_strlist *environment,
                     struct sf_error *err)
{
    const char *cache = sf_place_cache(&make->place);

    return cache == NULL ? sf_strlist_add(environment, "CCACHE_DISABLE=1", err)
                         : sf_strlist_take(environment, sf_str_format("CCACHE_DIR=%s", cache), err);
}

/* The items with a NULL behind them. */
static const char **vector_of(const struct sf_strlist *list)
{
    const char **vector = calloc(list->count + 1, sizeof *vector);

    for (size_t i = 0; vector != NULL && i < list->count; i++) {
        vector[i] = list->items[i];
    }
    return vector;
}

int sf_make_command(const struct sf_make *make, const struct sf_strlist *argv, int log_fd,
                    struct sf_error *err)
{
    sf_auto(strlist) struct sf_strlist environment = {0};
    sf_autofree char *line = sf_strlist_join(argv, " ");
    int r = fill_environment(make, &environment, err);

    if (r == 0) {
        r = add_cache(make, &environment, err);
    }
    if (r < 0) {
        return r;
    }

    sf_autofree const char **argument_vector = vector_of(argv);
    sf_autofree const char **environment_vector = vector_of(&environment);
    const struct sf_place_command command = {
        .argv = argument_vector,
        .environment = environment_vector,
        .directory = SF_MAKE_SOURCE,
        .output_fd = log_fd,
        .timeout_s = TIMEOUT_S,
    };

    if (line == NULL || argument_vector == NULL || environment_vector == NULL) {
        return sf_error_no_memory(err);
    }
    (void)dprintf(log_fd, "+ %s\n", line);
    return sf_place_run(&make->place, &command, err);
}

int sf_make_add_variables(const struct sf_make *make, struct sf_strlist *argv, struct sf_error *err)
{
    return sf_strlist_take(argv, sf_str_format("PAM_DIR=%s/lib/security", make->slot), err);
}

int sf_make_describe_commands(const struct sf_make *make, struct sf_buffer *inputs,
                              struct sf_error *err)
{
    sf_auto(strlist) struct sf_strlist words = {0};
    int r = fill_environment(make, &words, err);

    if (r == 0) {
        r = sf_make_add_variables(make, &words, err);
    }
    return r < 0 ? r : sf_make_describe_list(inputs, "commands", &words, err);
}

int sf_make_describe_list(struct sf_buffer *inputs, const char *name,
                          const struct sf_strlist *words, struct sf_error *err)
{
    int r = sf_buffer_format(inputs, err, "%s", name);

    for (size_t i = 0; r == 0 && i < words->count; i++) {
        r = sf_buffer_format(inputs, err, " %zu:%s", strlen(words->items[i]), words->items[i]);
    }
    return r < 0 ? r : sf_buffer_format(inputs, err, "\n");
}
