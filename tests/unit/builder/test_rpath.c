/* Tests of the search paths that files of a release get. */
#include "tests/unit/sf_test.h"

#include "builder/pack/rpath.h"

static void rpath_of_each_place_leads_to_the_libraries(void **state)
{
    static const char *const cases[][2] = {
        {"view/sbin/slurmd", "$ORIGIN/../lib:$ORIGIN/../lib/slurm"},
        {"view/bin/sinfo", "$ORIGIN/../lib:$ORIGIN/../lib/slurm"},
        {"view/lib/libslurm.so.42.0.0", "$ORIGIN:$ORIGIN/slurm"},
        {"view/lib/slurm/auth_slurm.so", "$ORIGIN:$ORIGIN/.."},
        {"view/lib/perl5/auto/Slurm.so", "$ORIGIN/../../../lib:$ORIGIN/../../../lib/slurm"},
        {"view/lib/slurm/src/probe", "$ORIGIN/../../../lib:$ORIGIN/../../../lib/slurm"},
        {"view/lib/security/pam_slurm_adopt.so", "$ORIGIN/../../lib:$ORIGIN/../../lib/slurm"},
        {"view/lib/x/perl/5.36.0/auto/Slurm/Slurm.so",
         "$ORIGIN/../../../../../../lib:$ORIGIN/../../../../../../lib/slurm"},
        {"view/program", "$ORIGIN/lib:$ORIGIN/lib/slurm"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        sf_autofree char *rpath = sf_rpath_of(cases[i][0]);

        assert_string_equal(rpath, cases[i][1]);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rpath_of_each_place_leads_to_the_libraries),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
