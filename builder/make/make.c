/* The stages of a release, run in order from the first that is not done. */
#include "builder/make/make.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "builder/make/check.h"
#include "builder/make/log_tail.h"
#include "builder/make/stage.h"
#include "builder/make/watch.h"
#include "builder/pack/build.h"
#include "builder/recipe/recipe.h"
#include "builder/spack/spack_build.h"
#include "builder/trial/trial.h"
#include "common/base/buffer.h"
#include "common/base/clock.h"
#include "common/base/error.h"
#include "common/base/path.h"
#include "common/base/str.h"
#include "common/cli/progress.h"
#include "common/cli/report.h"
#include "common/host/dir.h"
#include "common/host/interrupt.h"

#define INPUTS_MAX_BYTES (1UL << 20)

/* Stages in the order in which they run, and what is known of them; the two go together. */
struct backend {
    const struct sf_cell_stage *names;
    const struct sf_make_stage *const *stages;
    size_t count;
};

#define PACKED                                                                                     \
    {.name = "pack", .output = SF_MAKE_REPOSITORY},                                                \
        {.name = "test", .output = SF_MAKE_REPOSITORY},                                            \
    {                                                                                              \
        .name = "sign", .output = SF_MAKE_REPOSITORY                                               \
    }

static const struct sf_cell_stage source_names[] = {
    {.name = "fetch"},
    {.name = "configure", .output = SF_MAKE_SOURCE},
    {.name = "compile", .output = SF_MAKE_SOURCE, .is_in_place = true},
    {.name = "install", .output = SF_MAKE_DESTDIR},
    PACKED,
};
static const struct sf_make_stage *const source_stages[] = {
    &sf_make_fetch, &sf_make_configure, &sf_make_compile, &sf_make_install,
    &sf_make_pack,  &sf_make_test,      &sf_make_sign,
};

static const struct sf_cell_stage spack_names[] = {
    {.name = "concretize", .output = SF_SPACK_DIRECTORY},
    {.name = "spack", .output = SF_SPACK_DIRECTORY},
    {.name = "install", .output = SF_MAKE_DESTDIR},
    PACKED,
};
static const struct sf_make_stage *const spack_stages[] = {
    &sf_make_spack_concretize,
    &sf_make_spack_install,
    &sf_make_spack_merge,
    &sf_make_pack,
    &sf_make_test,
    &sf_make_sign,
};

#define COUNT(array) (sizeof(array) / sizeof *(array))

_Static_assert(COUNT(source_names) == COUNT(source_stages), "each stage has a name");
_Static_assert(COUNT(spack_names) == COUNT(spack_stages), "each stage has a name");

static const struct backend source = {source_names, source_stages, COUNT(source_names)};
static const struct backend spack = {spack_names, spack_stages, COUNT(spack_names)};

static const struct backend *backend_of(const struct sf_make *make)
{
    return make->spack == NULL ? &source : &spack;
}

static int missing_error(const struct sf_make *make, const struct sf_strlist *missing,
                         struct sf_error *err)
{
    sf_autofree char *words = sf_strlist_join(missing, " ");
    bool is_machine = sf_place_is_machine(&make->place);

    return sf_error_set(err, SF_E_NOT_FOUND, "missing packages, install them%s%s: %s %s",
                        is_machine ? "" : " in ", is_machine ? "" : make->root,
                        sf_place_installer(&make->place), words == NULL ? "" : words);
}

/* Checks that the place can build this release, and writes down what of it goes into the result. */
static int look_at_place(struct sf_make *make, struct sf_error *err)
{
    sf_auto(strlist) struct sf_strlist installed = {0};
    sf_auto(strlist) struct sf_strlist missing = {0};
    sf_autofree char *system = NULL;
    int r = sf_place_check(&make->place, &make->release, err);

    if (r == 0) {
        r = sf_place_packages(&make->place, &make->recipe->packages, &installed, &missing, err);
    }
    if (r == 0 && missing.count > 0) {
        r = missing_error(make, &missing, err);
    }
    if (r == 0) {
        r = sf_place_describe(&make->place, make->release.arch, &system, err);
    }
    if (r < 0) {
        return r;
    }

    sf_autofree char *packages = sf_strlist_join(&installed, "; ");

    make->place_text = packages == NULL ? NULL : sf_str_format("%s; %s", system, packages);
    return make->place_text == NULL ? sf_error_no_memory(err) : 0;
}

/* A directory of ccache below the state, when the place has ccache. */
static int open_cache(struct sf_make *make, struct sf_error *err)
{
    sf_autoclose int top_fd = -1;
    sf_autoclose int fd = -1;
    sf_autofree char *cache = NULL;

    if (make->has_no_ccache || !sf_place_has_program(&make->place, "ccache")) {
        return 0;
    }
    cache = sf_path_join(make->state, "ccache");
    if (cache == NULL) {
        return sf_error_no_memory(err);
    }

    int r = sf_dir_open_follow("/", &top_fd, err);

    if (r == 0) {
        r = sf_dir_make_in_root(top_fd, cache, 0755, &fd, err);
    }
    if (r == 0) {
        make->cache = sf_steal(&cache);
        make->place.cache = make->cache;
    }
    return r;
}

static int fill_slot(struct sf_make *make, struct sf_error *err)
{
    sf_autofree char *prefix = NULL;
    int r = sf_prefix_of_release(SF_PREFIX_DEFAULT_ROOT, &make->release, &prefix, err);

    if (r == 0) {
        sf_prefix_pad(prefix, make->slot);
    }
    return r;
}

static int digest_program(const char *path, char sha256[static SF_DIGEST_HEX], struct sf_error *err)
{
    sf_autoclose int fd = open(path, O_RDONLY | O_CLOEXEC);
    uint64_t size = 0;

    return fd < 0 ? sf_error_errno(err, errno, "open '%s'", path)
                  : sf_digest_fd(fd, sha256, &size, err);
}

/* Another sf-agent is another test; another sf-builder is another pack, too. */
static int find_programs(struct sf_make *make, struct sf_error *err)
{
    int r = sf_trial_find_agent(make->agent, &make->agent_path, err);

    if (r == 0) {
        r = digest_program(make->agent_path, make->agent_digest, err);
    }
    return r < 0 ? r : digest_program("/proc/self/exe", make->own_digest, err);
}

static int chain_stages(struct sf_make *make, struct sf_error *err)
{
    const struct backend *backend = backend_of(make);
    int r = 0;

    for (size_t i = 0; r == 0 && i < backend->count; i++) {
        sf_auto(buffer) struct sf_buffer inputs = {.limit_bytes = INPUTS_MAX_BYTES};

        r = backend->stages[i]->describe(make, &inputs, err);
        r = r < 0 ? r : sf_cell_chain(&make->cell, inputs.data == NULL ? "" : inputs.data, err);
    }
    return r;
}

/* What a stage's record says is not all that it depends on. */
static int forget_outdated(struct sf_make *make, struct sf_error *err)
{
    const struct backend *backend = backend_of(make);

    for (size_t i = 0; i < backend->count; i++) {
        if (i < sf_cell_first(&make->cell) && backend->stages[i]->is_current != NULL &&
            !backend->stages[i]->is_current(make)) {
            return sf_cell_forget(&make->cell, i, err);
        }
    }
    return 0;
}

/* How many of the stages are to be done. */
static size_t wanted_count(const struct sf_make *make)
{
    const struct backend *backend = backend_of(make);

    for (size_t i = 0; make->last_stage != NULL && i < backend->count; i++) {
        if (strcmp(backend->names[i].name, make->last_stage) == 0) {
            return i + 1;
        }
    }
    return backend->count;
}

static bool is_wanted(const struct sf_make *make, const struct sf_make_stage *stage)
{
    const struct backend *backend = backend_of(make);
    size_t count = wanted_count(make);

    for (size_t i = 0; i < count; i++) {
        if (backend->stages[i] == stage) {
            return true;
        }
    }
    return false;
}

static int check(const struct sf_make *make, struct sf_error *err)
{
    int r = sf_make_check_paths(make, err);

    if (r == 0 && is_wanted(make, &sf_make_pack)) {
        r = sf_make_check_pack(make, err);
    }
    return r < 0 || !is_wanted(make, &sf_make_test) ? r : sf_make_check_test(make, err);
}

static int prepare(struct sf_make *make, struct sf_error *err)
{
    const struct backend *backend = backend_of(make);
    int r = sf_build_epoch(getenv("SOURCE_DATE_EPOCH"), make->release.version, &make->epoch_s, err);

    make->place = (struct sf_place){.root = make->root};
    if (r == 0) {
        r = check(make, err);
    }
    if (r == 0) {
        r = fill_slot(make, err);
    }
    if (r == 0) {
        r = sf_cell_open(make->state, &make->release, backend->names, backend->count, &make->cell,
                         err);
    }
    if (r < 0) {
        return r;
    }
    make->place.work = make->cell.path;
    r = look_at_place(make, err);
    if (r == 0) {
        r = open_cache(make, err);
    }
    if (r == 0) {
        r = find_programs(make, err);
    }
    if (r == 0) {
        r = chain_stages(make, err);
    }
    return r < 0 ? r : forget_outdated(make, err);
}

static int count_source(void *context, int dir_fd, const char *path, const struct stat *status,
                        struct sf_error *err)
{
    uint64_t *count = context;

    (void)dir_fd;
    (void)err;
    *count += S_ISREG(status->st_mode) && sf_str_has_suffix(path, ".c") ? 1 : 0;
    return 0;
}

/* About as many calls of the compiler as there are files for it; 0 when nobody looks at it. */
static uint64_t guess_steps(const struct sf_make *make, size_t stage)
{
    struct sf_error ignored;
    uint64_t count = 0;

    if (sf_progress_is_on() && backend_of(make)->stages[stage] == &sf_make_compile) {
        (void)sf_dir_walk(make->cell.fd, SF_MAKE_SOURCE "/src", count_source, &count, &ignored);
    }
    return count;
}

static int run_stage(struct sf_make *make, size_t stage, struct sf_error *err)
{
    const char *name = backend_of(make)->names[stage].name;
    sf_autofree char *log = sf_cell_log_path(&make->cell, stage);
    sf_autoclose int log_fd = -1;
    int64_t start_ms = sf_clock_monotonic_ms();
    int r = sf_cell_begin(&make->cell, stage, &log_fd, err);

    if (r < 0) {
        return r;
    }

    sf_progress_start(make->shows_progress);
    struct sf_watch *watch = sf_watch_new(log_fd, name, guess_steps(make, stage));

    r = backend_of(make)->stages[stage]->run(make, log_fd, err);
    sf_watch_free(watch);
    sf_progress_end();
    if (r < 0) {
        if (r == -SF_E_UNHEALTHY) {
            sf_log_tail(log_fd);
        }
        return sf_error_prefix(err, "%s (log: %s): ", name, log);
    }
    r = sf_cell_finish(&make->cell, stage, err);
    if (r == 0) {
        sf_report_line(make->report, "%s: %lld s", name,
                       (long long)(sf_clock_monotonic_ms() - start_ms) / 1000);
        sf_report_changed(make->report);
    }
    return r;
}

static int report_artifact(struct sf_make *make, struct sf_error *err)
{
    sf_autofree char *repository = sf_path_join(make->cell.path, SF_MAKE_REPOSITORY);
    sf_autofree char *artifact = sf_release_artifact_path(&make->release);
    sf_autofree char *file =
        repository == NULL || artifact == NULL ? NULL : sf_path_join(repository, artifact);
    char id[SF_RELEASE_ID_SIZE];
    struct stat status;

    if (file == NULL) {
        return sf_error_no_memory(err);
    }
    sf_release_format(&make->release, id);
    sf_report_text(make->report, "release", id);
    sf_report_text(make->report, "path", artifact);
    /* Not yet there when only the first stages were asked for. */
    if (stat(file, &status) == 0) {
        sf_report_line(make->report, "%s", file);
        sf_report_text(make->report, "file", file);
        sf_report_number(make->report, "size", (uint64_t)status.st_size);
    }
    return 0;
}

int sf_make_check_stage(const char *name, bool is_spack, struct sf_error *err)
{
    const struct backend *backend = is_spack ? &spack : &source;
    sf_auto(strlist) struct sf_strlist all = {0};

    for (size_t i = 0; i < backend->count; i++) {
        if (strcmp(backend->names[i].name, name) == 0) {
            return 0;
        }
        if (sf_strlist_add(&all, backend->names[i].name, err) < 0) {
            return -SF_E_NO_MEMORY;
        }
    }

    sf_autofree char *words = sf_strlist_join(&all, ", ");

    return sf_error_set(err, SF_E_USAGE, "there is no stage '%s': they are %s", name,
                        words == NULL ? "" : words);
}

int sf_make_run(struct sf_make *make, struct sf_report *report, struct sf_error *err)
{
    make->report = report;
    make->cell = (struct sf_cell){.fd = -1, .lock_fd = -1};

    int r = prepare(make, err);

    for (size_t i = r < 0 ? 0 : sf_cell_first(&make->cell); r == 0 && i < wanted_count(make); i++) {
        r = run_stage(make, i, err);
        /* Not every stage listens while it runs. */
        if (r == 0 && sf_interrupt_is_pending()) {
            r = sf_error_set(err, SF_E_INTERRUPTED, "stopped by a signal");
        }
    }
    /* Hundreds of megabytes that no later stage reads; what is installed serves the next pack. */
    if (r == 0 && make->last_stage == NULL) {
        r = sf_dir_remove(make->cell.fd, SF_MAKE_SOURCE, err);
    }
    if (r == 0) {
        r = report_artifact(make, err);
    }
    return r < 0 || make->target == NULL ? r : sf_make_publish(make, err);
}

void sf_make_done(struct sf_make *make)
{
    sf_cell_done(&make->cell);
    free(make->cache);
    free(make->place_text);
    free(make->agent_path);
    make->cache = NULL;
    make->place_text = NULL;
    make->agent_path = NULL;
}
