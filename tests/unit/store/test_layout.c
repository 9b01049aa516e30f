/* The store's directories: made where they belong, refused where others could swap them. */
#include "common/store/layout.h"

#include "tests/unit/store/store_test.h"

static void layout_opened_for_writing_makes_directories(void **state)
{
    static const struct {
        const char *name;
        mode_t mode;
    } rows[] = {
        {"opt/slurm", 0755},          {"opt/slurm/releases", 0755},
        {"opt/slurm/.staging", 0755}, {"opt/slurm/modules/slurm", 0755},
        {"var/lib/sf-agent", 0755},   {"var/cache/sf-agent", 0755},
        {"run/sf-agent", 0700},       {"etc/systemd/system", 0755},
    };
    mode_t mask = umask(077);
    sf_auto(layout) struct sf_layout *layout = store_open(state);

    (void)umask(mask);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        char path[512];
        struct stat status = {0};

        store_path(path, *state, rows[i].name);
        assert_int_equal(stat(path, &status), 0);
        assert_int_equal(status.st_mode & 07777, rows[i].mode);
    }
    assert_string_equal(store_link(state, "opt/slurm/view"), "current/view");
    assert_non_null(strstr(store_text(state, "var/cache/sf-agent/CACHEDIR.TAG"),
                           "Signature: 8a477f597d28d172789f06886806bc55\n"));
    assert_true(layout->is_image);
    assert_string_equal(layout->root, "/opt/slurm");
    assert_string_equal(layout->sysroot, *state);
}

static void layout_opened_again_is_the_same(void **state)
{
    sf_auto(layout) struct sf_layout *first = store_open(state);
    sf_auto(layout) struct sf_layout *second = store_open(state);

    assert_true(second->root_fd >= 0);
    assert_int_not_equal(first->root_fd, second->root_fd);
}

static void layout_read_only_makes_nothing(void **state)
{
    sf_auto(layout) struct sf_layout *layout = NULL;
    struct sf_error err;

    assert_sf_ok(sf_layout_open(*state, "/opt/slurm", &layout, &err), &err);
    assert_int_equal(layout->root_fd, -1);
    assert_int_equal(layout->state_fd, -1);
    assert_int_equal(layout->units_fd, -1);
    assert_false(store_has(state, "opt"));
    assert_false(store_has(state, "var"));
}

static void layout_read_only_opens_what_is_there(void **state)
{
    sf_auto(layout) struct sf_layout *made = store_open(state);
    sf_auto(layout) struct sf_layout *layout = NULL;
    struct sf_error err;

    assert_true(made->root_fd >= 0);
    assert_sf_ok(sf_layout_open(*state, "/opt/slurm", &layout, &err), &err);
    assert_true(layout->root_fd >= 0);
    assert_true(layout->state_fd >= 0);
    assert_true(layout->cache_fd >= 0);
    assert_true(layout->run_fd >= 0);
    assert_true(layout->units_fd >= 0);
}

static void layout_of_the_real_system_is_no_image(void **state)
{
    sf_auto(layout) struct sf_layout *layout = NULL;
    struct sf_error err;

    (void)state;
    assert_sf_ok(sf_layout_open("/", "/nowhere/slurm", &layout, &err), &err);
    assert_false(layout->is_image);
}

static void layout_without_sysroot_is_not_found(void **state)
{
    struct sf_layout *layout = NULL;
    struct sf_error err;
    char path[512];

    store_path(path, *state, "image");
    assert_sf_fails(sf_layout_open(path, "/opt/slurm", &layout, &err), &err, SF_E_NOT_FOUND,
                    "image");
    assert_sf_fails(sf_layout_open_writable(path, "/opt/slurm", &layout, &err), &err,
                    SF_E_NOT_FOUND, "image");
    assert_null(layout);
}

/* Opening for writing is refused with these words, and nothing was made. */
static void assert_refused(void **state, const char *root, const char *fragment)
{
    struct sf_layout *layout = NULL;
    struct sf_error err;

    assert_sf_fails(sf_layout_open_writable(*state, root, &layout, &err), &err, SF_E_PERMISSION,
                    fragment);
    assert_null(layout);
    assert_false(store_has(state, "var"));
}

static void make_directory(void **state, const char *name, mode_t mode)
{
    char path[512];

    store_path(path, *state, name);
    assert_int_equal(mkdir(path, 0755), 0);
    assert_int_equal(chmod(path, mode), 0);
}

static void layout_below_a_shared_directory_is_refused(void **state)
{
    make_directory(state, "data", 0775);
    make_directory(state, "data/slurm", 0755);
    assert_refused(state, "/data/slurm", "/data' can be written by others");
    assert_refused(state, "/data/slurm/deeper/root", "choose another root=");
}

static void layout_below_a_sticky_directory_is_fine(void **state)
{
    sf_auto(layout) struct sf_layout *layout = NULL;
    struct sf_error err;

    make_directory(state, "data", 01777);
    assert_sf_ok(sf_layout_open_writable(*state, "/data/slurm", &layout, &err), &err);
}

static void layout_that_is_a_sticky_directory_is_refused(void **state)
{
    make_directory(state, "data", 01777);
    assert_refused(state, "/data", "/data' can be written by others");
}

static void layout_behind_a_link_is_checked_where_it_leads(void **state)
{
    make_directory(state, "data", 0777);
    make_directory(state, "data/big", 0755);
    make_directory(state, "data/big/slurm", 0755);
    store_symlink(state, "/data/big", "opt");
    assert_refused(state, "/opt/slurm", "/data' can be written by others");
}

static void layout_of_another_owner_is_refused(void **state)
{
    char path[512];

    if (geteuid() != 0) {
        skip();
    }
    make_directory(state, "data", 0755);
    store_path(path, *state, "data");
    assert_int_equal(chown(path, 4711, 0), 0);
    assert_refused(state, "/data/slurm", "belongs to uid 4711");
}

static void layout_with_a_view_of_another_making_is_refused(void **state)
{
    struct sf_layout *layout = NULL;
    struct sf_error err;

    store_write(state, "opt/slurm/view/bin/sinfo", "");
    assert_sf_fails(sf_layout_open_writable(*state, "/opt/slurm", &layout, &err), &err, SF_E_IN_USE,
                    "'/opt/slurm/view' is not a link of sf-agent's; move it away");
    assert_null(layout);
    assert_true(store_has(state, "opt/slurm/view/bin/sinfo"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        store_unit_test(layout_opened_for_writing_makes_directories),
        store_unit_test(layout_opened_again_is_the_same),
        store_unit_test(layout_read_only_makes_nothing),
        store_unit_test(layout_read_only_opens_what_is_there),
        store_unit_test(layout_of_the_real_system_is_no_image),
        store_unit_test(layout_without_sysroot_is_not_found),
        store_unit_test(layout_below_a_shared_directory_is_refused),
        store_unit_test(layout_below_a_sticky_directory_is_fine),
        store_unit_test(layout_that_is_a_sticky_directory_is_refused),
        store_unit_test(layout_behind_a_link_is_checked_where_it_leads),
        store_unit_test(layout_of_another_owner_is_refused),
        store_unit_test(layout_with_a_view_of_another_making_is_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
