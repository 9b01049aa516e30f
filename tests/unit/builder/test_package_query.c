/* Tests of what package managers say. */
#include "tests/unit/sf_test.h"

#include "builder/pack/package_query.h"
#include "builder/pack/sysroot.h"

static void assert_owner(const char *text, const char *path, const char *expected)
{
    sf_autofree char *owner = sf_package_parse_owner(text, path);

    if (expected == NULL) {
        assert_null(owner);
        return;
    }
    assert_non_null(owner);
    assert_string_equal(owner, expected);
}

static void owner_of_each_path_is_its_package(void **state)
{
    static const char text[] = "zlib1g:amd64: /lib/x86_64-linux-gnu/libz.so.1\n"
                               "dpkg-query: no path found matching pattern /x\n"
                               "coreutils: /bin/ls\n";

    (void)state;
    assert_owner(text, "/lib/x86_64-linux-gnu/libz.so.1", "zlib1g:amd64");
    assert_owner(text, "/bin/ls", "coreutils");
    assert_owner(text, "/bin/l", NULL);
    assert_owner(text, "/x", NULL);
}

static void owner_of_several_packages_is_the_first(void **state)
{
    (void)state;
    assert_owner("liba:amd64, libb:amd64: /usr/share/x\n", "/usr/share/x", "liba:amd64");
}

static void owner_behind_a_diversion_is_found(void **state)
{
    (void)state;
    assert_owner("diversion by dash from: /bin/sh\ndiversion by dash to: /bin/sh.distrib\n"
                 "dash: /bin/sh\n",
                 "/bin/sh", "dash");
}

static void owner_of_nothing_is_null(void **state)
{
    (void)state;
    assert_owner("", "/x", NULL);
    assert_owner("no colon\n: and no path\n", "/x", NULL);
}

static const char database[] = "Package: libx1\nStatus: install ok installed\nArchitecture: amd64\n"
                               "Multi-Arch: same\nSource: x (1.0)\nVersion: 1.0-2+b1\n"
                               "Maintainer: me\nDescription: x\n\n"
                               "Package: gone\nStatus: deinstall ok config-files\n"
                               "Architecture: amd64\nVersion: 3\nMaintainer: me\n"
                               "Description: x\n";

/* A root with a database of dpkg's, in which a package has the file by its old place. */
static void make_root(const char *directory, struct sf_sysroot *ret)
{
    static const char *const parts[] = {"var", "var/lib", "var/lib/dpkg", "var/lib/dpkg/info",
                                        "var/lib/dpkg/updates"};
    struct sf_error err;

    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
        char path[512];

        (void)snprintf(path, sizeof path, "%s/%s", directory, parts[i]);
        assert_int_equal(mkdir(path, 0755), 0);
    }
    sf_test_write_file(directory, "var/lib/dpkg/status", database);
    sf_test_write_file(directory, "var/lib/dpkg/info/format", "1\n");
    sf_test_write_file(directory, "var/lib/dpkg/info/libx1:amd64.list",
                       "/.\n/lib\n/lib/libx.so.1.0\n");
    assert_sf_ok(sf_sysroot_open(directory, ret, &err), &err);
}

static void query_in_a_root_asks_its_database(void **state)
{
    struct sf_error err;
    sf_auto(sysroot) struct sf_sysroot root = {0};
    sf_auto(strlist) struct sf_strlist paths = {0};
    struct sf_package packages[2] = {{0}};

    make_root(*state, &root);
    assert_sf_ok(sf_strlist_add(&paths, "/opt/libnobody.so.1", &err), &err);
    assert_sf_ok(sf_strlist_add(&paths, "/usr/lib/libx.so.1.0", &err), &err);
    assert_sf_ok(sf_package_query(&root, &paths, packages, &err), &err);
    assert_string_equal(packages[0].name, "");
    assert_string_equal(packages[0].version, "");
    assert_string_equal(packages[0].license.expression, "");
    assert_string_equal(packages[1].type, "deb");
    assert_string_equal(packages[1].name, "libx1");
    assert_string_equal(packages[1].version, "1.0-2+b1");
    assert_string_equal(packages[1].arch, "amd64");
    assert_string_equal(packages[1].source, "x");
    sf_package_done(&packages[0]);
    sf_package_done(&packages[1]);
}

static void list_of_a_root_has_what_is_installed(void **state)
{
    struct sf_error err;
    sf_auto(sysroot) struct sf_sysroot root = {0};
    sf_auto(strlist) struct sf_strlist list = {0};

    make_root(*state, &root);
    assert_sf_ok(sf_package_list(&root, &list, &err), &err);
    assert_int_equal(list.count, 1);
    assert_string_equal(list.items[0], "deb\tlibx1\t1.0-2+b1\tamd64");
}

static void query_of_nothing_asks_nobody(void **state)
{
    struct sf_error err;
    const struct sf_strlist none = {0};
    sf_auto(sysroot) struct sf_sysroot machine = {0};
    struct sf_package package = {0};

    (void)state;
    assert_sf_ok(sf_sysroot_open(NULL, &machine, &err), &err);
    assert_sf_ok(sf_package_query(&machine, &none, &package, &err), &err);
    assert_null(package.name);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(owner_of_each_path_is_its_package),
        cmocka_unit_test(owner_of_several_packages_is_the_first),
        cmocka_unit_test(owner_behind_a_diversion_is_found),
        cmocka_unit_test(owner_of_nothing_is_null),
        cmocka_unit_test_setup_teardown(query_in_a_root_asks_its_database, sf_test_make_directory,
                                        sf_test_remove_directory),
        cmocka_unit_test_setup_teardown(list_of_a_root_has_what_is_installed,
                                        sf_test_make_directory, sf_test_remove_directory),
        cmocka_unit_test(query_of_nothing_asks_nobody),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
