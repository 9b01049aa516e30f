/* What can be said without systemd: that it is not there. With it, see tests/integration. */
#include "tests/unit/sf_test.h"

#include "common/host/service_manager.h"

static struct sf_error err;

static void manager_is_running_only_where_systemd_booted(void **state)
{
    (void)state;
    assert_int_equal(sf_service_manager_is_running(), access("/run/systemd/system/", F_OK) == 0);
}

static void manager_absent_is_a_clear_error(void **state)
{
    bool is_active = true;

    (void)state;
    if (sf_service_manager_is_running()) {
        skip();
    }
    assert_sf_fails(sf_service_manager_reload(&err), &err, SF_E_IO,
                    "reload systemd: systemd does not run here");
    assert_sf_fails(sf_service_manager_is_active("slurmd.service", &is_active, &err), &err, SF_E_IO,
                    "slurmd.service: systemd does not run here");
    assert_true(is_active);
    assert_sf_fails(sf_service_manager_restart("slurmd.service", 1, 1, &err), &err, SF_E_IO,
                    "slurmd.service: systemd does not run here");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(manager_is_running_only_where_systemd_booted),
        cmocka_unit_test(manager_absent_is_a_clear_error),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
