#include "tests/unit/sf_test.h"

#include "builder/place/place.h"
#include "common/base/path.h"
#include "common/base/str.h"
#include "common/format/release.h"
#include "common/host/cpu.h"
#include "common/host/os_release.h"

static struct sf_error err;

static void read_log(int fd, char *text, size_t size)
{
    ssize_t count = pread(fd, text, size - 1, 0);

    assert_true(count >= 0);
    text[count] = '\0';
}

static int make_log(const char *directory)
{
    sf_autofree char *path = sf_path_join(directory, "log");
    int fd = open(path, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);

    assert_true(fd >= 0);
    return fd;
}

static void command_on_this_machine_runs_in_the_work_directory(void **state)
{
    const struct sf_place place = {.root = "/", .work = *state};
    sf_autoclose int fd = make_log(*state);
    const char *const argv[] = {"sh", "-c", "pwd; echo $A; exit 3", NULL};
    const char *const environment[] = {"A=b", NULL};
    const struct sf_place_command command = {
        .argv = argv, .environment = environment, .output_fd = fd};
    sf_autofree char *expected = sf_str_format("%s\nb\n", (const char *)*state);
    sf_autofree char *path = sf_place_path(&place, "source");
    sf_autofree char *expected_path = sf_path_join(*state, "source");
    char text[300];

    assert_sf_fails(sf_place_run(&place, &command, &err), &err, SF_E_UNHEALTHY,
                    "'sh' ended with status 3");
    read_log(fd, text, sizeof text);
    assert_string_equal(text, expected);
    assert_string_equal(path, expected_path);
}

/* This machine's programs, as if they were another root's. */
static int make_root(const char *directory, char **ret)
{
    static const char *const links[] = {"bin", "lib", "lib64", "sbin"};
    sf_autofree char *root = sf_path_join(directory, "root");
    sf_autofree char *etc = sf_path_join(root, "etc");

    assert_int_equal(mkdir(root, 0755), 0);
    assert_int_equal(mkdir(etc, 0755), 0);
    for (size_t i = 0; i < sizeof links / sizeof *links; i++) {
        sf_autofree char *path = sf_path_join(root, links[i]);
        sf_autofree char *target = sf_path_join("usr", links[i]);

        assert_int_equal(symlink(target, path), 0);
    }
    *ret = sf_steal(&root);
    return 0;
}

static void command_in_a_root_sees_its_work_as_build(void **state)
{
    sf_autofree char *cache = sf_path_join(*state, "cache");
    sf_autofree char *work = sf_path_join(*state, "work");
    sf_autofree char *source = sf_path_join(*state, "work/source");
    /* The trailing "." makes it another root than this machine's own. */
    const struct sf_place place = {.root = "/.", .work = work, .cache = cache};
    sf_autoclose int fd = make_log(*state);
    const char *const argv[] = {"sh", "-c", "pwd; touch x /ccache/y", NULL};
    const struct sf_place_command command = {.argv = argv, .directory = "source", .output_fd = fd};
    sf_autofree char *path = sf_place_path(&place, "source");
    sf_autofree char *written = sf_path_join(source, "x");
    char text[300];

    assert_int_equal(mkdir(cache, 0755) | mkdir(work, 0755) | mkdir(source, 0755), 0);

    int r = sf_place_run(&place, &command, &err);

    if (r == -SF_E_PERMISSION) {
        skip();
    }
    assert_sf_ok(r, &err);
    read_log(fd, text, sizeof text);
    assert_string_equal(text, "/build/source\n");
    assert_string_equal(path, "/build/source");
    assert_string_equal(sf_place_cache(&place), "/ccache");
    assert_int_equal(access(written, F_OK), 0);
}

static void place_of_another_toolchain_is_refused(void **state)
{
    struct sf_release release = {.version = "24.11.5", .build = 1, .toolchain = "testing"};
    sf_autofree char *root = NULL;
    const struct sf_place machine = {.root = "/", .work = *state};
    struct sf_place place = {.work = *state};

    (void)snprintf(release.arch, sizeof release.arch, "%s", sf_cpu_arch());
    assert_sf_fails(sf_place_check(&machine, &release, &err), &err, SF_E_INCOMPATIBLE,
                    "not testing; give --build-root=DIR");
    assert_int_equal(make_root(*state, &root), 0);
    place.root = root;
    assert_sf_fails(sf_place_check(&place, &release, &err), &err, SF_E_NOT_FOUND, "os-release");
}

static void place_is_known_by_its_code_name(void **state)
{
    struct sf_release release = {.version = "24.11.5", .build = 1};
    const struct sf_place machine = {.root = "/", .work = *state};
    struct sf_os_release os = {0};
    sf_autoclose int root_fd = open("/", O_RDONLY | O_DIRECTORY | O_CLOEXEC);

    assert_sf_ok(sf_os_release_read(root_fd, &os, &err), &err);
    (void)snprintf(release.arch, sizeof release.arch, "%s", sf_cpu_arch());
    memcpy(release.toolchain, os.version_codename, sizeof release.toolchain - 1);
    if (release.toolchain[0] == '\0') {
        skip();
    }
    assert_sf_ok(sf_place_check(&machine, &release, &err), &err);
}

static void other_architecture_is_refused_with_the_way_out(void **state)
{
    struct sf_release release = {.version = "24.11.5", .build = 1, .toolchain = "testing"};
    const struct sf_place machine = {.root = "/", .work = *state};

    (void)snprintf(release.arch, sizeof release.arch, "%s",
                   strcmp(sf_cpu_arch(), "arm64") == 0 ? "amd64" : "arm64");
    assert_sf_fails(sf_place_check(&machine, &release, &err), &err, SF_E_INCOMPATIBLE,
                    "do not run on this machine");
    assert_sf_fails(sf_place_check(&machine, &release, &err), &err, SF_E_INCOMPATIBLE,
                    "qemu-user-static");
}

static void packages_missing_are_named(void **state)
{
    const struct sf_place machine = {.root = "/", .work = *state};
    sf_auto(strlist) struct sf_strlist packages = {0};
    sf_auto(strlist) struct sf_strlist installed = {0};
    sf_auto(strlist) struct sf_strlist missing = {0};

    if (!sf_place_has_program(&machine, "dpkg-query") && !sf_place_has_program(&machine, "rpm")) {
        skip();
    }
    assert_sf_ok(sf_strlist_add_words(&packages, "bash no-such-package coreutils another", &err),
                 &err);
    assert_sf_ok(sf_place_packages(&machine, &packages, &installed, &missing, &err), &err);
    assert_int_equal(installed.count, 2);
    assert_int_equal(strncmp(installed.items[1], "coreutils ", 10), 0);
    assert_true(strlen(installed.items[1]) > 10);
    assert_int_equal(missing.count, 2);
    assert_string_equal(missing.items[0], "no-such-package");
    assert_string_equal(missing.items[1], "another");
}

static void place_without_a_package_manager_says_so(void **state)
{
    const struct sf_place place = {.root = *state, .work = *state};
    sf_auto(strlist) struct sf_strlist packages = {0};
    sf_auto(strlist) struct sf_strlist installed = {0};
    sf_auto(strlist) struct sf_strlist missing = {0};

    assert_sf_ok(sf_place_packages(&place, &packages, &installed, &missing, &err), &err);
    assert_sf_ok(sf_strlist_add(&packages, "gcc", &err), &err);
    assert_sf_fails(sf_place_packages(&place, &packages, &installed, &missing, &err), &err,
                    SF_E_NOT_FOUND, "neither dpkg nor rpm");
}

#define TEST(name)                                                                                 \
    cmocka_unit_test_setup_teardown(name, sf_test_make_directory, sf_test_remove_directory)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(command_on_this_machine_runs_in_the_work_directory),
        TEST(command_in_a_root_sees_its_work_as_build),
        TEST(place_of_another_toolchain_is_refused),
        TEST(place_is_known_by_its_code_name),
        TEST(other_architecture_is_refused_with_the_way_out),
        TEST(packages_missing_are_named),
        TEST(place_without_a_package_manager_says_so),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
