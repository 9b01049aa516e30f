/* Tests of the tree that is made of Spack's packages. */
#include "tests/unit/sf_test.h"

#include "builder/spack/prefixes.h"
#include "builder/spack/spack_config.h"
#include "builder/spack/tree.h"
#include "common/format/release.h"
#include "common/host/dir.h"

#define VIEW "out/opt/slurm/releases/25.11.6-1-noble-amd64/view"
#define ROOT                                                                                       \
    "/srv/tree/__spack_path_placeholder__/__spack_path_placeholder__/__spack_path_placeholder__/"  \
    "__spack_path_placeholder__/__spack_path_placeh"
#define ZLIB ROOT "/zlib-1.3.1-abcdefr"

static const struct sf_release release = {"25.11.6", 1, "noble", "amd64", "cpu"};

struct fixture {
    void *directory;
    int fd;
    int source_fd;
    struct sf_spack_config *config;
    struct sf_spack_prefixes prefixes;
    struct sf_spack_tree tree;
};

static void make(const char *directory, const char *name)
{
    sf_autofree char *path = NULL;

    assert_true(asprintf(&path, "%s/%s", directory, name) > 0);
    assert_int_equal(mkdir(path, 0755), 0);
}

static int set_up(void **state)
{
    static const char ini[] = "[view]\nleave-out = .spack* include include/* *.a\nkeep = "
                              "include/slurm/*\n";
    struct fixture *fixture = calloc(1, sizeof *fixture);
    struct sf_error err;

    assert_int_equal(sf_test_make_directory(&fixture->directory), 0);
    make(fixture->directory, "out");
    make(fixture->directory, "source");
    make(fixture->directory, "source/lib");
    make(fixture->directory, "source/lib64");
    fixture->fd = open(fixture->directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    fixture->source_fd = openat(fixture->fd, "source", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    assert_sf_ok(sf_spack_config_parse("spack.ini", ini, NULL, &fixture->config, &err), &err);
    assert_sf_ok(sf_spack_prefixes_add(&fixture->prefixes, ZLIB, &err), &err);
    fixture->tree.config = fixture->config;
    fixture->tree.prefixes = &fixture->prefixes;

    sf_autoclose int out_fd = openat(fixture->fd, "out", O_RDONLY | O_DIRECTORY | O_CLOEXEC);

    assert_sf_ok(sf_spack_tree_open(&fixture->tree, &release, out_fd, &err), &err);
    *state = fixture;
    return 0;
}

static int tear_down(void **state)
{
    struct fixture *fixture = *state;

    sf_spack_tree_done(&fixture->tree);
    sf_spack_prefixes_done(&fixture->prefixes);
    sf_spack_config_free(fixture->config);
    (void)close(fixture->source_fd);
    (void)close(fixture->fd);
    (void)sf_test_remove_directory(&fixture->directory);
    free(fixture);
    return 0;
}

static int add(struct fixture *fixture, struct sf_error *err)
{
    return sf_spack_tree_add(&fixture->tree, fixture->source_fd, "zlib", err);
}

static void assert_link(const struct fixture *fixture, const char *path, const char *target)
{
    sf_autofree char *found = NULL;
    struct sf_error err;

    assert_sf_ok(sf_dir_read_link(fixture->tree.fd, path, &found, &err), &err);
    assert_string_equal(found, target);
}

static void tree_has_what_is_of_use_in_one_lib(void **state)
{
    struct fixture *fixture = *state;
    struct sf_error err;
    struct stat status;

    make(fixture->directory, "source/include");
    make(fixture->directory, "source/include/slurm");
    sf_test_write_file(fixture->directory, "source/lib64/libz.so.1", "library");
    sf_test_write_file(fixture->directory, "source/lib/libz.a", "archive");
    sf_test_write_file(fixture->directory, "source/include/zlib.h", "header");
    sf_test_write_file(fixture->directory, "source/include/slurm/slurm.h", ZLIB "/x");
    assert_int_equal(fchmodat(fixture->source_fd, "lib64/libz.so.1", 0500, 0), 0);
    assert_sf_ok(add(fixture, &err), &err);
    assert_sf_ok(sf_spack_tree_finish(&fixture->tree, &err), &err);
    assert_int_equal(fstatat(fixture->tree.fd, "lib/libz.so.1", &status, 0), 0);
    assert_int_equal(status.st_mode & 07777, 0755);
    assert_int_equal(fstatat(fixture->tree.fd, "include/slurm/slurm.h", &status, 0), 0);
    assert_int_equal(status.st_mode & 07777, 0644);
    assert_int_equal(status.st_size, SF_PREFIX_SLOT + 2);
    assert_link(fixture, "lib64", "lib");
    assert_false(sf_dir_has(fixture->tree.fd, "include/zlib.h"));
    assert_false(sf_dir_has(fixture->tree.fd, "lib/libz.a"));
}

static void links_stay_in_the_tree(void **state)
{
    struct fixture *fixture = *state;
    struct sf_error err;

    sf_test_write_file(fixture->directory, "source/lib64/libz.so.1", "library");
    assert_int_equal(symlinkat("libz.so.1", fixture->source_fd, "lib64/libz.so"), 0);
    assert_int_equal(symlinkat(ZLIB "/lib64/libz.so.1", fixture->source_fd, "lib/absolute"), 0);
    assert_int_equal(symlinkat("gone", fixture->source_fd, "lib/dangling"), 0);
    assert_int_equal(symlinkat("dangling", fixture->source_fd, "lib/to-dangling"), 0);
    assert_sf_ok(add(fixture, &err), &err);
    assert_sf_ok(sf_spack_tree_finish(&fixture->tree, &err), &err);
    assert_link(fixture, "lib/libz.so", "libz.so.1");
    assert_link(fixture, "lib/absolute", "../lib/libz.so.1");
    assert_false(sf_dir_has(fixture->tree.fd, "lib/dangling"));
    assert_false(sf_dir_has(fixture->tree.fd, "lib/to-dangling"));
}

static void link_out_of_the_tree_is_refused(void **state)
{
    static const char *const targets[] = {"/etc/passwd", "../../up", ROOT "/other-1-abc/lib"};
    struct fixture *fixture = *state;
    struct sf_error err;

    for (size_t i = 0; i < sizeof targets / sizeof *targets; i++) {
        assert_int_equal(symlinkat(targets[i], fixture->source_fd, "lib/link"), 0);
        assert_sf_fails(add(fixture, &err), &err, SF_E_INCOMPATIBLE,
                        "zlib: lib/link: it is a link to '");
        assert_int_equal(unlinkat(fixture->source_fd, "lib/link", 0), 0);
    }
}

static void same_file_twice_is_fine_but_not_another(void **state)
{
    struct fixture *fixture = *state;
    struct sf_error err;

    sf_test_write_file(fixture->directory, "source/lib/data", "one");
    assert_int_equal(symlinkat("data", fixture->source_fd, "lib/link"), 0);
    assert_sf_ok(add(fixture, &err), &err);
    assert_sf_ok(add(fixture, &err), &err);
    sf_test_write_file(fixture->directory, "source/lib/data", "two");
    assert_sf_fails(add(fixture, &err), &err, SF_E_INCOMPATIBLE,
                    "zlib: lib/data: another package has this file too, with other bytes");
    assert_false(sf_dir_has(fixture->tree.fd, ".sf-duplicate"));
    sf_test_write_file(fixture->directory, "source/lib/data", "one");
    assert_int_equal(unlinkat(fixture->source_fd, "lib/link", 0), 0);
    assert_int_equal(symlinkat("other", fixture->source_fd, "lib/link"), 0);
    assert_sf_fails(add(fixture, &err), &err, SF_E_INCOMPATIBLE,
                    "zlib: lib/link: another package has something else of this name");
}

static void tree_has_a_link_to_itself_where_a_string_needs_one(void **state)
{
    static const char bytes[] = "\0" ZLIB "\0";
    struct fixture *fixture = *state;
    struct sf_error err;
    int fd = openat(fixture->source_fd, "lib/binary", O_WRONLY | O_CREAT | O_CLOEXEC, 0644);

    assert_int_equal(write(fd, bytes, sizeof bytes), sizeof bytes);
    (void)close(fd);
    assert_sf_ok(add(fixture, &err), &err);
    assert_sf_ok(sf_spack_tree_finish(&fixture->tree, &err), &err);
    assert_link(fixture, "zlib-1.3.1-abcdefr", ".");
}

static void tree_that_is_there_already_is_refused(void **state)
{
    struct fixture *fixture = *state;
    sf_autoclose int out_fd = openat(fixture->fd, "out", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    sf_auto(spack_tree) struct sf_spack_tree tree = {0};
    struct sf_error err;

    assert_sf_fails(sf_spack_tree_open(&tree, &release, out_fd, &err), &err, SF_E_USAGE,
                    "is there already");
    assert_true(sf_dir_has(fixture->fd, VIEW));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(tree_has_what_is_of_use_in_one_lib, set_up, tear_down),
        cmocka_unit_test_setup_teardown(links_stay_in_the_tree, set_up, tear_down),
        cmocka_unit_test_setup_teardown(link_out_of_the_tree_is_refused, set_up, tear_down),
        cmocka_unit_test_setup_teardown(same_file_twice_is_fine_but_not_another, set_up, tear_down),
        cmocka_unit_test_setup_teardown(tree_has_a_link_to_itself_where_a_string_needs_one, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(tree_that_is_there_already_is_refused, set_up, tear_down),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
