/* Where a recipe is found; and every recipe that is shipped, for all that it names. */
#include "builder/recipe/recipe.h"

#include "tests/unit/sf_test.h"

#include <dirent.h>

#include "common/base/buffer.h"
#include "common/base/path.h"
#include "common/base/str.h"
#include "common/format/ini.h"
#include "common/host/dir.h"

#define SHIPPED SF_TEST_DATA "/../../conf/recipes"
#define RECIPE(file)                                                                               \
    "[recipe]\nseries = 24.11\nversion = 24.11.5\n[source " file "]\nversion = 24.11.5\n"          \
    "sha256 = aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\n"                  \
    "[toolchain noble]\npackage = gcc\n"

static void recipe_first_directory_that_has_it_wins(void **state)
{
    sf_autofree char *first = sf_path_join(*state, "first");
    sf_autofree char *second = sf_path_join(*state, "second");
    struct sf_recipe_wanted wanted = {
        .directories = {"/nonexistent", first, second},
        .version = "24.11",
        .toolchain = "noble",
        .variant = "cpu",
    };
    sf_auto(recipe) struct sf_recipe *from_second = NULL;
    sf_auto(recipe) struct sf_recipe *from_first = NULL;
    struct sf_error err = {0};

    assert_int_equal(mkdir(first, 0755), 0);
    assert_int_equal(mkdir(second, 0755), 0);
    sf_test_write_file(second, "24.11.ini", RECIPE("second.tar"));
    assert_sf_ok(sf_recipe_read(&wanted, &from_second, &err), &err);
    assert_string_equal(from_second->sources[0].file, "second.tar");

    sf_test_write_file(first, "24.11.ini", RECIPE("first.tar"));
    wanted.version = "24.11.5";
    assert_sf_ok(sf_recipe_read(&wanted, &from_first, &err), &err);
    assert_string_equal(from_first->sources[0].file, "first.tar");
    assert_true(sf_str_has_suffix(from_first->path, "/first/24.11.ini"));
}

static void recipe_that_is_broken_is_not_passed_over(void **state)
{
    sf_autofree char *first = sf_path_join(*state, "first");
    struct sf_recipe_wanted wanted = {
        .directories = {first, *state},
        .version = "24.11",
        .toolchain = "noble",
        .variant = "cpu",
    };
    sf_autofree char *path = sf_path_join(first, "24.11.ini");
    struct sf_recipe *recipe = NULL;
    struct sf_error err = {0};

    assert_int_equal(mkdir(first, 0755), 0);
    sf_test_write_file(*state, "24.11.ini", RECIPE("a.tar"));
    sf_test_write_file(first, "24.11.ini", "[recipe]\n???\n");
    assert_sf_fails(sf_recipe_read(&wanted, &recipe, &err), &err, SF_E_CONFIG,
                    "/first/24.11.ini:2: neither");

    FILE *stream = fopen(path, "we");

    assert_non_null(stream);
    assert_int_equal(fwrite("\0", 1, 1, stream), 1);
    assert_int_equal(fclose(stream), 0);
    assert_sf_fails(sf_recipe_read(&wanted, &recipe, &err), &err, SF_E_CONFIG, "holds a NUL byte");

    assert_int_equal(truncate(path, (off_t)SF_INI_MAX_BYTES + 1), 0);
    assert_sf_fails(sf_recipe_read(&wanted, &recipe, &err), &err, SF_E_CONFIG, "larger than");

    assert_int_equal(unlink(path), 0);
    assert_int_equal(mkdir(path, 0755), 0);
    assert_sf_fails(sf_recipe_read(&wanted, &recipe, &err), &err, SF_E_CONFIG, "24.11.ini");
    assert_null(recipe);
}

static void recipe_absent_names_places_and_series_that_there_are(void **state)
{
    struct sf_recipe_wanted wanted = {
        .directories = {*state, "/nonexistent"},
        .version = "22.05.1",
        .toolchain = "noble",
        .variant = "cpu",
    };
    struct sf_recipe *recipe = NULL;
    struct sf_error err = {0};

    assert_sf_fails(sf_recipe_read(&wanted, &recipe, &err), &err, SF_E_NOT_FOUND,
                    "/nonexistent; there is none at all");
    sf_test_write_file(*state, "24.11.ini", "");
    sf_test_write_file(*state, "25.05.ini", "");
    sf_test_write_file(*state, "spack.ini", "");
    assert_sf_fails(sf_recipe_read(&wanted, &recipe, &err), &err, SF_E_NOT_FOUND,
                    "no recipe for Slurm 22.05 in ");
    assert_non_null(strstr(err.message, "; there is 24.11, 25.05"));

    wanted.version = "../24.11";
    assert_sf_fails(sf_recipe_read(&wanted, &recipe, &err), &err, SF_E_USAGE,
                    "'../24.11' is neither a series of Slurm");
}

static void recipe_search_asks_the_site_before_what_is_installed(void **state)
{
    struct sf_recipe_wanted wanted = {.version = NULL};

    (void)state;
    sf_recipe_search(&wanted, "mine");
    assert_string_equal(wanted.directories[0], "mine");
    assert_string_equal(wanted.directories[1], "/etc/sf-builder/recipes");
    assert_true(sf_str_has_suffix(wanted.directories[2], "/share/sf-builder/recipes"));
    assert_null(wanted.directories[3]);
    sf_recipe_search(&wanted, /* directory= */ NULL);
    assert_string_equal(wanted.directories[0], "/etc/sf-builder/recipes");
    assert_null(wanted.directories[2]);
}

/* The toolchains and variants that a recipe has sections for. */
struct named {
    struct sf_strlist toolchains;
    struct sf_strlist variants;
};

static int note_section(void *context, const char *section, const char *key, const char *value,
                        struct sf_error *err)
{
    struct named *named = context;
    const char *name = strchr(section, ' ');
    bool is_toolchain = sf_str_has_prefix(section, "toolchain ");
    struct sf_strlist *list = is_toolchain ? &named->toolchains : &named->variants;

    (void)key;
    (void)value;
    if ((!is_toolchain && !sf_str_has_prefix(section, "variant ")) ||
        (is_toolchain && strchr(name + 1, ' ') != NULL) || sf_strlist_has(list, name + 1)) {
        return 0;
    }
    return sf_strlist_add(list, name + 1, err);
}

static void assert_is_complete(const struct sf_recipe_wanted *wanted)
{
    sf_auto(recipe) struct sf_recipe *recipe = NULL;
    struct sf_error err = {0};

    assert_sf_ok(sf_recipe_read(wanted, &recipe, &err), &err);
    assert_true(recipe->source_count > 0);
    assert_true(sf_strlist_has(&recipe->configure, "--sysconfdir=/etc/slurm"));
    assert_true(recipe->plugins.count > (strcmp(wanted->variant, "minimal") == 0 ? 10 : 60));
    assert_true(sf_strlist_has(&recipe->plugins, "auth_slurm"));
    assert_true(sf_strlist_has(&recipe->plugins, "cgroup_v2"));
    assert_true(sf_strlist_has(&recipe->files, "sbin/slurmctld"));
    assert_true(recipe->packages.count >= 10);
    assert_true(sf_strlist_has(&recipe->packages, "gcc"));
}

static void assert_resolves(const char *file)
{
    sf_autofree char *series = strndup(file, strlen(file) - strlen(".ini"));
    sf_auto(buffer) struct sf_buffer text = {.limit_bytes = SF_INI_MAX_BYTES};
    sf_autoclose int dir_fd = -1;
    struct named named = {{0}, {0}};
    struct sf_error err = {0};

    assert_sf_ok(sf_dir_open_follow(SHIPPED, &dir_fd, &err), &err);
    assert_sf_ok(sf_dir_read_file(dir_fd, file, &text, &err), &err);
    assert_sf_ok(sf_ini_read(file, text.data, note_section, &named, &err), &err);
    assert_sf_ok(sf_strlist_add(&named.variants, "cpu", &err), &err);
    assert_true(named.toolchains.count >= 2);
    for (size_t i = 0; i < named.toolchains.count; i++) {
        for (size_t k = 0; k < named.variants.count; k++) {
            assert_is_complete(&(struct sf_recipe_wanted){
                .directories = {SHIPPED},
                .version = series,
                .toolchain = named.toolchains.items[i],
                .variant = named.variants.items[k],
            });
        }
    }
    sf_strlist_done(&named.toolchains);
    sf_strlist_done(&named.variants);
}

static void recipe_shipped_resolves_for_all_that_it_names(void **state)
{
    DIR *directory = opendir(SHIPPED);
    size_t count = 0;

    (void)state;
    assert_non_null(directory);
    for (const struct dirent *entry; (entry = readdir(directory)) != NULL;) {
        if (entry->d_name[0] >= '0' && entry->d_name[0] <= '9') {
            assert_resolves(entry->d_name);
            count++;
        }
    }
    (void)closedir(directory);
    assert_true(count > 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(recipe_first_directory_that_has_it_wins,
                                        sf_test_make_directory, sf_test_remove_directory),
        cmocka_unit_test_setup_teardown(recipe_that_is_broken_is_not_passed_over,
                                        sf_test_make_directory, sf_test_remove_directory),
        cmocka_unit_test_setup_teardown(recipe_absent_names_places_and_series_that_there_are,
                                        sf_test_make_directory, sf_test_remove_directory),
        cmocka_unit_test(recipe_search_asks_the_site_before_what_is_installed),
        cmocka_unit_test(recipe_shipped_resolves_for_all_that_it_names),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
