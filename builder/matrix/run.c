/* Runs the builds of a matrix: which, how many at a time, and what came of them. */
#include "builder/matrix/run.h"

#include <fcntl.h>
#include <fnmatch.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "builder/matrix/cell_arguments.h"
#include "builder/matrix/child.h"
#include "builder/matrix/matrix.h"
#include "common/base/clock.h"
#include "common/base/error.h"
#include "common/base/str.h"
#include "common/host/dir.h"
#include "common/host/interrupt.h"

#define STEP_NS     (50 * 1000000L)
#define MS_A_SECOND 1000

/* A build that is running. */
struct slot {
    pid_t pid; /* 0: free */
    size_t cell;
    int log_fd;
    int64_t started_ms;
};

struct runner {
    const struct sf_matrix_run *run;
    struct sf_matrix_outcome *outcomes;
    sf_matrix_report report;
    void *context;
    struct slot *slots;
    size_t next; /* the first cell that was not looked at */
};

/* Nothing that was started outlives the run. */
static void runner_done(struct runner *runner)
{
    for (size_t i = 0; runner->slots != NULL && i < runner->run->jobs; i++) {
        if (runner->slots[i].pid != 0) {
            sf_child_stop(runner->slots[i].pid);
            sf_cleanup_close(&runner->slots[i].log_fd);
        }
    }
    free(runner->slots);
}

SF_DEFINE_AUTO_STRUCT(runner, struct runner, runner_done)

static bool is_wanted(const struct sf_strlist *only, const char *name)
{
    for (size_t i = 0; i < only->count; i++) {
        if (fnmatch(only->items[i], name, 0) == 0) {
            return true;
        }
    }
    return only->count == 0;
}

static int check_only(const struct sf_matrix_run *run, struct sf_error *err)
{
    for (size_t i = 0; i < run->only->count; i++) {
        size_t cell = 0;

        while (cell < run->matrix->cell_count &&
               fnmatch(run->only->items[i], run->matrix->cells[cell].name, 0) != 0) {
            cell++;
        }
        if (cell == run->matrix->cell_count) {
            return sf_error_set(err, SF_E_NOT_FOUND,
                                "--only=%s: the matrix has no such cell; its first one is %s",
                                run->only->items[i], run->matrix->cells[0].name);
        }
    }
    return 0;
}

/* What can be said of a cell without building it. */
static void judge(const struct runner *runner, size_t number)
{
    const struct sf_matrix_cell *cell = &runner->run->matrix->cells[number];
    struct sf_matrix_outcome *outcome = &runner->outcomes[number];

    *outcome = (struct sf_matrix_outcome){.result = SF_MATRIX_WAITING};
    if (!is_wanted(runner->run->only, cell->name)) {
        outcome->result = SF_MATRIX_NOT_WANTED;
    } else if (cell->is_skipped) {
        outcome->result = SF_MATRIX_SKIPPED;
        runner->report(runner->context, cell, outcome);
    }
}

static int add_own_options(const struct sf_matrix_run *run, struct sf_strlist *words,
                           struct sf_error *err)
{
    int r = sf_strlist_add_words(words, "--json --verbose --state", err);

    if (r == 0) {
        r = sf_strlist_add(words, run->state, err);
    }
    if (r == 0) {
        r = sf_strlist_add(words, "--jobs", err);
    }
    return r < 0 ? r : sf_strlist_take(words, sf_str_format("%u", run->make_jobs), err);
}

static int start(const struct runner *runner, struct slot *slot, size_t number,
                 struct sf_error *err)
{
    const struct sf_matrix_run *run = runner->run;
    const struct sf_matrix_cell *cell = &run->matrix->cells[number];
    sf_autofree char *name = sf_str_format("%s.log", cell->name);
    sf_auto(strlist) struct sf_strlist words = {0};
    sf_autoclose int log_fd = -1;
    pid_t pid = 0;
    int r = name == NULL ? sf_error_no_memory(err) : sf_matrix_cell_arguments(cell, &words, err);

    if (r == 0) {
        r = add_own_options(run, &words, err);
    }
    if (r == 0) {
        r = sf_dir_open_file(run->logs_fd, name, O_RDWR | O_CREAT | O_TRUNC | O_APPEND, 0644,
                             &log_fd, err);
    }
    if (r == 0) {
        r = sf_child_start(run->program, &words, log_fd, &pid, err);
    }
    if (r < 0) {
        return r;
    }
    *slot = (struct slot){.pid = pid,
                          .cell = number,
                          .log_fd = sf_steal_fd(&log_fd),
                          .started_ms = sf_clock_monotonic_ms()};
    return 0;
}

/* Starts the next cell that is to be built, if there is one. */
static int fill_slot(struct runner *runner, struct slot *slot, struct sf_error *err)
{
    const size_t count = runner->run->matrix->cell_count;
    int r = 0;

    while (r == 0 && slot->pid == 0 && runner->next < count) {
        size_t number = runner->next++;

        if (runner->outcomes[number].result == SF_MATRIX_WAITING) {
            r = start(runner, slot, number, err);
        }
    }
    return r;
}

/* Takes down what came of a build that has ended. */
static void end_slot(const struct runner *runner, struct slot *slot, int status)
{
    struct sf_matrix_outcome *outcome = &runner->outcomes[slot->cell];
    struct sf_matrix_record *record = &outcome->record;

    sf_matrix_record_read_log(slot->log_fd, record);
    sf_cleanup_close(&slot->log_fd);
    slot->pid = 0;
    record->is_good = status == 0;
    record->seconds = (uint64_t)(sf_clock_monotonic_ms() - slot->started_ms) / MS_A_SECOND;
    if (record->is_good) {
        record->problem[0] = '\0';
    } else if (record->problem[0] == '\0') {
        (void)snprintf(record->problem, sizeof record->problem, "exit status %d", status);
    }
    outcome->result = !record->is_good      ? SF_MATRIX_FAILED
                      : record->has_changed ? SF_MATRIX_GOOD
                                            : SF_MATRIX_UNCHANGED;
    runner->report(runner->context, &runner->run->matrix->cells[slot->cell], outcome);
}

static int turn(struct runner *runner, bool *ret_is_busy, struct sf_error *err)
{
    bool is_busy = false;

    for (size_t i = 0; i < runner->run->jobs; i++) {
        struct slot *slot = &runner->slots[i];
        int status = 0;

        if (slot->pid != 0 && sf_child_has_ended(slot->pid, &status)) {
            end_slot(runner, slot, status);
        }

        int r = fill_slot(runner, slot, err);

        if (r < 0) {
            return r;
        }
        is_busy |= slot->pid != 0;
    }
    *ret_is_busy = is_busy;
    return 0;
}

int sf_matrix_run(const struct sf_matrix_run *run, struct sf_matrix_outcome *outcomes,
                  sf_matrix_report report, void *context, struct sf_error *err)
{
    const struct timespec step = {.tv_nsec = STEP_NS};
    sf_auto(runner) struct runner runner = {
        .run = run, .outcomes = outcomes, .report = report, .context = context};
    bool is_busy = true;
    int r = check_only(run, err);

    if (r < 0) {
        return r;
    }
    for (size_t i = 0; i < run->matrix->cell_count; i++) {
        judge(&runner, i);
    }
    runner.slots = calloc(run->jobs, sizeof *runner.slots);
    if (runner.slots == NULL) {
        return sf_error_no_memory(err);
    }
    while (r == 0 && is_busy) {
        r = turn(&runner, &is_busy, err);
        if (r == 0 && sf_interrupt_is_pending()) {
            return sf_error_set(err, SF_E_INTERRUPTED, "stopped by a signal, and the builds too");
        }
        if (r == 0 && is_busy) {
            (void)nanosleep(&step, NULL);
        }
    }
    return r;
}
