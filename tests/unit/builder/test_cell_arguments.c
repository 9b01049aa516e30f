/* Tests of a cell's command line. */
#include "tests/unit/sf_test.h"

#include "builder/matrix/cell_arguments.h"
#include "builder/matrix/matrix.h"
#include "common/base/strlist.h"

static void arguments_name_the_cell_and_then_its_options(void **state)
{
    static const struct sf_matrix_override overrides[] = {{"name", "my site"}, {NULL, NULL}};
    sf_auto(matrix) struct sf_matrix *matrix = NULL;
    sf_auto(strlist) struct sf_strlist words = {0};
    struct sf_error err = {0};

    (void)state;
    assert_sf_ok(sf_matrix_read("m.conf",
                                "[matrix]\nversions = 24.11\ntoolchains = noble\n"
                                "arches = arm64\nvariants = gpu\nlevel = 3\n",
                                overrides, &matrix, &err),
                 &err);
    assert_sf_ok(sf_matrix_cell_arguments(&matrix->cells[0], &words, &err), &err);

    sf_autofree char *line = sf_strlist_join(&words, "|");

    assert_string_equal(line, "build|--slurm-version|24.11|--toolchain|noble|--arch|arm64|"
                              "--variant|gpu|--level|3|--name|my site");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(arguments_name_the_cell_and_then_its_options),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
