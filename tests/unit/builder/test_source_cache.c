#include "tests/unit/sf_test.h"

#include "builder/place/source_cache.h"
#include "builder/recipe/recipe.h"
#include "common/base/path.h"
#include "common/base/str.h"

/* Of "good". */
#define GOOD_SHA256 "770e607624d689265ca6c44884d0807d9b054d23c473c106c72be9de08b7376c"

static struct sf_error err;

/* A directory with one mirror below the fixture's, whose file holds `text`. */
static void make_mirror(const char *top, const char *name, const char *text,
                        struct sf_strlist *mirrors)
{
    sf_autofree char *path = sf_path_join(top, name);

    assert_int_equal(mkdir(path, 0755), 0);
    if (text != NULL) {
        sf_test_write_file(path, "a.tar", text);
    }
    assert_sf_ok(sf_strlist_add(mirrors, path, &err), &err);
}

static void read_source(int fd, char text[static 16])
{
    ssize_t size = pread(fd, text, 15, 0);

    assert_true(size >= 0);
    text[size] = '\0';
}

static void source_comes_from_the_first_mirror_that_is_right(void **state)
{
    struct sf_recipe_source source = {.file = (char[]){"a.tar"}, .sha256 = GOOD_SHA256};
    const struct sf_recipe_source *found = NULL;
    sf_autofree char *cache = sf_path_join(*state, "state/sources");
    sf_auto(strlist) struct sf_strlist mirrors = {0};
    const struct sf_source_wanted wanted = {
        .sources = &source, .count = 1, .cache = cache, .mirrors = &mirrors};
    sf_autoclose int fd = -1;
    sf_autoclose int again_fd = -1;
    char text[16];

    make_mirror(*state, "empty", NULL, &mirrors);
    make_mirror(*state, "wrong", "evil", &mirrors);
    make_mirror(*state, "right", "good", &mirrors);
    assert_sf_ok(sf_source_open(&wanted, &fd, &found, &err), &err);
    read_source(fd, text);
    assert_string_equal(text, "good");
    assert_ptr_equal(found, &source);

    /* Now it is cached, and nobody is asked. */
    sf_strlist_done(&mirrors);
    assert_sf_ok(sf_source_open(&wanted, &again_fd, &found, &err), &err);
}

static void source_comes_from_its_origin_when_no_mirror_has_it(void **state)
{
    struct sf_recipe_source sources[] = {
        {.file = (char[]){"absent.tar"}, .sha256 = GOOD_SHA256},
        {.file = (char[]){"b.tar"}, .sha256 = GOOD_SHA256},
    };
    const struct sf_recipe_source *found = NULL;
    sf_autofree char *cache = sf_path_join(*state, "sources");
    const struct sf_source_wanted wanted = {.sources = sources, .count = 2, .cache = cache};
    sf_autofree char *url = sf_str_format("file://%s/origin.tar", (const char *)*state);
    sf_autofree char *cached = sf_path_join(cache, "b.tar");
    sf_autoclose int fd = -1;

    sf_test_write_file(*state, "origin.tar", "good");
    assert_sf_ok(sf_strlist_add(&sources[1].urls, url, &err), &err);
    assert_sf_ok(sf_source_open(&wanted, &fd, &found, &err), &err);
    assert_ptr_equal(found, &sources[1]);
    assert_int_equal(access(cached, F_OK), 0);
    sf_strlist_done(&sources[1].urls);
}

static void damaged_cache_is_not_used_but_replaced(void **state)
{
    struct sf_recipe_source source = {.file = (char[]){"a.tar"}, .sha256 = GOOD_SHA256};
    const struct sf_recipe_source *found = NULL;
    sf_auto(strlist) struct sf_strlist mirrors = {0};
    const struct sf_source_wanted wanted = {
        .sources = &source, .count = 1, .cache = *state, .mirrors = &mirrors};
    sf_autoclose int fd = -1;
    char text[16];

    sf_test_write_file(*state, "a.tar", "evil");
    make_mirror(*state, "right", "good", &mirrors);
    assert_sf_ok(sf_source_open(&wanted, &fd, &found, &err), &err);
    read_source(fd, text);
    assert_string_equal(text, "good");
}

static void source_nowhere_names_each_place_and_why(void **state)
{
    struct sf_recipe_source source = {.file = (char[]){"a.tar"}, .sha256 = GOOD_SHA256};
    const struct sf_recipe_source *found = NULL;
    sf_auto(strlist) struct sf_strlist mirrors = {0};
    const struct sf_source_wanted wanted = {
        .sources = &source, .count = 1, .cache = *state, .mirrors = &mirrors};
    int fd = -1;

    make_mirror(*state, "empty", NULL, &mirrors);
    make_mirror(*state, "wrong", "evil", &mirrors);
    assert_sf_fails(sf_source_open(&wanted, &fd, &found, &err), &err, SF_E_NOT_FOUND,
                    "give --mirror=DIR");
    assert_non_null(strstr(err.message, "/empty/a.tar: "));
    assert_non_null(strstr(err.message, "/wrong/a.tar: another sha256"));
    assert_int_equal(fd, -1);
}

#define TEST(name)                                                                                 \
    cmocka_unit_test_setup_teardown(name, sf_test_make_directory, sf_test_remove_directory)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(source_comes_from_the_first_mirror_that_is_right),
        TEST(source_comes_from_its_origin_when_no_mirror_has_it),
        TEST(damaged_cache_is_not_used_but_replaced),
        TEST(source_nowhere_names_each_place_and_why),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
