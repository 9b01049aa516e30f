/* Tests of matrices: cells in order, which section's word counts, mistakes with their place. */
#include "tests/unit/sf_test.h"

#include "builder/matrix/matrix.h"
#include "common/host/cpu.h"

static const struct sf_matrix_override none[] = {{NULL, NULL}};

static struct sf_matrix *read_text(const char *text)
{
    struct sf_matrix *matrix = NULL;
    struct sf_error err = {0};

    assert_sf_ok(sf_matrix_read("m.conf", text, none, &matrix, &err), &err);
    return matrix;
}

static void assert_refused(const char *text, const char *fragment)
{
    struct sf_matrix *matrix = NULL;
    struct sf_error err = {0};

    assert_sf_fails(sf_matrix_read("m.conf", text, none, &matrix, &err), &err, SF_E_CONFIG,
                    fragment);
    assert_null(matrix);
}

static const struct sf_matrix_cell *find(const struct sf_matrix *matrix, const char *name)
{
    for (size_t i = 0; i < matrix->cell_count; i++) {
        if (strcmp(matrix->cells[i].name, name) == 0) {
            return &matrix->cells[i];
        }
    }
    fail_msg("no cell %s", name);
    return NULL;
}

static void assert_options(const struct sf_matrix *matrix, const char *cell, const char *expected)
{
    sf_autofree char *words = sf_strlist_join(&find(matrix, cell)->options, " ");

    assert_non_null(words);
    assert_string_equal(words, expected);
}

static void cells_are_every_combination_in_the_order_of_the_file(void **state)
{
    static const char *const names[] = {
        "25.11-noble-amd64",     "25.11-noble-amd64-gpu",   "25.11-noble-arm64",
        "25.11-noble-arm64-gpu", "25.11-rockylinux9-amd64",
    };
    sf_auto(matrix) struct sf_matrix *matrix = read_text("[matrix]\n"
                                                         "versions = 25.11\n"
                                                         "versions = 24.11.5\n"
                                                         "toolchains = noble rockylinux9\n"
                                                         "arches = amd64 arm64\n"
                                                         "variants = cpu gpu\n"
                                                         "jobs = 3\n");

    (void)state;
    assert_int_equal(matrix->cell_count, 16);
    assert_int_equal(matrix->jobs, 3);
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        assert_string_equal(matrix->cells[i].name, names[i]);
    }
    assert_string_equal(matrix->cells[15].name, "24.11.5-rockylinux9-arm64-gpu");
    assert_string_equal(matrix->cells[15].version, "24.11.5");
    assert_string_equal(matrix->cells[15].variant, "gpu");
}

static void architecture_and_variant_not_said_are_the_usual_ones(void **state)
{
    sf_auto(matrix) struct sf_matrix *matrix =
        read_text("[matrix]\nversions = 24.11\ntoolchains = noble\n");

    (void)state;
    assert_int_equal(matrix->cell_count, 1);
    assert_int_equal(matrix->jobs, 0);
    assert_string_equal(matrix->cells[0].arch, sf_cpu_arch());
    assert_string_equal(matrix->cells[0].variant, "cpu");
    assert_int_equal(matrix->cells[0].options.count, 0);
}

#define TWO_BY_TWO "[matrix]\nversions = 24.11 25.11\ntoolchains = noble jammy\narches = amd64\n"

static void section_for_fewer_cells_stands_above(void **state)
{
    sf_auto(matrix) struct sf_matrix *matrix =
        read_text("[cell 25.11 jammy]\n"
                  "level = 4\n"
                  "[cell 25.11 *]\n"
                  "level = 3\n"
                  "[toolchain jammy]\n"
                  "level = 2\n"
                  "build-root = /roots/jammy\n" TWO_BY_TWO "level = 1\n");

    (void)state;
    assert_options(matrix, "24.11-noble-amd64", "--level 1");
    assert_options(matrix, "24.11-jammy-amd64", "--build-root /roots/jammy --level 2");
    assert_options(matrix, "25.11-noble-amd64", "--level 3");
    assert_options(matrix, "25.11-jammy-amd64", "--build-root /roots/jammy --level 4");
}

static void list_of_a_section_replaces_the_one_above_it(void **state)
{
    sf_auto(matrix) struct sf_matrix *matrix = read_text(TWO_BY_TWO "mirror = https://a\n"
                                                                    "mirror = https://b\n"
                                                                    "[toolchain jammy]\n"
                                                                    "mirror = file:///c\n");

    (void)state;
    assert_options(matrix, "24.11-noble-amd64", "--mirror https://a --mirror https://b");
    assert_options(matrix, "24.11-jammy-amd64", "--mirror file:///c");
}

static void cell_to_be_skipped_is_marked(void **state)
{
    sf_auto(matrix) struct sf_matrix *matrix = read_text(TWO_BY_TWO "[cell * jammy]\n"
                                                                    "skip = yes\n"
                                                                    "[cell 25.11 jammy]\n"
                                                                    "skip = no\n");

    (void)state;
    assert_true(find(matrix, "24.11-jammy-amd64")->is_skipped);
    assert_false(find(matrix, "25.11-jammy-amd64")->is_skipped);
    assert_false(find(matrix, "24.11-noble-amd64")->is_skipped);
}

static void command_line_stands_above_the_file(void **state)
{
    static const struct sf_matrix_override overrides[] = {
        {"publish", "/srv/b"}, {"name", NULL}, {"sign", "ABCD"}, {NULL, NULL}};
    sf_auto(matrix) struct sf_matrix *matrix = NULL;
    struct sf_error err = {0};

    (void)state;
    assert_sf_ok(sf_matrix_read("m.conf",
                                TWO_BY_TWO "name = site\n[cell 25.11 jammy]\npublish = /srv/a\n",
                                overrides, &matrix, &err),
                 &err);
    assert_options(matrix, "25.11-jammy-amd64", "--publish /srv/b --name site --sign ABCD");
}

static void mistake_in_the_file_is_named_with_its_place(void **state)
{
    (void)state;
    assert_refused("[matrix]\nversions = 24.11\n", "m.conf: [matrix] has no 'toolchains'");
    assert_refused("[matrix]\ntoolchains = noble\n", "m.conf: [matrix] has no 'versions'");
    assert_refused("[matrix]\nversion = 24.11\n", "m.conf:2: [matrix] has no key 'version'");
    assert_refused("[matrix]\nversions = latest\n", "m.conf:2: versions: 'latest' is no series");
    assert_refused("[matrix]\nversions = 24.11 24.11\n", "'24.11' stands there twice");
    assert_refused("[matrix]\ntoolchains = no/ble\n", "'no/ble' cannot be in the name");
    assert_refused("[matrix]\njobs = 0\n", "a number from 1 to 256");
    assert_refused("[matrix]\nskip = yes\n", "[matrix] has no key 'skip'");
    assert_refused(TWO_BY_TWO "level = 1\nlevel = 2\n", "m.conf:6: [matrix] has 'level' twice");
    assert_refused(TWO_BY_TWO "publish =\n", "publish has no value");
    assert_refused("[cell 24.11]\nlevel = 1\n", "m.conf:2: [cell 24.11] is not known");
    assert_refused("[toolchains noble]\nlevel = 1\n", "[toolchains noble] is not known");
    assert_refused(TWO_BY_TWO "[cell 24.11 noble]\nskip = maybe\n", "yes or no is expected");
    assert_refused(TWO_BY_TWO "[toolchain jamy]\nlevel = 1\n",
                   "m.conf: no cell of the matrix is meant by [toolchain jamy]");
    assert_refused(TWO_BY_TWO "[cell 24.11 noble arm64]\nskip = yes\n",
                   "no cell of the matrix is meant by [cell 24.11 noble arm64]");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(cells_are_every_combination_in_the_order_of_the_file),
        cmocka_unit_test(architecture_and_variant_not_said_are_the_usual_ones),
        cmocka_unit_test(section_for_fewer_cells_stands_above),
        cmocka_unit_test(list_of_a_section_replaces_the_one_above_it),
        cmocka_unit_test(cell_to_be_skipped_is_marked),
        cmocka_unit_test(command_line_stands_above_the_file),
        cmocka_unit_test(mistake_in_the_file_is_named_with_its_place),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
