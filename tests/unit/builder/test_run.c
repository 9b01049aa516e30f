/* Tests of runs of a matrix, with a script in the place of sf-builder: what is started, what is
 * said of each cell, and that a run that is stopped leaves no process. */
#include "tests/unit/sf_test.h"

#include <signal.h>
#include <sys/wait.h>

#include "builder/matrix/matrix.h"
#include "builder/matrix/run.h"
#include "common/base/buffer.h"
#include "common/base/str.h"
#include "common/host/dir.h"
#include "common/host/interrupt.h"

#define CELLS 4

static const char text[] = "[matrix]\nversions = 24.11 25.11\ntoolchains = noble jammy\n"
                           "arches = amd64\n[cell 25.11 jammy]\nlevel = 3\n";

/* Fails for one cell while a file "broken" is there; takes down what it was called with; has
 * nothing to do for a cell that it has built. */
static const char script[] =
    "#!/bin/sh\n"
    "echo \"$3 $5 $*\" >>\"$RUN_DIR/calls\"\n"
    "while [ -e \"$RUN_DIR/wait\" ]; do sleep 0.02; done\n"
    "if [ -e \"$RUN_DIR/broken\" ] && [ \"$3 $5\" = '25.11 noble' ]; then\n"
    "    echo '{\"failed\":true,\"msg\":\"compile: it is broken\"}'\n"
    "    exit 15\n"
    "fi\n"
    "changed=true\n"
    "[ ! -e \"$RUN_DIR/$3-$5\" ] || changed=false\n"
    "touch \"$RUN_DIR/$3-$5\"\n"
    "echo \"{\\\"release\\\":\\\"$3-1-$5-amd64\\\",\\\"changed\\\":$changed}\"\n";

struct fixture {
    char *directory;
    char *program;
    int logs_fd;
    struct sf_matrix *matrix;
    struct sf_matrix_outcome outcomes[CELLS];
    size_t told; /* how many results were reported */
    struct sf_strlist only;
};

static int set_up(void **state)
{
    static const struct sf_matrix_override none[] = {{NULL, NULL}};
    struct fixture *fixture = calloc(1, sizeof *fixture);
    void *directory = NULL;
    struct sf_error err = {0};

    assert_int_equal(sf_test_make_directory(&directory), 0);
    fixture->directory = directory;
    fixture->program = sf_str_format("%s/sf-builder", fixture->directory);
    sf_test_write_file(directory, "sf-builder", script);
    sf_test_write_file(directory, "calls", "");
    assert_int_equal(chmod(fixture->program, 0755), 0);
    assert_int_equal(setenv("RUN_DIR", directory, 1), 0);
    assert_sf_ok(sf_dir_open_follow(directory, &fixture->logs_fd, &err), &err);
    assert_sf_ok(sf_matrix_read("m.conf", text, none, &fixture->matrix, &err), &err);
    *state = fixture;
    return 0;
}

static int tear_down(void **state)
{
    struct fixture *fixture = *state;
    void *directory = fixture->directory;
    int r = 0;

    sf_matrix_free(fixture->matrix);
    sf_strlist_done(&fixture->only);
    (void)close(fixture->logs_fd);
    r = sf_test_remove_directory(&directory);
    free(fixture->program);
    free(fixture);
    return r;
}

static void count(void *context, const struct sf_matrix_cell *cell,
                  const struct sf_matrix_outcome *outcome)
{
    struct fixture *fixture = context;

    (void)cell;
    (void)outcome;
    fixture->told++;
}

static int run_matrix(struct fixture *fixture, struct sf_error *err)
{
    const struct sf_matrix_run run = {
        .matrix = fixture->matrix,
        .program = fixture->program,
        .state = fixture->directory,
        .logs_fd = fixture->logs_fd,
        .only = &fixture->only,
        .jobs = 2,
        .make_jobs = 3,
    };

    fixture->told = 0;
    return sf_matrix_run(&run, fixture->outcomes, count, fixture, err);
}

static void assert_results(const struct fixture *fixture,
                           const enum sf_matrix_result expected[CELLS])
{
    for (size_t i = 0; i < CELLS; i++) {
        if (fixture->outcomes[i].result != expected[i]) {
            fail_msg("%s: result %d, expected %d", fixture->matrix->cells[i].name,
                     (int)fixture->outcomes[i].result, (int)expected[i]);
        }
    }
}

/* How many builds were started, and that a line with `fragment` is among them. */
static size_t count_calls(const struct fixture *fixture, const char *fragment)
{
    sf_auto(buffer) struct sf_buffer calls = {.limit_bytes = 65536};
    size_t found = 0;
    struct sf_error err = {0};

    assert_sf_ok(sf_dir_read_file(fixture->logs_fd, "calls", &calls, &err), &err);
    if (fragment != NULL && strstr(calls.data, fragment) == NULL) {
        fail_msg("'%s' is not in\n%s", fragment, calls.data);
    }
    for (size_t i = 0; i < calls.size; i++) {
        found += calls.data[i] == '\n' ? 1 : 0;
    }
    return found;
}

static void cell_that_fails_stops_no_other_and_is_all_that_changes_next(void **state)
{
    static const enum sf_matrix_result first[CELLS] = {SF_MATRIX_GOOD, SF_MATRIX_GOOD,
                                                       SF_MATRIX_FAILED, SF_MATRIX_GOOD};
    static const enum sf_matrix_result second[CELLS] = {SF_MATRIX_UNCHANGED, SF_MATRIX_UNCHANGED,
                                                        SF_MATRIX_GOOD, SF_MATRIX_UNCHANGED};
    struct fixture *fixture = *state;
    struct sf_error err = {0};

    sf_test_write_file(fixture->directory, "broken", "");
    assert_sf_ok(run_matrix(fixture, &err), &err);
    assert_results(fixture, first);
    assert_int_equal(fixture->told, CELLS);
    assert_string_equal(fixture->outcomes[2].record.problem, "compile: it is broken");
    assert_string_equal(fixture->outcomes[0].record.release, "24.11-1-noble-amd64");
    assert_int_equal(count_calls(fixture, "build --slurm-version 25.11 --toolchain jammy --arch "
                                          "amd64 --variant cpu --level 3 --json --verbose"),
                     CELLS);

    assert_int_equal(unlinkat(fixture->logs_fd, "broken", 0), 0);
    assert_sf_ok(run_matrix(fixture, &err), &err);
    assert_results(fixture, second);
    assert_int_equal(count_calls(fixture, "--jobs 3"), 2 * CELLS);
}

static void pattern_chooses_cells_and_must_name_one(void **state)
{
    static const enum sf_matrix_result expected[CELLS] = {SF_MATRIX_NOT_WANTED, SF_MATRIX_GOOD,
                                                          SF_MATRIX_NOT_WANTED, SF_MATRIX_GOOD};
    struct fixture *fixture = *state;
    struct sf_error err = {0};

    assert_sf_ok(sf_strlist_add(&fixture->only, "*-jammy-*", &err), &err);
    assert_sf_ok(run_matrix(fixture, &err), &err);
    assert_results(fixture, expected);
    assert_int_equal(fixture->told, 2);

    assert_sf_ok(sf_strlist_add(&fixture->only, "23.11-*", &err), &err);
    assert_sf_fails(run_matrix(fixture, &err), &err, SF_E_NOT_FOUND,
                    "--only=23.11-*: the matrix has no such cell");
    assert_int_equal(count_calls(fixture, NULL), 2);
}

static void run_that_is_stopped_stops_its_builds(void **state)
{
    struct fixture *fixture = *state;
    struct sf_error err = {0};

    sf_test_write_file(fixture->directory, "wait", "");
    sf_interrupt_catch();
    assert_int_equal(raise(SIGTERM), 0);
    assert_sf_fails(run_matrix(fixture, &err), &err, SF_E_INTERRUPTED, "stopped by a signal");
    sf_interrupt_reset();
    assert_int_equal(fixture->told, 0);
    assert_int_equal(fixture->outcomes[0].result, SF_MATRIX_WAITING);
    /* No child is left. */
    assert_int_equal(waitpid(-1, NULL, WNOHANG), -1);
    assert_int_equal(errno, ECHILD);
}

#define RUN_TEST(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        RUN_TEST(cell_that_fails_stops_no_other_and_is_all_that_changes_next),
        RUN_TEST(pattern_chooses_cells_and_must_name_one),
        RUN_TEST(run_that_is_stopped_stops_its_builds),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
