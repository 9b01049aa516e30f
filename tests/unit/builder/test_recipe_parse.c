/* Recipes as people write them: what adds up to what, and the mistakes they make. */
#include "builder/recipe/recipe_parse.h"

#include "tests/unit/sf_test.h"

#include "builder/recipe/recipe.h"
#include "common/base/str.h"

#define SHA_A "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
#define SHA_B "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb"
#define HEAD  "[recipe]\nseries = 24.11\nversion = 24.11.5\n"
#define SOURCE                                                                                     \
    "[source a.tar.gz]\nversion = 24.11.5\nsha256 = " SHA_A "\nurl = https://a/a.tar.gz\n"
#define WHOLE HEAD SOURCE "[toolchain noble]\npackage = gcc\n"

static int parse(const char *text, const struct sf_recipe_wanted *wanted, struct sf_recipe **ret,
                 struct sf_error *err)
{
    return sf_recipe_parse("24.11.ini", text, "24.11", wanted, ret, err);
}

static void assert_fails(const char *text, enum sf_code code, const char *fragment)
{
    static const struct sf_recipe_wanted wanted = {
        .version = "24.11", .toolchain = "noble", .variant = "cpu"};
    struct sf_recipe *recipe = NULL;
    struct sf_error err = {0};

    assert_sf_fails(parse(text, &wanted, &recipe, &err), &err, code, fragment);
    assert_null(recipe);
}

static void assert_words(const struct sf_strlist *words, const char *expected)
{
    sf_autofree char *text = sf_strlist_join(words, " ");

    assert_string_equal(text, expected);
}

static void recipe_words_add_up_from_general_to_special(void **state)
{
    static const char text[] =
        "[toolchain noble gpu]\nconfigure = --with-d !--with-c\n"
        "[toolchain noble]\npackage = gcc make\nconfigure = --with-c\nplugin = mpi_pmix_v5\n"
        "[toolchain jammy]\npackage = gcc-12\n"
        "[variant gpu]\nconfigure = --with-b !--with-a\nhost-library = libnvidia-ml*\n"
        "[variant minimal]\nconfigure = !*\n" HEAD "configure = --with-a --sysconfdir=/etc/slurm\n"
        "contrib = pmi2 seff\nplugin = auth_munge\nfile = bin/seff\ncomponent = libmunge.so.2\n"
        "library = libpmix.so.2\n" SOURCE;
    struct sf_recipe_wanted wanted = {.version = "24.11", .toolchain = "noble", .variant = "gpu"};
    sf_auto(recipe) struct sf_recipe *gpu = NULL;
    sf_auto(recipe) struct sf_recipe *minimal = NULL;
    struct sf_error err = {0};

    (void)state;
    assert_sf_ok(parse(text, &wanted, &gpu, &err), &err);
    assert_string_equal(gpu->path, "24.11.ini");
    assert_string_equal(gpu->series, "24.11");
    assert_words(&gpu->configure, "--sysconfdir=/etc/slurm --with-b --with-d");
    assert_words(&gpu->contribs, "pmi2 seff");
    assert_words(&gpu->plugins, "auth_munge mpi_pmix_v5");
    assert_words(&gpu->files, "bin/seff");
    assert_words(&gpu->components, "libmunge.so.2");
    assert_words(&gpu->libraries, "libpmix.so.2");
    assert_words(&gpu->host_libraries, "libnvidia-ml*");
    assert_words(&gpu->packages, "gcc make");

    wanted.variant = "minimal";
    wanted.toolchain = "jammy";
    assert_sf_ok(parse(text, &wanted, &minimal, &err), &err);
    assert_words(&minimal->configure, "");
    assert_words(&minimal->packages, "gcc-12");
}

static void recipe_word_given_again_is_there_once(void **state)
{
    static const struct sf_recipe_wanted wanted = {
        .version = "24.11", .toolchain = "noble", .variant = "cpu"};
    sf_auto(recipe) struct sf_recipe *recipe = NULL;
    struct sf_error err = {0};

    (void)state;
    assert_sf_ok(parse(HEAD "contrib = pmi pmi2\ncontrib = pmi !pmi2 pmi2\n" SOURCE
                            "[toolchain noble]\ncontrib = pmi\n",
                       &wanted, &recipe, &err),
                 &err);
    assert_words(&recipe->contribs, "pmi pmi2");
}

static void recipe_version_chooses_its_sources_in_order(void **state)
{
    static const char text[] = WHOLE "[source b.tar.gz]\nversion = 24.11.6\nsha256 = " SHA_B
                                     "\n[source c.tar.gz]\nversion = 24.11.5\nsha256 = " SHA_B
                                     "\nurl = http://c/1\nurl = https://c/2\n";
    struct sf_recipe_wanted wanted = {.version = "24.11", .toolchain = "noble", .variant = "cpu"};
    sf_auto(recipe) struct sf_recipe *own = NULL;
    sf_auto(recipe) struct sf_recipe *newer = NULL;
    struct sf_recipe *none = NULL;
    struct sf_error err = {0};

    (void)state;
    assert_sf_ok(parse(text, &wanted, &own, &err), &err);
    assert_string_equal(own->version, "24.11.5");
    assert_int_equal(own->source_count, 2);
    assert_string_equal(own->sources[0].file, "a.tar.gz");
    assert_string_equal(own->sources[0].sha256, SHA_A);
    assert_words(&own->sources[0].urls, "https://a/a.tar.gz");
    assert_string_equal(own->sources[1].file, "c.tar.gz");
    assert_words(&own->sources[1].urls, "http://c/1 https://c/2");

    wanted.version = "24.11.6";
    assert_sf_ok(parse(text, &wanted, &newer, &err), &err);
    assert_string_equal(newer->version, "24.11.6");
    assert_int_equal(newer->source_count, 1);
    assert_string_equal(newer->sources[0].file, "b.tar.gz");
    assert_int_equal(newer->sources[0].urls.count, 0);

    wanted.version = "24.11.4";
    assert_sf_fails(parse(text, &wanted, &none, &err), &err, SF_E_NOT_FOUND,
                    "24.11.ini has no source of 24.11.4; it has 24.11.5, 24.11.6");
}

static void recipe_unknown_toolchain_or_variant_names_those_that_there_are(void **state)
{
    struct sf_recipe_wanted wanted = {.version = "24.11", .toolchain = "lenny", .variant = "cpu"};
    struct sf_recipe *recipe = NULL;
    struct sf_error err = {0};

    (void)state;
    assert_sf_fails(parse(WHOLE "[toolchain jammy]\npackage = gcc\n", &wanted, &recipe, &err), &err,
                    SF_E_NOT_FOUND, "24.11.ini has no toolchain 'lenny'; it has noble, jammy");
    wanted.toolchain = "noble";
    wanted.variant = "gpu";
    assert_sf_fails(parse(WHOLE "[toolchain noble gpu]\npackage = cuda\n", &wanted, &recipe, &err),
                    &err, SF_E_NOT_FOUND, "24.11.ini has no variant 'gpu'; it has cpu");
    wanted.variant = "cpu";
    assert_sf_fails(parse(HEAD SOURCE, &wanted, &recipe, &err), &err, SF_E_NOT_FOUND,
                    "no toolchain 'noble'; it has none");
}

static void recipe_mistake_names_file_line_and_word(void **state)
{
    static const struct {
        const char *text;
        const char *fragment;
    } cases[] = {
        {"", "24.11.ini: [recipe] has no 'series'"},
        {"[recipe]\nseries = 24.11\n", "[recipe] has no 'version'"},
        {"a = b\n", "24.11.ini:1: there is no [section] yet"},
        {WHOLE "[recipes]\na = b\n", "24.11.ini:11: unknown section [recipes]; there are [recipe]"},
        {WHOLE "[toolchain]\npackage = b\n", "unknown section [toolchain]"},
        {WHOLE "[toolchain ]\npackage = b\n", "'' is not a toolchain's name"},
        {WHOLE "[toolchain ../x]\npackage = b\n", "'../x' is not a toolchain's name"},
        {WHOLE "[toolchain jammy big]\npackage = b\n", "24.11.ini:11: 'big' is no variant: they"},
        {WHOLE "[variant big]\npackage = b\n", "'big' is no variant"},
        {WHOLE "[toolchain jammy]\nversion = 24.11.5\n", "24.11.ini:11: unknown key 'version'"},
        {WHOLE "packages = b\n", "24.11.ini:10: unknown key 'packages'"},
        {WHOLE "[source b]\nmd5 = b\n", "24.11.ini:11: unknown key 'md5' in [source b]"},
        {HEAD "series = 24.11\n", "24.11.ini:4: 'series' is given twice"},
        {HEAD "version = 24.11.5\n", "24.11.ini:4: 'version' is given twice"},
        {"[recipe]\nseries = 25.11\n", "'series' is '25.11', the file's name says 24.11"},
        {"[recipe]\nversion = 25.11.1\n", "'25.11.1' is not a version of 24.11"},
        {"[recipe]\nversion = 24.11\n", "'24.11' is not a version of Slurm"},
        {HEAD, "24.11.ini: 'version' is 24.11.5, of which there is no [source]"},
        {HEAD "[source b]\nversion = 24.11.5\n", "[source b] has no 'sha256'"},
        {HEAD "[source b]\nsha256 = " SHA_A "\n", "[source b] has no 'version'"},
        {HEAD "[source b]\nversion = 25.11.5\nsha256 = " SHA_A "\n",
         "[source b]: '25.11.5' is not a version of 24.11"},
        {WHOLE SOURCE, "24.11.ini:11: 'version' is given twice for a.tar.gz"},
        {WHOLE "[source a.tar.gz]\nsha256 = " SHA_A "\n", "'sha256' is given twice for a.tar.gz"},
        {WHOLE "[source b]\nsha256 = AAAA\n", "'sha256' is not 64 lower-case hexadecimal digits"},
        {WHOLE "[source ../b]\nsha256 = " SHA_A "\n", "'../b' cannot be the name of a source's"},
        {WHOLE "[source .b]\nsha256 = " SHA_A "\n", "'.b' cannot be the name"},
        {WHOLE "[source ]\nsha256 = " SHA_A "\n", "'' cannot be the name"},
        {WHOLE "[source b]\nurl = file:///etc/passwd\n", "is not one https:// or http:// URL"},
        {WHOLE "[source b]\nurl = https://a https://b\n", "is not one https:// or http:// URL"},
        {WHOLE "configure = --with-a; rm\n", "'--with-a;' cannot be a word of 'configure'"},
        {WHOLE "configure = CFLAGS=-O0\n", "'CFLAGS=-O0' cannot be a word of 'configure'"},
        {WHOLE "configure = --prefix=/usr\n", "'--prefix=/usr' cannot be a word"},
        {WHOLE "configure = --with-a # why\n", "'#' cannot be a word of 'configure'"},
        {WHOLE "contrib = ../src\n", "'../src' cannot be a word of 'contrib'"},
        {WHOLE "plugin = Auth\n", "'Auth' cannot be a word of 'plugin'"},
        {WHOLE "file = bin/../../x\n", "'bin/../../x' cannot be a word of 'file'"},
        {WHOLE "file = /bin/x\n", "'/bin/x' cannot be a word of 'file'"},
        {WHOLE "library = /lib/x.so\n", "'/lib/x.so' cannot be a word of 'library'"},
        {WHOLE "component = lib*\n", "'lib*' cannot be a word of 'component'"},
        {WHOLE "host-library = *\n", "'*' cannot be a word of 'host-library'"},
        {WHOLE "package = -y\n", "24.11.ini:10: '-y' cannot be a word of 'package'"},
        {WHOLE "package = !\n", "'!' cannot be a word of 'package'"},
        {WHOLE "package = !make\n", "24.11.ini:10: '!make' takes back what was not there"},
        {WHOLE "[toolchain jammy]\npackage = -y\n", "24.11.ini:11: '-y' cannot be a word"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        assert_fails(cases[i].text, SF_E_CONFIG, cases[i].fragment);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(recipe_words_add_up_from_general_to_special),
        cmocka_unit_test(recipe_word_given_again_is_there_once),
        cmocka_unit_test(recipe_version_chooses_its_sources_in_order),
        cmocka_unit_test(recipe_unknown_toolchain_or_variant_names_those_that_there_are),
        cmocka_unit_test(recipe_mistake_names_file_line_and_word),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
