/* The closure of a tree: everything is found by the loader's rules, or the tree is refused. */
#include "common/content/closure.h"

#include "tests/unit/content/tiny_elf.h"

#define ORIGIN "$ORIGIN/../lib:$ORIGIN/../lib/slurm"

static const struct tiny_elf program = {
    .is_executable = true,
    .path = ORIGIN,
    .needed = {"libslurmfull.so", "libz.so.1", "libc.so.6"},
    .versions = {"GLIBC_2.34"},
};

/* A library has no path of its own: it is served by that of the program which loads it. */
static const struct tiny_elf library = {.needed = {"libz.so.1"}, .versions = {"GLIBC_2.2.5"}};
static const struct tiny_elf leaf = {.soname = "libz.so.1", .versions = {"GLIBC_2.14"}};

static void put(int tree_fd, const char *path, const struct tiny_elf *elf)
{
    struct tiny_elf_image image;

    tiny_elf_make(elf, &image);
    (void)close(tiny_elf_write(tree_fd, path, &image, TINY_ELF_SIZE));
}

/* A sound tree in the fixture's directory. */
static int make_tree(void **state)
{
    static const char *const directories[] = {"view", "view/bin", "view/lib", "view/lib/slurm"};
    int tree_fd = open(*state, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

    assert_true(tree_fd >= 0);
    for (size_t i = 0; i < sizeof directories / sizeof *directories; i++) {
        assert_int_equal(mkdirat(tree_fd, directories[i], 0755), 0);
    }
    put(tree_fd, "view/bin/sinfo", &program);
    put(tree_fd, "view/lib/slurm/libslurmfull.so", &library);
    put(tree_fd, "view/lib/libz.so.1.3", &leaf);
    assert_int_equal(symlinkat("libz.so.1.3", tree_fd, "view/lib/libz.so.1"), 0);
    sf_test_write_file(*state, "view/bin/script", "#!/bin/sh\n");
    return tree_fd;
}

static int check(int tree_fd, const char *host_library, char ret_glibc[static 16],
                 struct sf_error *err)
{
    sf_auto(strlist) struct sf_strlist host_libraries = {0};

    assert_sf_ok(sf_strlist_add(&host_libraries, host_library, err), err);
    const struct sf_closure closure = {
        .tree_fd = tree_fd, .arch = "amd64", .glibc = "2.36", .host_libraries = &host_libraries};

    return sf_closure_check(&closure, ret_glibc, err);
}

/* A tree with `elf` at `path` in it is refused with `fragment`. */
static void assert_refused(void **state, const char *path, const struct tiny_elf *elf,
                           const char *fragment)
{
    sf_autoclose int tree_fd = make_tree(state);
    char glibc[16] = "unchanged";
    struct sf_error err;

    put(tree_fd, path, elf);
    assert_sf_fails(check(tree_fd, "libpam.so.*", glibc, &err), &err, SF_E_INCOMPATIBLE, fragment);
    assert_non_null(strstr(err.message, path));
    assert_string_equal(glibc, "unchanged");
}

static void tree_complete_passes_and_tells_the_glibc_it_needs(void **state)
{
    sf_autoclose int tree_fd = make_tree(state);
    char glibc[16];
    struct sf_error err;

    assert_sf_ok(check(tree_fd, "libpam.so.*", glibc, &err), &err);
    assert_string_equal(glibc, "2.34");
}

static void library_that_is_nowhere_is_refused(void **state)
{
    const struct tiny_elf elf = {
        .is_executable = true, .path = ORIGIN, .needed = {"libmissing.so.3"}};

    assert_refused(state, "view/bin/srun", &elf, "needs 'libmissing.so.3'");
}

static void library_of_a_plugin_that_is_nowhere_is_refused(void **state)
{
    const struct tiny_elf elf = {.needed = {"libpmix.so.2"}};

    assert_refused(state, "view/lib/slurm/mpi_pmix.so", &elf, "needs 'libpmix.so.2'");
}

static void library_whose_link_dangles_is_refused(void **state)
{
    sf_autoclose int tree_fd = make_tree(state);
    char glibc[16];
    struct sf_error err;

    assert_int_equal(unlinkat(tree_fd, "view/lib/libz.so.1.3", 0), 0);
    assert_sf_fails(check(tree_fd, "libpam.so.*", glibc, &err), &err, SF_E_INCOMPATIBLE,
                    "needs 'libz.so.1'");
}

static void library_of_the_host_is_accepted_by_its_pattern(void **state)
{
    const struct tiny_elf elf = {.needed = {"libpam.so.0"}};
    sf_autoclose int tree_fd = make_tree(state);
    char glibc[16];
    struct sf_error err;

    put(tree_fd, "view/lib/slurm/pam.so", &elf);
    assert_sf_ok(check(tree_fd, "libpam.so.*", glibc, &err), &err);
    assert_sf_fails(check(tree_fd, "libpam.so.1", glibc, &err), &err, SF_E_INCOMPATIBLE,
                    "needs 'libpam.so.0'");
}

static void library_needed_by_its_path_is_refused(void **state)
{
    const struct tiny_elf elf = {.needed = {"/usr/lib/libz.so.1"}};

    assert_refused(state, "view/lib/slurm/x.so", &elf, "by a path instead of a name");
}

static void glibc_newer_than_the_node_s_is_refused(void **state)
{
    const struct tiny_elf elf = {.versions = {"GLIBC_2.38"}};

    assert_refused(state, "view/lib/slurm/x.so", &elf, "needs glibc 2.38, but 2.36 is there");
}

static void file_for_another_machine_is_refused(void **state)
{
    const struct tiny_elf elf = {.machine = EM_AARCH64};

    assert_refused(state, "view/lib/slurm/x.so", &elf, "is for arm64, not for amd64");
}

static void path_outside_of_the_tree_is_refused(void **state)
{
    static const struct {
        const char *path;
        const char *fragment;
    } rows[] = {
        {"/usr/lib64:$ORIGIN/../lib", "does not start with $ORIGIN"},
        {"$ORIGINAL/lib", "does not start with $ORIGIN"},
        {"$ORIGIN/../lib:", "has an empty element"},
        {"$ORIGIN/../../lib", "leaves the tree"},
        {"$ORIGIN/../../view/lib", "leaves the tree"},
    };
    char glibc[16];

    sf_autoclose int tree_fd = make_tree(state);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const struct tiny_elf elf = {.is_executable = true, .path = rows[i].path};
        struct sf_error err;

        put(tree_fd, "view/bin/srun", &elf);
        assert_sf_fails(check(tree_fd, "x", glibc, &err), &err, SF_E_INCOMPATIBLE,
                        rows[i].fragment);
    }
}

/* The loader uses a RUNPATH for the file's own needs alone, not for what it loads in turn. */
static void runpath_serves_its_own_file_only(void **state)
{
    const struct tiny_elf executable = {.is_executable = true, .is_runpath = true, .path = ORIGIN};
    const struct tiny_elf elsewhere = {
        .is_runpath = true, .path = "$ORIGIN", .needed = {"libz.so.1"}};

    assert_refused(state, "view/bin/srun", &executable, "an executable needs an RPATH");
    assert_int_equal(sf_test_remove_directory(state), 0);
    assert_int_equal(sf_test_make_directory(state), 0);
    assert_refused(state, "view/lib/slurm/x.so", &elsewhere, "needs 'libz.so.1'");
}

static void file_that_is_malformed_is_refused(void **state)
{
    sf_autoclose int tree_fd = make_tree(state);
    char glibc[16];
    struct sf_error err;

    sf_test_write_file(*state, "view/lib/bad.so",
                       "\x7f"
                       "ELF and then nonsense");
    assert_sf_fails(check(tree_fd, "x", glibc, &err), &err, SF_E_FORMAT, "view/lib/bad.so");
}

#define TREE_TEST(test)                                                                            \
    cmocka_unit_test_setup_teardown(test, sf_test_make_directory, sf_test_remove_directory)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TREE_TEST(tree_complete_passes_and_tells_the_glibc_it_needs),
        TREE_TEST(library_that_is_nowhere_is_refused),
        TREE_TEST(library_of_a_plugin_that_is_nowhere_is_refused),
        TREE_TEST(library_whose_link_dangles_is_refused),
        TREE_TEST(library_of_the_host_is_accepted_by_its_pattern),
        TREE_TEST(library_needed_by_its_path_is_refused),
        TREE_TEST(glibc_newer_than_the_node_s_is_refused),
        TREE_TEST(file_for_another_machine_is_refused),
        TREE_TEST(path_outside_of_the_tree_is_refused),
        TREE_TEST(runpath_serves_its_own_file_only),
        TREE_TEST(file_that_is_malformed_is_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
