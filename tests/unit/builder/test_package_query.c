/* Tests of what package managers and copyright files say. */
#include "tests/unit/sf_test.h"

#include "builder/pack/package_query.h"
#include "builder/pack/sysroot.h"

static void assert_owner(const char *text, const char *expected)
{
    sf_autofree char *owner = sf_package_parse_owner(text);

    if (expected == NULL) {
        assert_null(owner);
        return;
    }
    assert_non_null(owner);
    assert_string_equal(owner, expected);
}

static void owner_of_one_package_is_its_name(void **state)
{
    (void)state;
    assert_owner("zlib1g:amd64: /lib/x86_64-linux-gnu/libz.so.1\n", "zlib1g:amd64");
    assert_owner("coreutils: /bin/ls\n", "coreutils");
}

static void owner_of_several_packages_is_the_first(void **state)
{
    (void)state;
    assert_owner("liba:amd64, libb:amd64: /usr/share/x\n", "liba:amd64");
}

static void owner_behind_a_diversion_is_found(void **state)
{
    (void)state;
    assert_owner("diversion by dash from: /bin/sh\ndiversion by dash to: /bin/sh.distrib\n"
                 "dash: /bin/sh\n",
                 "dash");
}

static void owner_of_nothing_is_null(void **state)
{
    (void)state;
    assert_owner("", NULL);
    assert_owner("dpkg-query: no path found matching pattern /x\n", NULL);
    assert_owner("no colon\n: and no path\n", NULL);
}

static void license_of_a_copyright_file_is_its_first(void **state)
{
    sf_autofree char *license =
        sf_package_parse_license("Format: x\n\nFiles: *\nCopyright: me\nLicense: Zlib\n\n"
                                 "License: GPL-2\n text\n");

    (void)state;
    assert_non_null(license);
    assert_string_equal(license, "Zlib");
}

static void license_of_free_text_is_null(void **state)
{
    (void)state;
    assert_null(sf_package_parse_license("This package was debianized by me.\n"));
    assert_null(sf_package_parse_license("Files: *\nLicense:\n"));
    assert_null(sf_package_parse_license(""));
}

static void query_of_an_unknown_file_is_empty(void **state)
{
    struct sf_error err;
    sf_auto(package) struct sf_package package = {0};
    sf_auto(sysroot) struct sf_sysroot machine = {0};

    (void)state;
    assert_sf_ok(sf_sysroot_open(NULL, &machine, &err), &err);
    assert_sf_ok(sf_package_query(&machine, "/nonexistent/libx.so.1", &package, &err), &err);
    assert_string_equal(package.name, "");
    assert_string_equal(package.version, "");
    assert_string_equal(package.license, "");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(owner_of_one_package_is_its_name),
        cmocka_unit_test(owner_of_several_packages_is_the_first),
        cmocka_unit_test(owner_behind_a_diversion_is_found),
        cmocka_unit_test(owner_of_nothing_is_null),
        cmocka_unit_test(license_of_a_copyright_file_is_its_first),
        cmocka_unit_test(license_of_free_text_is_null),
        cmocka_unit_test(query_of_an_unknown_file_is_empty),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
