#include "tests/unit/sf_test.h"

#include "builder/trial/loader_output.h"

static struct sf_error err;

static void libraries_get_their_paths_without_dots(void **state)
{
    sf_auto(loader_output) struct sf_loader_output output = {0};
    const char *text = "\tlinux-vdso.so.1 (0x00007f339e4c0000)\n"
                       "\tlibslurmfull.so => /srv/r/view/sbin/../lib/slurm/./libslurmfull.so "
                       "(0x00007f339e000000)\n"
                       "\tlibc.so.6 => /lib/x86_64-linux-gnu/libc.so.6 (0x00007f339de1e000)\n"
                       "\t/lib64/ld-linux-x86-64.so.2 (0x00007f339e4c2000)\n";

    (void)state;
    assert_sf_ok(sf_loader_output_parse(text, &output, &err), &err);
    assert_int_equal(output.names.count, 2);
    assert_int_equal(output.paths.count, 2);
    assert_string_equal(output.names.items[0], "libslurmfull.so");
    assert_string_equal(output.paths.items[0], "/srv/r/view/lib/slurm/libslurmfull.so");
    assert_string_equal(output.paths.items[1], "/lib/x86_64-linux-gnu/libc.so.6");
    assert_int_equal(output.undefined.count, 0);
    assert_null(output.problem);
}

static void library_that_is_not_found_has_no_path(void **state)
{
    sf_auto(loader_output) struct sf_loader_output output = {0};

    (void)state;
    assert_sf_ok(sf_loader_output_parse("\tlibjwt.so.0 => not found\n", &output, &err), &err);
    assert_int_equal(output.names.count, 1);
    assert_string_equal(output.names.items[0], "libjwt.so.0");
    assert_string_equal(output.paths.items[0], "");
}

static void path_above_the_top_stays_at_the_top(void **state)
{
    sf_auto(loader_output) struct sf_loader_output output = {0};

    (void)state;
    assert_sf_ok(
        sf_loader_output_parse("\ta => /../../b/../c//d (0x1)\n\te => / (0x1)\n", &output, &err),
        &err);
    assert_string_equal(output.paths.items[0], "/c/d");
    assert_string_equal(output.paths.items[1], "");
}

static void undefined_symbols_are_named(void **state)
{
    sf_auto(loader_output) struct sf_loader_output output = {0};
    const char *text = "undefined symbol: send_slurmd_conf_lite\t(/srv/prep_script.so)\n"
                       "symbol foo, version V2 not defined in file libz.so.1 with link time "
                       "reference\t(/srv/a.so)\n"
                       "\tlibz.so.1 => /srv/libz.so.1 (0x1)\n";

    (void)state;
    assert_sf_ok(sf_loader_output_parse(text, &output, &err), &err);
    assert_int_equal(output.undefined.count, 2);
    assert_string_equal(output.undefined.items[0], "send_slurmd_conf_lite");
    assert_string_equal(output.undefined.items[1], "foo");
    assert_null(output.problem);
}

static void other_line_is_the_problem(void **state)
{
    sf_auto(loader_output) struct sf_loader_output output = {0};
    const char *text =
        "\n/srv/a.so: /lib/libc.so.6: version `GLIBC_2.99' not found (required by /srv/a.so)\n"
        "and another\n";

    (void)state;
    assert_sf_ok(sf_loader_output_parse(text, &output, &err), &err);
    assert_non_null(output.problem);
    assert_non_null(strstr(output.problem, "GLIBC_2.99"));
    assert_null(strstr(output.problem, "another"));
}

static void program_that_ran_has_no_failure(void **state)
{
    (void)state;
    assert_null(sf_loader_failure("slurm 24.11.5\n", 0));
    assert_null(sf_loader_failure("slurmstepd: fatal: Failed to read conf from slurmd\n", 1));
    assert_null(sf_loader_failure("", 128));
    assert_null(sf_loader_failure("slurm 24.11.5\n", 255));
}

static void failure_is_the_line_of_the_linker(void **state)
{
    static const struct {
        const char *text;
        int status;
        const char *expected;
    } cases[] = {
        {"x\nslurmd: symbol lookup error: /p/a.so: undefined symbol: conf\ny\n", 127,
         "slurmd: symbol lookup error: /p/a.so: undefined symbol: conf"},
        {"slurmd: error while loading shared libraries: libz.so.1: cannot open\n", 127,
         "slurmd: error while loading shared libraries: libz.so.1: cannot open"},
        {"ERROR: ld.so: object '/p/a.so' from LD_PRELOAD cannot be preloaded (x): ignored.\nslurm",
         0, "ERROR: ld.so: object '/p/a.so' from LD_PRELOAD cannot be preloaded (x): ignored."},
        {"", 139, "ended by signal 11"},
        {"", 127, "ended with status 127"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        sf_autofree char *failure = sf_loader_failure(cases[i].text, cases[i].status);

        assert_non_null(failure);
        assert_string_equal(failure, cases[i].expected);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(libraries_get_their_paths_without_dots),
        cmocka_unit_test(library_that_is_not_found_has_no_path),
        cmocka_unit_test(path_above_the_top_stays_at_the_top),
        cmocka_unit_test(undefined_symbols_are_named),
        cmocka_unit_test(other_line_is_the_problem),
        cmocka_unit_test(program_that_ran_has_no_failure),
        cmocka_unit_test(failure_is_the_line_of_the_linker),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
