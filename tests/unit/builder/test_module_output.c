#include "tests/unit/sf_test.h"

#include "builder/trial/module_output.h"

static void expect(const char *text, const char *name, const char *expected)
{
    sf_autofree char *value = sf_module_output_value(text, name);

    if (expected == NULL) {
        assert_null(value);
    } else {
        assert_non_null(value);
        assert_string_equal(value, expected);
    }
}

static void value_of_lmod_is_found(void **state)
{
    const char *text = "MANPATH=/m::;\nexport MANPATH;\n"
                       "__LMOD_REF_COUNT_PATH=/s/sbin:1\\;/s/bin:1;\n"
                       "PATH=/s/sbin:/s/bin:/usr/bin;\nexport PATH;\n";

    (void)state;
    expect(text, "PATH", "/s/sbin:/s/bin:/usr/bin");
    expect(text, "__LMOD_REF_COUNT_PATH", "/s/sbin:1;/s/bin:1");
    expect(text, "MANPATH", "/m::");
}

static void value_of_environment_modules_is_found(void **state)
{
    const char *text = "SLURM_ROOT=/s; export SLURM_ROOT;\nPATH=/s/bin:/bin; export PATH;\ntest 0;";

    (void)state;
    expect(text, "PATH", "/s/bin:/bin");
    expect(text, "SLURM_ROOT", "/s");
}

static void quotes_are_not_part_of_it(void **state)
{
    (void)state;
    expect("A=\"x y;z\";", "A", "x y;z");
    expect("A='x\\y';", "A", "x\\y");
    expect("A=x\\ y", "A", "x y");
    expect("A=;", "A", "");
}

static void variable_that_is_not_set_has_no_value(void **state)
{
    (void)state;
    expect("MYPATH=/x;\nexport PATH;\nunset PATH;", "PATH", NULL);
    expect("", "PATH", NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(value_of_lmod_is_found),
        cmocka_unit_test(value_of_environment_modules_is_found),
        cmocka_unit_test(quotes_are_not_part_of_it),
        cmocka_unit_test(variable_that_is_not_set_has_no_value),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
