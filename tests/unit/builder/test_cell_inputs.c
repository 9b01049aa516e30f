/* Tests of what a cell is built of: a changed recipe, or one of Spack's, is another digest. */
#include "tests/unit/sf_test.h"

#include "builder/matrix/cell_inputs.h"
#include "builder/matrix/matrix.h"
#include "common/base/str.h"

#define RECIPE                                                                                     \
    "[recipe]\nseries = 24.11\nversion = 24.11.5\n[source x.tar]\nversion = 24.11.5\n"             \
    "sha256 = e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855\n"                  \
    "[toolchain noble]\npackage = gcc\n"

/* The digest of the only cell of a matrix with these recipes and one more line. */
static void digest(void **state, const char *line, char sha256[static 65])
{
    const struct sf_matrix_override overrides[] = {{"recipes", *state}, {NULL, NULL}};
    sf_autofree char *text =
        sf_str_format("[matrix]\nversions = 24.11\ntoolchains = noble\n%s\n", line);
    sf_auto(matrix) struct sf_matrix *matrix = NULL;
    struct sf_error err = {0};

    assert_sf_ok(sf_matrix_read("m.conf", text, overrides, &matrix, &err), &err);
    assert_sf_ok(sf_matrix_cell_digest(&matrix->cells[0], sha256, &err), &err);
}

static void digest_follows_options_and_recipe(void **state)
{
    char none[65];
    char first[65];
    char same[65];
    char other[65];

    digest(state, "", none);
    sf_test_write_file(*state, "24.11.ini", RECIPE);
    digest(state, "", first);
    digest(state, "", same);
    digest(state, "level = 1", other);
    assert_string_not_equal(none, first);
    assert_string_equal(first, same);
    assert_string_not_equal(first, other);
    sf_test_write_file(*state, "24.11.ini", RECIPE "# reviewed\n");
    digest(state, "", other);
    assert_string_not_equal(first, other);
    sf_test_write_file(*state, "25.05.ini", "not for this cell");
    digest(state, "", same);
    assert_string_equal(other, same);
}

static void digest_of_a_cell_by_spack_follows_its_file(void **state)
{
    char first[65];
    char other[65];

    sf_test_write_file(*state, "spack.ini", "one");
    digest(state, "backend = spack", first);
    sf_test_write_file(*state, "spack.ini", "two");
    digest(state, "backend = spack", other);
    assert_string_not_equal(first, other);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(digest_follows_options_and_recipe, sf_test_make_directory,
                                        sf_test_remove_directory),
        cmocka_unit_test_setup_teardown(digest_of_a_cell_by_spack_follows_its_file,
                                        sf_test_make_directory, sf_test_remove_directory),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
