/* Paths as text: what may name something below a directory, and where a link leads. */
#include "common/base/path.h"

#include "tests/unit/sf_test.h"

static void relative_path_plain_is_safe(void **state)
{
    static const char *const paths[] = {"a",   "view/bin/sinfo", ".hidden", "...", "a..b",
                                        "a b", "f\xc3\xbcr/x"};

    (void)state;
    for (size_t i = 0; i < sizeof paths / sizeof *paths; i++) {
        assert_true(sf_path_is_safe_relative(paths[i]));
    }
}

static void relative_path_that_could_leave_or_deceive_is_refused(void **state)
{
    static const char *const paths[] = {
        "",   "/",     "/a",  ".",   "..",      "../a",  "a/..", "a/../b",   "a//b",
        "a/", "a/./b", "./a", "a\n", "\x1b[2J", "a\x7f", "\xff", "\xc0\xaf", "\xed\xa0\x80"};

    (void)state;
    for (size_t i = 0; i < sizeof paths / sizeof *paths; i++) {
        assert_false(sf_path_is_safe_relative(paths[i]));
    }
}

static void relative_path_limits_are_exact(void **state)
{
    char deep[64 * 2 + 2];
    char big[3002];
    char name[257];

    (void)state;
    for (size_t i = 0; i < sizeof deep; i++) {
        deep[i] = i % 2 == 0 ? 'd' : '/';
    }
    deep[127] = '\0';
    assert_true(sf_path_is_safe_relative(deep));
    deep[127] = '/';
    deep[129] = '\0';
    assert_false(sf_path_is_safe_relative(deep));

    memset(name, 'n', sizeof name);
    name[255] = '\0';
    assert_true(sf_path_is_safe_relative(name));
    name[255] = 'n';
    name[256] = '\0';
    assert_false(sf_path_is_safe_relative(name));

    for (size_t i = 0; i < sizeof big; i++) {
        big[i] = i % 200 == 199 ? '/' : 'b';
    }
    big[3000] = '\0';
    big[2999] = 'b';
    assert_true(sf_path_is_safe_relative(big));
    big[3000] = 'b';
    big[3001] = '\0';
    assert_false(sf_path_is_safe_relative(big));
}

static void absolute_path_is_clean_only_in_one_spelling(void **state)
{
    static const char *const bad[] = {"",      "a",    "//",    "//a",   "/a/",
                                      "/a//b", "/a/.", "/a/..", "/../a", "/a\n"};

    (void)state;
    assert_true(sf_path_is_clean_absolute("/"));
    assert_true(sf_path_is_clean_absolute("/opt/slurm"));
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        assert_false(sf_path_is_clean_absolute(bad[i]));
    }
}

static void link_that_stays_below_the_top_is_inside(void **state)
{
    (void)state;
    assert_true(sf_path_link_is_inside("a", "b"));
    assert_true(sf_path_link_is_inside("view/lib64", "lib"));
    assert_true(sf_path_link_is_inside("view/lib/x", "../../meta/y"));
    assert_true(sf_path_link_is_inside("view/x", ".."));
    assert_true(sf_path_link_is_inside("view/x", "./y"));
}

static void link_that_leaves_the_top_is_refused(void **state)
{
    (void)state;
    assert_false(sf_path_link_is_inside("a", ""));
    assert_false(sf_path_link_is_inside("a", "/etc/passwd"));
    assert_false(sf_path_link_is_inside("a", ".."));
    assert_false(sf_path_link_is_inside("view/x", "../.."));
    assert_false(sf_path_link_is_inside("view/x", "../../view/y"));
    assert_false(sf_path_link_is_inside("a", "b\n"));
}

/* With l -> ".", "l/../.." reads as staying inside and leads outside. */
static void link_climbing_after_a_name_is_refused(void **state)
{
    (void)state;
    assert_false(sf_path_link_is_inside("view/m", "l/../.."));
    assert_false(sf_path_link_is_inside("view/m", "l/../x"));
    assert_false(sf_path_link_is_inside("view/a/m", "../l/../x"));
}

static void path_parts_join_and_part(void **state)
{
    sf_autofree char *joined = sf_path_join("/a//", "/b");
    sf_autofree char *at_top = sf_path_join("/", "b");
    sf_autofree char *parent = sf_path_parent("a/b/c");
    sf_autofree char *no_parent = sf_path_parent("a");
    sf_autofree char *root = sf_path_parent("/a");

    (void)state;
    assert_string_equal(joined, "/a/b");
    assert_string_equal(at_top, "/b");
    assert_string_equal(parent, "a/b");
    assert_string_equal(no_parent, ".");
    assert_string_equal(root, "/");
    assert_string_equal(sf_path_base("a/b"), "b");
    assert_string_equal(sf_path_base("b"), "b");
    assert_string_equal(sf_path_base("a/"), "");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(relative_path_plain_is_safe),
        cmocka_unit_test(relative_path_that_could_leave_or_deceive_is_refused),
        cmocka_unit_test(relative_path_limits_are_exact),
        cmocka_unit_test(absolute_path_is_clean_only_in_one_spelling),
        cmocka_unit_test(link_that_stays_below_the_top_is_inside),
        cmocka_unit_test(link_that_leaves_the_top_is_refused),
        cmocka_unit_test(link_climbing_after_a_name_is_refused),
        cmocka_unit_test(path_parts_join_and_part),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
