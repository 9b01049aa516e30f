/* Tests of where rsync is to write to. */
#include "builder/repository/rsync_place.h"

#include "tests/unit/sf_test.h"

static void place_is_of_ssh_or_of_a_daemon(void **state)
{
    static const struct {
        const char *where;
        const char *place;
        bool is_daemon;
    } cases[] = {
        {"host:/srv/repository", "host:/srv/repository/", false},
        {"me@host:repository/", "me@host:repository/", false},
        {"host:/srv/with space:and colon/-x@-y", "host:/srv/with space:and colon/-x@-y/", false},
        {"[fe80::1%eth0]:/srv", "[fe80::1%eth0]:/srv/", false},
        {"me@[::1]:/srv", "me@[::1]:/srv/", false},
        {"me@domain@host:/srv", "me@domain@host:/srv/", false},
        {"host::module", "host::module/", true},
        {"me@[::1]::module/path", "me@[::1]::module/path/", true},
        {"rsync://host/module", "rsync://host/module/", true},
        {"rsync://me@host:8730/module/path/", "rsync://me@host:8730/module/path/", true},
        {"rsync://[::1]:8730/module", "rsync://[::1]:8730/module/", true},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        sf_autofree char *place = NULL;
        bool is_daemon = !cases[i].is_daemon;
        struct sf_error err;

        assert_sf_ok(sf_rsync_place_read(cases[i].where, &place, &is_daemon, &err), &err);
        assert_string_equal(place, cases[i].place);
        assert_int_equal(is_daemon, cases[i].is_daemon);
    }
}

static void place_without_a_host_or_a_directory_is_refused(void **state)
{
    static const char *const cases[][2] = {
        {":/srv", "names no host"},
        {"@:/srv", "names no host"},
        {"@host:/srv", "names no host"},
        {"me@:/srv", "names no host"},
        {"-oProxyCommand=x:/srv", "names no host"},
        {"me@-oProxyCommand=x:/srv", "names no host"},
        {"rsync:///module", "names no host"},
        {"rsync://:873/module", "names no host"},
        {"rsync://-x/module", "names no host"},
        {"host:", "names no directory: write host:/path"},
        {"host::", "names no directory"},
        {"rsync://host", "names no directory"},
        {"rsync://host:873/", "names no directory"},
        {"host:/srv/[a]", "which rsync would expand"},
        {"host:/srv/a*", "which rsync would expand"},
        {"rsync://host/module/a?", "which rsync would expand"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char *place = NULL;
        bool is_daemon = false;
        struct sf_error err;

        assert_sf_fails(sf_rsync_place_read(cases[i][0], &place, &is_daemon, &err), &err,
                        SF_E_USAGE, cases[i][1]);
        assert_null(place);
        assert_false(is_daemon);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(place_is_of_ssh_or_of_a_daemon),
        cmocka_unit_test(place_without_a_host_or_a_directory_is_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
