/*
 * Each plugin can be loaded by a program of the release, with all its symbols bound.
 *
 * Plugins take many symbols from the program that loads them, and Slurm opens them lazily. So a
 * plugin is preloaded into one program after the other with LD_BIND_NOW: the dynamic linker of the
 * root does the work of dlopen(3) with RTLD_NOW, no compiler and no object of ours is needed there,
 * and it works with every glibc. A plugin that no program has all symbols for passes only when each
 * symbol is in one of them, as prep_script has parts for slurmctld and others for slurmd.
 */
#include "builder/trial/trial_step.h"

#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "builder/trial/loader_output.h"
#include "builder/trial/trial_command.h"
#include "builder/trial/trial_node.h"
#include "builder/trial/trial_run.h"
#include "common/base/error.h"
#include "common/base/str.h"
#include "common/base/strlist.h"
#include "common/host/dir.h"

/* Those that load plugins of their own kind; each prints its version without a configuration or
 * ends with an error of its own. */
static const char *const programs[] = {"sbin/slurmctld", "sbin/slurmd",     "sbin/slurmrestd",
                                       "sbin/slurmdbd",  "sbin/slurmstepd", "sbin/sackd",
                                       "bin/srun",       "bin/sacct"};

#define PROGRAM_COUNT (sizeof programs / sizeof *programs)

/* What plugins have not, by what the names of symbols begin with: what Slurm itself forgets to
 * link, in every build of it, and what is in the library of a driver. Slurm opens that one before
 * the plugin, where there is one, and a release never has it. */
static const struct {
    const char *plugin;
    const char *prefix;
} known_gaps[] = {
    {"gpu_nrt.so", "gpu_common_underscorify_tolower"},
    {"gpu_nvml.so", "nvml"},
    {"gpu_rsmi.so", "rsmi_"},
    {"switch_cray_aries.so", "print_jobinfo"},
};

/* What plugins open by name before they are used; a part of the name is enough. */
static const struct {
    const char *plugin;
    const char *library;
} opened[] = {
    {"mpi_pmix", "libpmix.so.2"},
};

/* One plugin and what was found out about it. */
struct attempt {
    const struct sf_trial_run *run;
    const char *name;
    const char *preload; /* "LD_PRELOAD=<its path>", and what it opens by name */
};

/* Why `program` could not load it; NULL when it could. */
static int try_program(const struct attempt *attempt, const char *program, bool is_now,
                       char **ret_failure, struct sf_error *err)
{
    sf_auto(buffer) struct sf_buffer text = {.limit_bytes = SF_TRIAL_OUTPUT_MAX};
    sf_autofree char *path = sf_trial_view(attempt->run, program);
    const char *const argv[] = {path, "-V", NULL};
    const char *const environment[] = {attempt->preload, is_now ? "LD_BIND_NOW=1" : NULL, NULL};
    const struct sf_trial_command command = {
        .argv = argv, .environment = environment, .output = &text};
    int status = 0;
    int r = path == NULL ? sf_error_no_memory(err)
                         : sf_trial_command_run(attempt->run, &command, &status, err);

    if (r < 0) {
        return sf_error_prefix(err, "plugin %s in %s: ", attempt->name, program);
    }
    *ret_failure = sf_loader_failure(text.data, status);
    return 0;
}

/* The symbols that are in nothing that `program` would have loaded with it. */
static int list_undefined(const struct attempt *attempt, const char *program,
                          struct sf_strlist *ret, struct sf_error *err)
{
    sf_auto(buffer) struct sf_buffer text = {.limit_bytes = SF_TRIAL_OUTPUT_MAX};
    sf_auto(loader_output) struct sf_loader_output output = {0};
    sf_autofree char *path = sf_trial_view(attempt->run, program);
    const char *const argv[] = {path, NULL};
    const char *const environment[] = {attempt->preload, "LD_TRACE_LOADED_OBJECTS=1", "LD_WARN=1",
                                       "LD_BIND_NOW=1", NULL};
    const struct sf_trial_command command = {
        .argv = argv, .environment = environment, .output = &text};
    int status = 0;
    int r = path == NULL ? sf_error_no_memory(err)
                         : sf_trial_command_run(attempt->run, &command, &status, err);

    if (r == 0) {
        r = sf_loader_output_parse(text.data, &output, err);
    }
    return r < 0 ? r : sf_strlist_add_all(ret, &output.undefined, err);
}

static bool is_known_gap(const char *plugin, const char *symbol)
{
    for (size_t i = 0; i < sizeof known_gaps / sizeof *known_gaps; i++) {
        if (sf_str_is_equal(known_gaps[i].plugin, plugin) &&
            sf_str_has_prefix(symbol, known_gaps[i].prefix)) {
            return true;
        }
    }
    return false;
}

/* The linker could not go on for a symbol that is missing by nature. */
static bool is_known_failure(const char *plugin, const char *failure)
{
    static const char mark[] = "undefined symbol: ";
    const char *symbol = strstr(failure, mark);

    return symbol != NULL && is_known_gap(plugin, symbol + strlen(mark));
}

/* Keeps of `symbols` those that `other` has, too. */
static void intersect(struct sf_strlist *symbols, const struct sf_strlist *other)
{
    size_t kept = 0;

    for (size_t i = 0; i < symbols->count; i++) {
        if (sf_strlist_has(other, symbols->items[i])) {
            char *item = symbols->items[kept];

            symbols->items[kept++] = symbols->items[i];
            symbols->items[i] = item;
        }
    }
    while (symbols->count > kept) {
        free(symbols->items[--symbols->count]);
    }
}

static bool has_program(const struct sf_trial_run *run, const char *program)
{
    sf_autofree char *path = sf_trial_view(run, program);

    return path != NULL && access(path, X_OK) == 0;
}

/* No program has all of its symbols: together they must. */
static int try_in_parts(const struct attempt *attempt, struct sf_error *err)
{
    sf_auto(strlist) struct sf_strlist missing = {0};
    bool is_first = true;
    int r = 0;

    for (size_t i = 0; r == 0 && i < PROGRAM_COUNT; i++) {
        sf_auto(strlist) struct sf_strlist undefined = {0};

        if (!has_program(attempt->run, programs[i])) {
            continue;
        }
        r = list_undefined(attempt, programs[i], is_first ? &missing : &undefined, err);
        if (!is_first) {
            intersect(&missing, &undefined);
        }
        is_first = false;
    }
    for (size_t i = 0; r == 0 && i < missing.count; i++) {
        if (!is_known_gap(attempt->name, missing.items[i])) {
            r = sf_error_set(err, SF_E_UNHEALTHY,
                             "plugin %s cannot be loaded: no program of the release and no library "
                             "has its symbol %s",
                             attempt->name, missing.items[i]);
        }
    }
    return r;
}

/* Why no program could load it: what the first one says. NULL when one could. */
static int try_programs(const struct attempt *attempt, bool is_now, char **ret_failure,
                        struct sf_error *err)
{
    sf_autofree char *first = NULL;

    for (size_t i = 0; i < PROGRAM_COUNT; i++) {
        sf_autofree char *failure = NULL;

        if (!has_program(attempt->run, programs[i])) {
            continue;
        }

        int r = try_program(attempt, programs[i], is_now, &failure, err);

        if (r < 0) {
            return r;
        }
        if (failure == NULL || (!is_now && is_known_failure(attempt->name, failure))) {
            *ret_failure = NULL;
            return 0;
        }
        if (first == NULL) {
            first = sf_steal(&failure);
        }
    }
    *ret_failure = sf_steal(&first);
    return *ret_failure != NULL
               ? 0
               : sf_error_set(err, SF_E_UNHEALTHY, "no program is there to load plugin %s",
                              attempt->name);
}

static int try_plugin(const struct attempt *attempt, bool *ret_is_whole, struct sf_error *err)
{
    sf_autofree char *failure = NULL;
    sf_autofree char *lazy_failure = NULL;
    int r = try_programs(attempt, /* is_now= */ true, &failure, err);

    *ret_is_whole = r == 0 && failure == NULL;
    if (r < 0 || failure == NULL) {
        return r;
    }

    r = try_programs(attempt, /* is_now= */ false, &lazy_failure, err);
    if (r == 0 && lazy_failure != NULL) {
        r = sf_error_set(err, SF_E_UNHEALTHY, "plugin %s cannot be loaded: %s", attempt->name,
                         lazy_failure);
    }
    return r < 0 ? r : try_in_parts(attempt, err);
}

/* libslurmfull.so and its like are no plugins. */
static bool is_plugin(const char *name)
{
    return sf_str_has_suffix(name, ".so") && !sf_str_has_prefix(name, "lib");
}

/* For the environment of a program; NULL when out of memory. */
static char *preload_of(const struct sf_trial_run *run, const char *name)
{
    for (size_t i = 0; i < sizeof opened / sizeof *opened; i++) {
        if (sf_str_has_prefix(name, opened[i].plugin)) {
            return sf_str_format("LD_PRELOAD=%s/view/lib/slurm/%s:%s/view/lib/%s", run->tree, name,
                                 run->tree, opened[i].library);
        }
    }
    return sf_str_format("LD_PRELOAD=%s/view/lib/slurm/%s", run->tree, name);
}

static int look(struct sf_trial_run *run, struct sf_error *err)
{
    sf_auto(strlist) struct sf_strlist names = {0};
    sf_autoclose int tree_fd = -1;
    size_t count = 0;
    size_t in_parts = 0;
    int r = sf_dir_open_follow(run->tree, &tree_fd, err);

    if (r == 0) {
        r = sf_dir_list(tree_fd, "view/lib/slurm", &names, err);
    }
    for (size_t i = 0; r == 0 && i < names.count; i++) {
        sf_autofree char *preload = preload_of(run, names.items[i]);
        const struct attempt attempt = {run, names.items[i], preload};
        bool is_whole = false;

        if (is_plugin(names.items[i])) {
            r = preload == NULL ? sf_error_no_memory(err) : try_plugin(&attempt, &is_whole, err);
            count++;
            in_parts += is_whole ? 0 : 1;
        }
    }
    if (r == 0) {
        sf_trial_note(run, "%zu plugins load, %zu of them for no program alone", count, in_parts);
    }
    return r;
}

int sf_step_plugins(struct sf_trial_run *run, struct sf_error *err)
{
    return sf_trial_node_run(run, look, err);
}
