#include "tests/unit/sf_test.h"

#include "builder/make/cell.h"
#include "common/format/release.h"
#include "common/host/dir.h"

static struct sf_error err;

static const struct sf_cell_stage stages[] = {
    {.name = "fetch"},
    {.name = "configure", .output = "source"},
    {.name = "compile", .output = "source", .is_in_place = true},
    {.name = "pack"},
};
static const struct sf_release release = {
    .version = "24.11.5", .build = 1, .toolchain = "noble", .arch = "amd64", .variant = "cpu"};

static void open_cell(const char *state, const char *const inputs[4], struct sf_cell *ret)
{
    assert_sf_ok(sf_cell_open(state, &release, stages, 4, ret, &err), &err);
    for (size_t i = 0; i < 4; i++) {
        assert_sf_ok(sf_cell_chain(ret, inputs[i], &err), &err);
    }
}

/* From the first stage that is to be run up to, not with, `end`. Returns the first. */
static size_t run_until(struct sf_cell *cell, size_t end)
{
    size_t first = sf_cell_first(cell);

    for (size_t i = first; i < end; i++) {
        sf_autoclose int log_fd = -1;

        assert_sf_ok(sf_cell_begin(cell, i, &log_fd, &err), &err);
        assert_sf_ok(sf_dir_make(cell->fd, "source", &err), &err);
        assert_sf_ok(sf_cell_finish(cell, i, &err), &err);
    }
    return first;
}

static const char *const inputs[] = {"a", "b", "c", "d"};

static void stages_finished_are_not_run_again(void **state)
{
    sf_auto(cell) struct sf_cell cell = {.fd = -1, .lock_fd = -1};

    open_cell(*state, inputs, &cell);
    assert_int_equal(run_until(&cell, 2), 0);
    sf_cell_done(&cell);
    open_cell(*state, inputs, &cell);
    assert_int_equal(run_until(&cell, 4), 2);
    assert_int_equal(sf_cell_first(&cell), 4);
}

static void inputs_changed_redo_the_stage_and_all_after_it(void **state)
{
    static const char *const others[] = {"a", "B", "c", "d"};
    sf_auto(cell) struct sf_cell cell = {.fd = -1, .lock_fd = -1};

    open_cell(*state, inputs, &cell);
    (void)run_until(&cell, 4);
    sf_cell_done(&cell);
    open_cell(*state, others, &cell);
    assert_int_equal(sf_cell_first(&cell), 1);
    (void)run_until(&cell, 4);
    sf_cell_done(&cell);
    open_cell(*state, inputs, &cell);
    assert_int_equal(sf_cell_first(&cell), 1);
}

static void stage_interrupted_in_place_redoes_the_one_before(void **state)
{
    sf_auto(cell) struct sf_cell cell = {.fd = -1, .lock_fd = -1};
    sf_autoclose int log_fd = -1;

    open_cell(*state, inputs, &cell);
    (void)run_until(&cell, 2);
    assert_sf_ok(sf_cell_begin(&cell, 2, &log_fd, &err), &err);
    sf_cell_done(&cell);
    open_cell(*state, inputs, &cell);
    assert_int_equal(sf_cell_first(&cell), 1);
}

static void stage_whose_output_is_gone_is_not_done(void **state)
{
    sf_auto(cell) struct sf_cell cell = {.fd = -1, .lock_fd = -1};

    open_cell(*state, inputs, &cell);
    (void)run_until(&cell, 3);
    assert_int_equal(sf_cell_first(&cell), 3);
    assert_sf_ok(sf_dir_remove(cell.fd, "source", &err), &err);
    assert_int_equal(sf_cell_first(&cell), 1);
    /* What the last one needs no more may go. */
    (void)run_until(&cell, 4);
    assert_sf_ok(sf_dir_remove(cell.fd, "source", &err), &err);
    assert_int_equal(sf_cell_first(&cell), 4);
}

static void second_build_of_the_same_release_is_busy(void **state)
{
    sf_auto(cell) struct sf_cell cell = {.fd = -1, .lock_fd = -1};
    sf_auto(cell) struct sf_cell other = {.fd = -1, .lock_fd = -1};

    open_cell(*state, inputs, &cell);
    assert_sf_fails(sf_cell_open(*state, &release, stages, 4, &other, &err), &err, SF_E_BUSY,
                    "/releases/24.11.5-1-noble-amd64': ");
}

#define TEST(name)                                                                                 \
    cmocka_unit_test_setup_teardown(name, sf_test_make_directory, sf_test_remove_directory)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(stages_finished_are_not_run_again),
        TEST(inputs_changed_redo_the_stage_and_all_after_it),
        TEST(stage_interrupted_in_place_redoes_the_one_before),
        TEST(stage_whose_output_is_gone_is_not_done),
        TEST(second_build_of_the_same_release_is_busy),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
