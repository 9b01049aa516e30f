/* Tests of the modulefiles' texts; what module systems make of them is tested with real ones. */
#include "tests/unit/sf_test.h"

#include "common/content/modulefile.h"

#define PREFIX "/opt/slurm/releases/24.11.5-1-bookworm-amd64-gpu/view"

static const struct sf_release release = {
    .version = "24.11.5", .build = 1, .toolchain = "bookworm", .arch = "amd64", .variant = "gpu"};

static void assert_has(const char *text, const char *part)
{
    if (strstr(text, part) == NULL) {
        fail_msg("'%s' is not in:\n%s", part, text);
    }
}

static void lua_of_a_release_names_its_prefix_and_version(void **state)
{
    sf_autofree char *text = sf_modulefile_text(SF_MODULEFILE_LUA, &release, PREFIX);

    (void)state;
    assert_non_null(text);
    assert_has(text, "local own = \"" PREFIX "\"\n");
    assert_has(text, "setenv(\"SLURM_VERSION\", \"24.11.5\")");
    assert_has(text, "setenv(\"SLURM_BUILD_TYPE\", \"gpu\")");
    assert_has(text, "whatis(\"Version: 24.11.5-1\")");
}

static void tcl_of_a_release_starts_with_the_magic_cookie(void **state)
{
    sf_autofree char *text = sf_modulefile_text(SF_MODULEFILE_TCL, &release, PREFIX);

    (void)state;
    assert_non_null(text);
    assert_memory_equal(text, "#%Module", 8);
    assert_has(text, "set own {" PREFIX "}\n");
    assert_has(text, "setenv SLURM_VERSION 24.11.5\n");
}

static void rc_files_make_the_release_the_default(void **state)
{
    sf_autofree char *lua = sf_modulefile_text(SF_MODULEFILE_RC_LUA, &release, PREFIX);
    sf_autofree char *tcl = sf_modulefile_text(SF_MODULEFILE_RC_TCL, &release, PREFIX);

    (void)state;
    assert_non_null(lua);
    assert_non_null(tcl);
    assert_has(lua, "module_version(\"slurm/24.11.5-1\", \"default\")\n");
    assert_memory_equal(tcl, "#%Module", 8);
    assert_has(tcl, "module-version slurm/24.11.5-1 default\n");
}

static void every_text_leaves_no_placeholder_nor_library_path(void **state)
{
    static const char *const names[] = {SF_MODULEFILE_LUA, SF_MODULEFILE_TCL, SF_MODULEFILE_RC_LUA,
                                        SF_MODULEFILE_RC_TCL};

    (void)state;
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        sf_autofree char *text = sf_modulefile_text(names[i], &release, PREFIX);

        assert_non_null(text);
        assert_null(strchr(text, '@'));
        assert_null(strstr(text, "LD_LIBRARY_PATH"));
        assert_null(strstr(text, "setenv(\"SLURM_CONF"));
        assert_null(strstr(text, "setenv SLURM_CONF"));
    }
}

static void prefix_with_a_placeholder_in_it_is_kept_as_it_is(void **state)
{
    sf_autofree char *text = sf_modulefile_text(SF_MODULEFILE_LUA, &release, "/a/@VERSION@");

    (void)state;
    assert_non_null(text);
    assert_has(text, "local own = \"/a/@VERSION@\"\n");
}

static void unknown_name_gives_nothing(void **state)
{
    (void)state;
    assert_null(sf_modulefile_text("slurm.csh", &release, PREFIX));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lua_of_a_release_names_its_prefix_and_version),
        cmocka_unit_test(tcl_of_a_release_starts_with_the_magic_cookie),
        cmocka_unit_test(rc_files_make_the_release_the_default),
        cmocka_unit_test(every_text_leaves_no_placeholder_nor_library_path),
        cmocka_unit_test(prefix_with_a_placeholder_in_it_is_kept_as_it_is),
        cmocka_unit_test(unknown_name_gives_nothing),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
