/* Tests of operands that are a URL or a directory. */
#include "tests/unit/sf_test.h"

#include "builder/operand_url.h"

static void url_stays_but_for_its_final_slash(void **state)
{
    sf_autofree char *url = NULL;
    struct sf_error err;

    (void)state;
    assert_sf_ok(sf_operand_url("https://slurm.example/a b//", &url, &err), &err);
    assert_string_equal(url, "https://slurm.example/a b");
}

static void directory_becomes_a_url_of_plain_characters(void **state)
{
    sf_autofree char *path = NULL;
    sf_autofree char *expected = NULL;
    sf_autofree char *url = NULL;
    struct sf_error err;

    assert_true(asprintf(&path, "%s/a b%%#c", (char *)*state) > 0);
    assert_int_equal(mkdir(path, 0755), 0);
    assert_true(asprintf(&expected, "file://%s/a%%20b%%25%%23c", (char *)*state) > 0);
    assert_sf_ok(sf_operand_url(path, &url, &err), &err);
    assert_string_equal(url, expected);
}

static void directory_that_is_not_there_is_refused(void **state)
{
    char *url = NULL;
    struct sf_error err;

    (void)state;
    assert_sf_fails(sf_operand_url("/no/such/directory", &url, &err), &err, SF_E_NOT_FOUND,
                    "find '/no/such/directory'");
    assert_null(url);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(url_stays_but_for_its_final_slash),
        cmocka_unit_test_setup_teardown(directory_becomes_a_url_of_plain_characters,
                                        sf_test_make_directory, sf_test_remove_directory),
        cmocka_unit_test(directory_that_is_not_there_is_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
