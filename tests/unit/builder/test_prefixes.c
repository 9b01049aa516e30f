/* Tests of writing a release's prefix over those of packages. */
#include "tests/unit/sf_test.h"

#include "builder/spack/prefixes.h"
#include "common/format/prefix.h"

#define PAD  "__spack_path_placeholder__"
#define ROOT "/srv/tree/" PAD "/" PAD "/" PAD "/" PAD "/__spack_path_placeh" /* 137 bytes */
#define ZLIB ROOT "/zlib-1.3.1-abcdefr"

static char slot[SF_PREFIX_SLOT + 1];

static void add(struct sf_spack_prefixes *prefixes, const char *path)
{
    struct sf_error err;

    assert_sf_ok(sf_spack_prefixes_add(prefixes, path, &err), &err);
}

/* Rewrites into the fixture's directory; `*size` becomes that of the result. */
static char *rewrite(void **state, const struct sf_spack_prefixes *prefixes, const char *bytes,
                     size_t *size, struct sf_strlist *links)
{
    sf_autofree char *path = NULL;
    struct sf_error err;
    char *result = calloc(1, 4096);

    assert_true(asprintf(&path, "%s/file", (char *)*state) > 0);
    int fd = open(path, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);

    assert_true(fd >= 0);
    assert_sf_ok(sf_spack_prefixes_rewrite(prefixes, slot, bytes, *size, fd, links, &err), &err);
    ssize_t n = pread(fd, result, 4095, 0);

    assert_true(n >= 0);
    *size = (size_t)n;
    (void)close(fd);
    return result;
}

static int make_slot(void **state)
{
    sf_prefix_pad("/opt/slurm/releases/25.11.6-1-noble-amd64/view", slot);
    return sf_test_make_directory(state);
}

static void text_gets_the_slot_and_closes_up(void **state)
{
    static const char text[] = "prefix=" ZLIB "\nlibs=-L" ZLIB "/lib -R" ROOT
                               "/bin/sbang\nhidden=" ZLIB "/.x\nother=" ROOT "2/zlib\n";
    sf_auto(spack_prefixes) struct sf_spack_prefixes prefixes = {0};
    sf_auto(strlist) struct sf_strlist links = {0};
    sf_autofree char *expected = NULL;
    size_t size = strlen(text);

    add(&prefixes, ZLIB);
    sf_autofree char *result = rewrite(state, &prefixes, text, &size, &links);

    assert_true(asprintf(&expected,
                         "prefix=%s\nlibs=-L%s/lib -R%s/bin/sbang\nhidden=%s//.x\nother=" ROOT
                         "2/zlib\n",
                         slot, slot, slot, slot) > 0);
    assert_string_equal(result, expected);
    assert_int_equal(links.count, 0);
}

static void binary_keeps_every_byte_in_its_place(void **state)
{
    static const char bytes[] = "\177ELF\0" ZLIB "/lib:" ZLIB "/lib64\0tail";
    sf_auto(spack_prefixes) struct sf_spack_prefixes prefixes = {0};
    sf_auto(strlist) struct sf_strlist links = {0};
    size_t size = sizeof bytes;
    size_t fill = strlen(ZLIB) - SF_PREFIX_SLOT;

    add(&prefixes, ZLIB);
    sf_autofree char *result = rewrite(state, &prefixes, bytes, &size, &links);

    assert_int_equal(size, sizeof bytes);
    assert_memory_equal(result + 5, slot, SF_PREFIX_SLOT);
    for (size_t i = 0; i < fill; i++) {
        assert_int_equal(result[5 + SF_PREFIX_SLOT + i], '/');
    }
    assert_memory_equal(result + 5 + strlen(ZLIB), "/lib:", 5);
    assert_string_equal(result + 5 + 2 * strlen(ZLIB) + 5, "/lib64");
    assert_string_equal(result + size - 5, "tail");
    assert_int_equal(links.count, 0);
}

static void string_that_ends_with_the_prefix_keeps_its_tail(void **state)
{
    static const char bytes[] = "\0" ZLIB "\0" ZLIB "/\0";
    sf_auto(spack_prefixes) struct sf_spack_prefixes prefixes = {0};
    sf_auto(strlist) struct sf_strlist links = {0};
    size_t size = sizeof bytes;

    add(&prefixes, ZLIB);
    sf_autofree char *result = rewrite(state, &prefixes, bytes, &size, &links);

    assert_int_equal(size, sizeof bytes);
    assert_memory_equal(result + 1, slot, SF_PREFIX_SLOT);
    assert_int_equal(result[1 + SF_PREFIX_SLOT], '/');
    assert_string_equal(result + 1 + strlen(ROOT), "/zlib-1.3.1-abcdefr");
    assert_string_equal(result + strlen(ZLIB) + 2 + strlen(ROOT), "/zlib-1.3.1-abcdefr/");
    assert_int_equal(links.count, 1);
    assert_string_equal(links.items[0], "zlib-1.3.1-abcdefr");
}

static void package_of_a_longer_name_is_another(void **state)
{
    static const char text[] = ROOT "/zlib-1.3.1-abcdefrs/x " ROOT "/m4-1-abc";
    sf_auto(spack_prefixes) struct sf_spack_prefixes prefixes = {0};
    sf_auto(strlist) struct sf_strlist links = {0};
    sf_autofree char *expected = NULL;
    size_t size = strlen(text);

    add(&prefixes, ZLIB);
    sf_autofree char *result = rewrite(state, &prefixes, text, &size, &links);

    assert_true(asprintf(&expected, "%s/zlib-1.3.1-abcdefrs/x %s/m4-1-abc", slot, slot) > 0);
    assert_string_equal(result, expected);
}

static void padding_above_the_packages_is_replaced_too(void **state)
{
    static const char text[] = ROOT "/linux-x86_64/zlib-1 " ROOT "/bin/sbang";
    sf_auto(spack_prefixes) struct sf_spack_prefixes prefixes = {0};
    sf_auto(strlist) struct sf_strlist links = {0};
    sf_autofree char *expected = NULL;
    size_t size = strlen(text);

    add(&prefixes, ROOT "/linux-x86_64/zlib-1");
    assert_int_equal(prefixes.roots.count, 2);
    sf_autofree char *result = rewrite(state, &prefixes, text, &size, &links);

    assert_true(asprintf(&expected, "%s %s/bin/sbang", slot, slot) > 0);
    assert_string_equal(result, expected);
}

static void package_of_another_tree_is_known_by_its_name(void **state)
{
    static const char text[] = "/other/" PAD "/zlib-1.3.1-abcdefr/lib";
    sf_auto(spack_prefixes) struct sf_spack_prefixes prefixes = {0};
    sf_auto(strlist) struct sf_strlist links = {0};
    sf_autofree char *expected = NULL;
    size_t size = strlen(text);

    add(&prefixes, ZLIB);
    add(&prefixes, "/other/" PAD "/slurm-25-11-6-1-bcdefgs");
    sf_autofree char *result = rewrite(state, &prefixes, text, &size, &links);

    assert_true(asprintf(&expected, "%s/lib", slot) > 0);
    assert_string_equal(result, expected);
    assert_string_equal(
        sf_spack_prefixes_within(&prefixes, "/other/" PAD "/zlib-1.3.1-abcdefr/lib"), "lib");
}

static void binary_of_a_short_prefix_is_refused(void **state)
{
    static const char bytes[] = "\0/usr/local/spack/zlib-1.3.1/lib\0";
    sf_auto(spack_prefixes) struct sf_spack_prefixes prefixes = {0};
    sf_auto(strlist) struct sf_strlist links = {0};
    struct sf_error err;

    (void)state;
    add(&prefixes, "/usr/local/spack/zlib-1.3.1");
    assert_sf_fails(
        sf_spack_prefixes_rewrite(&prefixes, slot, bytes, sizeof bytes, -1, &links, &err), &err,
        SF_E_IO, "write a file");
    int fd = open("/dev/null", O_WRONLY | O_CLOEXEC);

    assert_sf_fails(
        sf_spack_prefixes_rewrite(&prefixes, slot, bytes, sizeof bytes, fd, &links, &err), &err,
        SF_E_INCOMPATIBLE,
        "built for '/usr/local/spack/zlib-1.3.1', and the 27 bytes of that have no room for the "
        "127");
    (void)close(fd);
}

static void prefix_that_is_no_directory_of_its_own_is_refused(void **state)
{
    static const char *const paths[] = {"/", "/zlib", "zlib", "/a/../b", "/a//b", "/a/b/"};
    sf_auto(spack_prefixes) struct sf_spack_prefixes prefixes = {0};
    struct sf_error err;

    (void)state;
    for (size_t i = 0; i < sizeof paths / sizeof *paths; i++) {
        assert_sf_fails(sf_spack_prefixes_add(&prefixes, paths[i], &err), &err, SF_E_INCOMPATIBLE,
                        "is no prefix that a package can have");
    }
    assert_int_equal(prefixes.names.count, 0);
}

static void tree_is_found_below_its_padding(void **state)
{
    static const char *const directories[] = {"/bin",
                                              "/" PAD,
                                              "/" PAD "/__spack_p",
                                              "/" PAD "/__spack_p/.spack-db",
                                              "/" PAD "/__spack_p/zlib-1-abc",
                                              "/" PAD "/__spack_p/zlib-1-abc/.spack",
                                              "/" PAD "/__spack_p/bin"};
    sf_auto(spack_prefixes) struct sf_spack_prefixes prefixes = {0};
    sf_autoclose int fd = open(*state, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    struct sf_error err;

    assert_sf_fails(sf_spack_prefixes_find(&prefixes, fd, "/build/tree", &err), &err,
                    SF_E_NOT_FOUND, "'/build/tree' is no tree of packages");
    for (size_t i = 0; i < sizeof directories / sizeof *directories; i++) {
        assert_int_equal(mkdirat(fd, directories[i] + 1, 0755), 0);
    }
    assert_sf_ok(sf_spack_prefixes_find(&prefixes, fd, "/build/tree", &err), &err);
    assert_int_equal(prefixes.names.count, 1);
    assert_string_equal(prefixes.names.items[0], "zlib-1-abc");
    assert_string_equal(prefixes.roots.items[0], "/build/tree/" PAD "/__spack_p");
}

static void tree_is_found_where_the_padding_just_fits(void **state)
{
    static const char *const directories[] = {PAD, PAD "/" PAD "_", PAD "/" PAD "_/.spack-db",
                                              PAD "/" PAD "_/zlib-1-abc",
                                              PAD "/" PAD "_/zlib-1-abc/.spack"};
    sf_auto(spack_prefixes) struct sf_spack_prefixes prefixes = {0};
    sf_autoclose int fd = open(*state, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    struct sf_error err;

    for (size_t i = 0; i < sizeof directories / sizeof *directories; i++) {
        assert_int_equal(mkdirat(fd, directories[i], 0755), 0);
    }
    assert_sf_ok(sf_spack_prefixes_find(&prefixes, fd, "/build/tree", &err), &err);
    assert_string_equal(prefixes.roots.items[0], "/build/tree/" PAD "/" PAD "_");
}

static void path_within_a_package_is_told_from_others(void **state)
{
    sf_auto(spack_prefixes) struct sf_spack_prefixes prefixes = {0};

    (void)state;
    add(&prefixes, ZLIB);
    assert_string_equal(sf_spack_prefixes_within(&prefixes, ZLIB "/lib/libz.so"), "lib/libz.so");
    assert_string_equal(sf_spack_prefixes_within(&prefixes, ZLIB), "");
    assert_null(sf_spack_prefixes_within(&prefixes, ZLIB "2/lib"));
    assert_null(sf_spack_prefixes_within(&prefixes, "lib/libz.so"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(text_gets_the_slot_and_closes_up, make_slot,
                                        sf_test_remove_directory),
        cmocka_unit_test_setup_teardown(binary_keeps_every_byte_in_its_place, make_slot,
                                        sf_test_remove_directory),
        cmocka_unit_test_setup_teardown(string_that_ends_with_the_prefix_keeps_its_tail, make_slot,
                                        sf_test_remove_directory),
        cmocka_unit_test_setup_teardown(package_of_a_longer_name_is_another, make_slot,
                                        sf_test_remove_directory),
        cmocka_unit_test_setup_teardown(padding_above_the_packages_is_replaced_too, make_slot,
                                        sf_test_remove_directory),
        cmocka_unit_test_setup_teardown(package_of_another_tree_is_known_by_its_name, make_slot,
                                        sf_test_remove_directory),
        cmocka_unit_test(binary_of_a_short_prefix_is_refused),
        cmocka_unit_test(prefix_that_is_no_directory_of_its_own_is_refused),
        cmocka_unit_test_setup_teardown(tree_is_found_below_its_padding, sf_test_make_directory,
                                        sf_test_remove_directory),
        cmocka_unit_test_setup_teardown(tree_is_found_where_the_padding_just_fits,
                                        sf_test_make_directory, sf_test_remove_directory),
        cmocka_unit_test(path_within_a_package_is_told_from_others),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
