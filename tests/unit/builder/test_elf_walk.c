/* Tests of the walk over a tree's ELF files. */
#include "tests/unit/sf_test.h"

#include "builder/pack/elf_walk.h"
#include "common/base/strlist.h"
#include "common/content/elf_info.h"
#include "common/host/dir.h"

struct visits {
    int tree_fd;
    struct sf_strlist paths;
    int answer;
};

static int visit(void *context, const char *path, const struct sf_elf_info *info,
                 struct sf_error *err)
{
    struct visits *visits = context;

    assert_true(info->is_elf);
    assert_int_equal(sf_strlist_add(&visits->paths, path, err), 0);
    /* What a visit adds is not visited. */
    assert_int_equal(linkat(visits->tree_fd, path, visits->tree_fd, "view/zz-new", 0) == 0 ||
                         errno == EEXIST,
                     1);
    return visits->answer < 0 ? sf_error_set(err, SF_E_INCOMPATIBLE, "no") : 0;
}

/* The test's own program is an ELF that every machine has. */
static void make_tree(const char *directory, struct visits *visits)
{
    struct sf_error err;
    char view[512];

    (void)snprintf(view, sizeof view, "%s/view", directory);
    assert_int_equal(mkdir(view, 0755), 0);
    assert_sf_ok(sf_dir_open_follow(directory, &visits->tree_fd, &err), &err);
    sf_test_write_file(directory, "view/text", "#!/bin/sh\n");
    assert_int_equal(symlinkat("/proc/self/exe", visits->tree_fd, "view/a-link"), 0);
    for (size_t i = 0; i < 2; i++) {
        static const char *const names[] = {"view/b", "view/a"};
        sf_autoclose int from_fd = open("/proc/self/exe", O_RDONLY | O_CLOEXEC);
        sf_autoclose int to_fd =
            openat(visits->tree_fd, names[i], O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0755);
        char chunk[8192];
        ssize_t size = 0;

        while ((size = read(from_fd, chunk, sizeof chunk)) > 0) {
            assert_int_equal(write(to_fd, chunk, (size_t)size), size);
        }
    }
}

static void walk_visits_each_elf_once_by_name(void **state)
{
    struct sf_error err;
    struct visits visits = {0};

    make_tree(*state, &visits);
    assert_sf_ok(sf_elf_walk(visits.tree_fd, visit, &visits, &err), &err);
    assert_int_equal(visits.paths.count, 2);
    assert_string_equal(visits.paths.items[0], "view/a");
    assert_string_equal(visits.paths.items[1], "view/b");
    sf_strlist_done(&visits.paths);
    (void)close(visits.tree_fd);
}

static void walk_ends_with_a_visit_that_fails(void **state)
{
    struct sf_error err;
    struct visits visits = {.answer = -1};

    make_tree(*state, &visits);
    assert_sf_fails(sf_elf_walk(visits.tree_fd, visit, &visits, &err), &err, SF_E_INCOMPATIBLE,
                    "no");
    assert_int_equal(visits.paths.count, 1);
    sf_strlist_done(&visits.paths);
    (void)close(visits.tree_fd);
}

static void walk_over_a_damaged_elf_names_it(void **state)
{
    struct sf_error err;
    struct visits visits = {0};

    make_tree(*state, &visits);
    assert_int_equal(unlinkat(visits.tree_fd, "view/a", 0), 0);
    sf_test_write_file(*state, "view/a", "\177ELF\2\1\1");
    assert_sf_fails(sf_elf_walk(visits.tree_fd, visit, &visits, &err), &err, SF_E_FORMAT, "view/a");
    sf_strlist_done(&visits.paths);
    (void)close(visits.tree_fd);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(walk_visits_each_elf_once_by_name, sf_test_make_directory,
                                        sf_test_remove_directory),
        cmocka_unit_test_setup_teardown(walk_ends_with_a_visit_that_fails, sf_test_make_directory,
                                        sf_test_remove_directory),
        cmocka_unit_test_setup_teardown(walk_over_a_damaged_elf_names_it, sf_test_make_directory,
                                        sf_test_remove_directory),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
