/* Tests of what is remembered of the libraries that a pack took. */
#include "tests/unit/sf_test.h"

#include <unistd.h>

#include "builder/make/bundled.h"
#include "builder/pack/component.h"
#include "common/host/dir.h"

static struct sf_error err;
static struct sf_pack_components components;
static int fd = -1;

static int set_up(void **state)
{
    if (sf_test_make_directory(state) < 0) {
        return -1;
    }
    assert_sf_ok(sf_dir_open_follow(*state, &fd, &err), &err);
    assert_sf_ok(sf_pack_components_add_slurm(&components, "24.11.5", &err), &err);
    assert_sf_ok(sf_pack_components_add_library(&components, "view/lib/slurm/libz.so.1",
                                                "/libz.so.1.2.13", &err),
                 &err);
    sf_test_write_file(*state, "libz.so.1.2.13", "one");
    assert_sf_ok(sf_bundled_write(fd, *state, &components, &err), &err);
    return 0;
}

static int tear_down(void **state)
{
    sf_pack_components_done(&components);
    components = (struct sf_pack_components){0};
    (void)close(fd);
    return sf_test_remove_directory(state);
}

static void libraries_as_they_were_are_the_same(void **state)
{
    assert_true(sf_bundled_is_same(fd, *state));
}

static void library_changed_is_another(void **state)
{
    sf_test_write_file(*state, "libz.so.1.2.13", "two");
    assert_false(sf_bundled_is_same(fd, *state));
}

static void library_gone_is_another(void **state)
{
    assert_int_equal(unlinkat(fd, "libz.so.1.2.13", 0), 0);
    assert_false(sf_bundled_is_same(fd, *state));
}

static void file_absent_or_damaged_is_another(void **state)
{
    sf_test_write_file(*state, "bundled", "0123 /libz.so.1.2.13\n");
    assert_false(sf_bundled_is_same(fd, *state));
    assert_int_equal(unlinkat(fd, "bundled", 0), 0);
    assert_false(sf_bundled_is_same(fd, *state));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(libraries_as_they_were_are_the_same),
        TEST(library_changed_is_another),
        TEST(library_gone_is_another),
        TEST(file_absent_or_damaged_is_another),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
