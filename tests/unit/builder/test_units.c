/* Tests of units for a Slurm that came without. */
#include "tests/unit/sf_test.h"

#include "builder/spack/units.h"
#include "common/base/buffer.h"
#include "common/host/dir.h"

static void make(int fd, const char *name)
{
    assert_int_equal(mkdirat(fd, name, 0755), 0);
}

static void units_are_written_for_the_daemons_that_are_there(void **state)
{
    static const char *const daemons[] = {"slurmctld", "slurmd", "slurmdbd", "slurmrestd", "sackd"};
    sf_autoclose int fd = open(*state, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    struct sf_error err;

    make(fd, "sbin");
    for (size_t i = 0; i < sizeof daemons / sizeof *daemons; i++) {
        sf_auto(buffer) struct sf_buffer text = {.limit_bytes = 8192};
        sf_autofree char *program = NULL;
        sf_autofree char *unit = NULL;
        sf_autofree char *start = NULL;

        assert_true(asprintf(&program, "sbin/%s", daemons[i]) > 0);
        assert_true(asprintf(&unit, "lib/systemd/system/%s.service", daemons[i]) > 0);
        assert_true(asprintf(&start, "\nExecStart=/opt/x/sbin/%s ", daemons[i]) > 0);
        assert_sf_ok(sf_spack_units_write(fd, "/opt/x", &err), &err);
        assert_false(sf_dir_has(fd, unit));
        sf_test_write_file(*state, program, "");
        assert_sf_ok(sf_spack_units_write(fd, "/opt/x", &err), &err);
        assert_sf_ok(sf_dir_read_file(fd, unit, &text, &err), &err);
        assert_non_null(strstr(text.data, start));
        assert_non_null(strstr(text.data, "\n[Install]\n"));
        assert_null(strchr(text.data, '@'));
    }
}

static void unit_that_is_there_stays(void **state)
{
    sf_autoclose int fd = open(*state, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    sf_auto(buffer) struct sf_buffer text = {.limit_bytes = 8192};
    struct sf_error err;

    make(fd, "sbin");
    assert_sf_ok(sf_dir_make(fd, "lib/systemd/system", &err), &err);
    sf_test_write_file(*state, "sbin/slurmd", "");
    sf_test_write_file(*state, "lib/systemd/system/slurmd.service", "own");
    assert_sf_ok(sf_spack_units_write(fd, "/opt/x", &err), &err);
    assert_sf_ok(sf_dir_read_file(fd, "lib/systemd/system/slurmd.service", &text, &err), &err);
    assert_string_equal(text.data, "own");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(units_are_written_for_the_daemons_that_are_there,
                                        sf_test_make_directory, sf_test_remove_directory),
        cmocka_unit_test_setup_teardown(unit_that_is_there_stays, sf_test_make_directory,
                                        sf_test_remove_directory),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
